import { useQuery } from "@tanstack/react-query";

import { Hint } from "@/components/hint";
import { Loaded } from "@/components/loaded";
import { formatCount } from "@/lib/format";
import type { Run } from "@/types/wire";

import { codeQuery } from "../api/captured-files";
import { Captured } from "./captured";
import { CodeFacts } from "./code-facts";
import styles from "./code-panel.module.css";
import { PatchView } from "./patch-view";
import { UntrackedFiles } from "./untracked-files";

/** The code that a run ran: its commit, and what differed from that. */
export function CodePanel({ run }: { run: Run }) {
  return (
    <Captured run={run} name="code" nothing={<NoCode />}>
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
          {code.isDirty && !code.hasPatch && code.untracked.length === 0 && (
            <p className={styles["note"]}>
              What differed from the commit was not kept. <code>RUNSTONE_CAPTURE_CODE</code> keeps it.
            </p>
          )}
          {code.leftOut.length > 0 && (
            <section aria-label="Left out">
              <h2 className={styles["title"]}>
                Left out <span className={styles["count"]}>{code.leftOut.length}</span>
              </h2>
              <table className={styles["left"]}>
                <tbody>
                  {code.leftOut.map(({ path, reason }) => (
                    <tr key={path}>
                      <th scope="row">{path}</th>
                      <td>{reason}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </div>
      )}
    </Loaded>
  );
}

const CAPTURE = "export RUNSTONE_CAPTURE_GIT=true\nexport RUNSTONE_CAPTURE_CODE=true";

function NoCode() {
  return (
    <Hint title="No code was captured" code={CAPTURE} page="What a run captures">
      The commit of a git repository, and what differs from it, are recorded by runs that are logged from
      Python in a repository while these are set, as they are unless you say otherwise.
    </Hint>
  );
}
