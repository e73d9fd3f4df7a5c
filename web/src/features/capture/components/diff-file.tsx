import { Foldable } from "@/components/foldable";

import type { FileDiff, Hunk } from "../diff";
import { DiffCounts } from "./diff-counts";
import styles from "./diff-file.module.css";

const SIGNS = { same: " ", added: "+", removed: "−", note: "" } as const;

/** One file of a patch, line by line. */
export function DiffFile({ file, isOpenAtFirst }: { file: FileDiff; isOpenAtFirst: boolean }) {
  const { path, from, change, isBinary } = file;
  return (
    <div className={styles["file"]}>
      <Foldable
        level={3}
        isOpenAtFirst={isOpenAtFirst}
        title={
          <span className={styles["path"]}>
            {from !== undefined && <span className={styles["from"]}>{from} → </span>}
            {path}
          </span>
        }
        about={
          <>
            {change !== "changed" && <span>{change}</span>}
            {isBinary ? <span>binary</span> : <DiffCounts added={file.added} removed={file.removed} />}
          </>
        }
      >
        {() => <Body file={file} />}
      </Foldable>
    </div>
  );
}

function Body({ file }: { file: FileDiff }) {
  if (file.isBinary) return <p className={styles["nothing"]}>A binary file: its bytes are in the patch.</p>;
  if (file.hunks.length === 0) return <p className={styles["nothing"]}>No line differs.</p>;
  return (
    <div className={styles["box"]} tabIndex={0} role="region" aria-label={`Changes of ${file.path}`}>
      <table className={styles["lines"]}>
        {file.hunks.map((hunk, at) => (
          <HunkLines key={at} hunk={hunk} />
        ))}
      </table>
    </div>
  );
}

function HunkLines({ hunk }: { hunk: Hunk }) {
  return (
    <tbody>
      {!hunk.isAtTop && (
        <tr className={styles["place"]}>
          <td colSpan={2}>⋯</td>
          <td className={styles["around"]}>{hunk.place}</td>
        </tr>
      )}
      {hunk.lines.map((line, at) => (
        <tr key={at} data-kind={line.kind}>
          <td className={styles["number"]} data-number={line.before} />
          <td className={styles["number"]} data-number={line.after} />
          <td className={styles["text"]}>
            <span className={styles["sign"]} aria-hidden="true">
              {SIGNS[line.kind]}
            </span>
            {line.kind === "added" && <span className="visually-hidden">added: </span>}
            {line.kind === "removed" && <span className="visually-hidden">removed: </span>}
            {line.text}
          </td>
        </tr>
      ))}
    </tbody>
  );
}
