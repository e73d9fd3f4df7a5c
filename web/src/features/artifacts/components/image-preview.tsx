import { useState } from "react";

import styles from "./image-preview.module.css";

/** An image on a quiet ground; pictures with clear parts are drawn for white more often than not. */
export function ImagePreview({ url, name }: { url: string; name: string }) {
  const [size, setSize] = useState<{ width: number; height: number }>();
  const [failed, setFailed] = useState(false);
  if (failed) return <p className={styles["note"]}>The image could not be shown. It may be damaged.</p>;
  return (
    <figure className={styles["figure"]}>
      <img
        className={styles["image"]}
        src={url}
        alt={name}
        onError={() => setFailed(true)}
        onLoad={(event) =>
          setSize({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
        }
      />
      <figcaption className={styles["note"]}>{size ? `${size.width} × ${size.height}` : "\u00a0"}</figcaption>
    </figure>
  );
}
