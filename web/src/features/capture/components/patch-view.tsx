import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { Icon } from "@/components/icon";
import { Loaded } from "@/components/loaded";
import { formatCount } from "@/lib/format";

import { artifactUrl, PATCH, patchQuery, type FileText } from "../api/captured-files";
import { readDiff, type FileDiff } from "../diff";
import { DiffCounts } from "./diff-counts";
import { DiffFile } from "./diff-file";
import styles from "./patch-view.module.css";

/** The files of a patch stand open up to so many lines; those after are folded. */
const OPEN_LINES = 1_500;

/** What differed from the commit, a file after the other. */
export function PatchView({ runId }: { runId: string }) {
  const query = useQuery(patchQuery(runId));
  return (
    <Loaded query={query} what="The patch could not be loaded">
      {(patch) => <Files runId={runId} patch={patch} />}
    </Loaded>
  );
}

function Files({ runId, patch }: { runId: string; patch: FileText }) {
  const files = useMemo(() => readDiff(patch.text), [patch.text]);
  const sum = (count: (file: FileDiff) => number) => files.reduce((total, file) => total + count(file), 0);
  const open = openAtFirst(files);
  return (
    <section aria-label="Changes">
      <div className={styles["head"]}>
        <h2>
          Changes <span className={styles["count"]}>{formatCount(files.length, "file")}</span>
        </h2>
        <DiffCounts added={sum((file) => file.added)} removed={sum((file) => file.removed)} />
        <a className={styles["download"]} href={artifactUrl(runId, PATCH)} download="patch.diff">
          <Icon name="download" />
          Download
        </a>
      </div>
      {patch.isCut && <p className={styles["note"]}>The patch is long: its first part is shown.</p>}
      {files.map((file, at) => (
        <DiffFile key={file.path} file={file} isOpenAtFirst={at < open} />
      ))}
    </section>
  );
}

/** How many files, from the first on, have no more lines together than are shown at once. */
function openAtFirst(files: readonly FileDiff[]): number {
  let lines = 0;
  const beyond = files.findIndex((file) => {
    lines += file.hunks.reduce((total, hunk) => total + hunk.lines.length, 0);
    return lines > OPEN_LINES;
  });
  return beyond < 0 ? files.length : beyond;
}
