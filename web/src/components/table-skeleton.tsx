import { Skeleton } from "./skeleton";
import styles from "./table-skeleton.module.css";

/** The shape of a table that is on its way. */
export function TableSkeleton({ rows }: { rows: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles["row"]}>
          <Skeleton width={`${24 + ((row * 7) % 16)}%`} />
          <Skeleton width="12%" />
          <Skeleton width="10%" />
          <Skeleton width="8%" />
        </div>
      ))}
    </div>
  );
}
