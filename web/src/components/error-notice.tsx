import { Button } from "./button";
import styles from "./error-notice.module.css";
import { Icon } from "./icon";

interface ErrorNoticeProps {
  /** What could not be done, as "The runs could not be loaded". */
  what: string;
  error: Error;
  onRetry?: () => void;
}

/** A failure, told where its panel would have been: what failed, why, and the way to try again. */
export function ErrorNotice({ what, error, onRetry }: ErrorNoticeProps) {
  return (
    <div className={styles["notice"]} role="alert">
      <span className={styles["icon"]}>
        <Icon name="warning" />
      </span>
      <div className={styles["words"]}>
        <p className={styles["what"]}>{what}</p>
        <p className={styles["why"]}>{error.message}</p>
      </div>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
