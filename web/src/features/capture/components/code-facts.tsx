import { CopyText } from "@/components/copy-text";
import { Fact, Facts } from "@/components/facts";
import { Icon } from "@/components/icon";

import { commitAddress, webAddress, type Code } from "../code";
import styles from "./code-facts.module.css";

/** Commit, branch, remote, and whether that was all. */
export function CodeFacts({ code }: { code: Code }) {
  const { commit, branch, remote } = code;
  const commitPage = remote !== undefined && commit !== undefined ? commitAddress(remote, commit) : undefined;
  const page = remote === undefined ? undefined : webAddress(remote);
  return (
    <Facts title="Repository">
      <Fact name="Commit">
        {commit === undefined ? "none yet" : <CopyText text={commit} mono />}
        {commitPage !== undefined && <Outside href={commitPage} label="Open the commit" />}
      </Fact>
      {branch !== undefined && (
        <Fact name="Branch">
          <CopyText text={branch} mono />
        </Fact>
      )}
      {remote !== undefined && (
        <Fact name="Remote">
          <CopyText text={remote} mono />
          {page !== undefined && <Outside href={page} label="Open the repository" />}
        </Fact>
      )}
      <Fact name="State">
        {code.isDirty ? (
          <span className={styles["dirty"]}>
            <Icon name="edit" size={14} /> Dirty: files differed from the commit
          </span>
        ) : (
          <span className={styles["clean"]}>
            <Icon name="check" size={14} /> Clean: all files as in the commit
          </span>
        )}
      </Fact>
    </Facts>
  );
}

function Outside({ href, label }: { href: string; label: string }) {
  return (
    <a className={styles["outside"]} href={href} target="_blank" rel="noreferrer noopener">
      {label}
    </a>
  );
}
