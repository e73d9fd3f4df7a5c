import { useQuery } from "@tanstack/react-query";

import { Hint } from "@/components/hint";
import { Loaded } from "@/components/loaded";
import { formatCount } from "@/lib/format";
import type { Run } from "@/types/wire";

import { codeQuery } from "../api/captured-files";
import type { Code } from "../code";
import { Captured } from "./captured";
import { CodeFacts } from "./code-facts";
import styles from "./code-panel.module.css";
import { PatchView } from "./patch-view";
import { UnlessNested } from "./unless-nested";
import { UntrackedFiles } from "./untracked-files";

/** The code that a run ran: its commit, and what differed from that. */
export function CodePanel({ run }: { run: Run }) {
  const nothing = (
    <UnlessNested run={run} tab="code">
      <NoCode />
    </UnlessNested>
  );
  return (
    <Captured run={run} name="code" nothing={nothing}>
      {() => <CapturedCode runId={run.info.run_id} />}
    </Captured>
  );
}

function CapturedCode({ runId }: { runId: string }) {
  const query = useQuery(codeQuery(runId));
  return (
    <Loaded query={query} what="The facts about the code could not be loaded">
      {(code) => (
        <div className={styles["code"]}>
          <CodeFacts code={code} />
          {code.redacted > 0 && (
            <p className={styles["note"]}>
              {formatCount(code.redacted, "secret")} {code.redacted === 1 ? "was" : "were"} replaced before
              anything was kept.
            </p>
          )}
          {code.hasPatch && <PatchView runId={runId} />}
          {code.untracked.length > 0 && <UntrackedFiles runId={runId} paths={code.untracked} />}
          <NotKept code={code} />
        </div>
      )}
    </Loaded>
  );
}

/** What differed from the commit and is not here, and why. */
function NotKept({ code }: { code: Code }) {
  const { leftOut, leftOutCount, notes } = code;
  if (leftOutCount === 0 && notes.length === 0)
    return code.isDirty && !code.hasPatch && code.untracked.length === 0 ? (
      <p className={styles["note"]}>
        What differed from the commit was not kept. <code>RUNSTONE_CAPTURE_CODE</code> keeps it.
      </p>
    ) : null;
  return (
    <section aria-label="Left out">
      <h2 className={styles["title"]}>
        Left out {leftOutCount > 0 && <span className={styles["count"]}>{leftOutCount}</span>}
      </h2>
      {notes.map((note) => (
        <p key={note} className={styles["note"]}>
          {sentence(note)}
        </p>
      ))}
      {leftOut.length > 0 && (
        <table className={styles["left"]}>
          <tbody>
            {leftOut.map(({ path, reason }) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {leftOutCount > leftOut.length && (
        <p className={styles["note"]}>
          {formatCount(leftOutCount - leftOut.length, "more file")}
          {leftOutCount - leftOut.length === 1 ? " is" : " are"} not listed.
        </p>
      )}
    </section>
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const CAPTURE = "export RUNSTONE_CAPTURE_GIT=true\nexport RUNSTONE_CAPTURE_CODE=true";

function NoCode() {
  return (
    <Hint title="No code was captured" code={CAPTURE} page="What a run captures">
      The commit of a git repository, and what differs from it, are recorded by runs that are logged from
      Python in a repository while these are set, as they are unless you say otherwise.
    </Hint>
  );
}
