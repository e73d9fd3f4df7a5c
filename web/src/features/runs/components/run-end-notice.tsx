import { useState } from "react";

import { Button } from "@/components/button";
import { CodeBlock } from "@/components/code-block";
import { Icon } from "@/components/icon";
import { TimeAgo } from "@/components/time-ago";
import type { Run } from "@/types/wire";

import type { RunEnd } from "../run-end";
import styles from "./run-end-notice.module.css";

/** Why and when a run ended, with the traceback on demand. */
export function RunEndNotice({ end, run }: { end: RunEnd; run: Run }) {
  const [isOpen, setOpen] = useState(false);
  const endedAt = run.info.end_time ?? 0;
  return (
    <section className={styles["notice"]} data-lost={end.isLost} aria-label="How the run ended">
      <div className={styles["line"]}>
        <span className={styles["icon"]}>
          <Icon name="warning" />
        </span>
        <p className={styles["words"]}>
          {end.isLost ? (
            <>
              <strong>Lost.</strong> Last seen <TimeAgo time={endedAt} />: nothing was heard of its process
              since. If it speaks again, the run is running again.
            </>
          ) : (
            <>
              <strong className={styles["reason"]}>{end.reason || "It ended with an error."}</strong>
              {endedAt > 0 && (
                <span className={styles["when"]}>
                  Ended <TimeAgo time={endedAt} />
                </span>
              )}
            </>
          )}
        </p>
        {end.traceback !== undefined && (
          <Button
            kind="quiet"
            icon={isOpen ? "down" : "right"}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            Traceback
          </Button>
        )}
      </div>
      {isOpen && end.traceback !== undefined && (
        <div className={styles["trace"]}>
          <CodeBlock code={end.traceback} label="Traceback" />
        </div>
      )}
    </section>
  );
}
