import styles from "./skeleton.module.css";

/** The shape of text that is on its way. */
export function Skeleton({ width = "100%", height = 12 }: { width?: number | string; height?: number }) {
  return <span className={styles["skeleton"]} style={{ width, height }} aria-hidden="true" />;
}
