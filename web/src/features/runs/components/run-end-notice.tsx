import { useState, type ReactNode } from "react";

import { Button } from "@/components/button";
import { CodeBlock } from "@/components/code-block";
import { Icon } from "@/components/icon";
import { TimeAgo } from "@/components/time-ago";
import { useIsCut } from "@/lib/use-is-cut";
import type { Run } from "@/types/wire";

import type { RunEnd } from "../run-end";
import styles from "./run-end-notice.module.css";

/** Why and when a run ended; the rest of a long reason, and the traceback, on demand. */
export function RunEndNotice({ end, run }: { end: RunEnd; run: Run }) {
  const [isWhole, setWhole] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const [reason, isCut] = useIsCut<HTMLParagraphElement>(!isWhole);
  const endedAt = run.info.end_time ?? 0;
  return (
    <section className={styles["notice"]} data-lost={end.lost !== undefined} aria-label="How the run ended">
      <div className={styles["line"]}>
        <span className={styles["icon"]}>
          <Icon name="warning" />
        </span>
        <div className={styles["words"]}>
          <p ref={reason} className={styles["reason"]} data-whole={isWhole}>
            {end.lost ? (
              <Lost {...end.lost} endedAt={endedAt} />
            ) : (
              <strong>{end.reason || "It ended with an error."}</strong>
            )}
          </p>
          {!end.lost && endedAt > 0 && (
            <span className={styles["when"]}>
              Ended <TimeAgo time={endedAt} />
            </span>
          )}
          {(isCut || end.traceback !== undefined) && (
            <div className={styles["buttons"]}>
              {isCut && (
                <Opener isOpen={isWhole} onOpen={setWhole}>
                  More
                </Opener>
              )}
              {end.traceback !== undefined && (
                <Opener isOpen={isOpen} onOpen={setOpen}>
                  Traceback
                </Opener>
              )}
            </div>
          )}
        </div>
      </div>
      {isOpen && end.traceback !== undefined && (
        <div className={styles["trace"]}>
          <CodeBlock code={end.traceback} label="Traceback" />
        </div>
      )}
    </section>
  );
}

/** Only a process that fell silent may speak again: one that was gone does not. */
function Lost({ isSilent, found, until, endedAt }: NonNullable<RunEnd["lost"]> & { endedAt: number }) {
  if (isSilent) {
    return (
      <>
        <strong>Lost.</strong> Last seen <TimeAgo time={endedAt} />: nothing was heard of its process since.
        If it speaks again, the run is running again.
      </>
    );
  }
  return (
    <>
      <strong>Lost.</strong> {found.charAt(0).toUpperCase() + found.slice(1)}
      {until !== undefined && (
        <>
          {" "}
          <TimeAgo time={until} />
        </>
      )}
      .
    </>
  );
}

interface OpenerProps {
  isOpen: boolean;
  onOpen: (open: boolean) => void;
  children: ReactNode;
}

function Opener({ isOpen, onOpen, children }: OpenerProps) {
  return (
    <Button
      kind="quiet"
      icon={isOpen ? "down" : "right"}
      aria-expanded={isOpen}
      onClick={() => onOpen(!isOpen)}
    >
      {children}
    </Button>
  );
}
