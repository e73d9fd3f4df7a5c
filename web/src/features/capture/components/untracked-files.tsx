import { useQuery } from "@tanstack/react-query";

import { Foldable } from "@/components/foldable";
import { Icon } from "@/components/icon";
import { Loaded } from "@/components/loaded";
import { NumberedText } from "@/components/numbered-text";

import { artifactUrl, untrackedPath, untrackedQuery } from "../api/captured-files";
import styles from "./untracked-files.module.css";

/** Source files that git did not track, each with its text on demand. */
export function UntrackedFiles({ runId, paths }: { runId: string; paths: readonly string[] }) {
  return (
    <section aria-label="Untracked files">
      <h2 className={styles["title"]}>
        Untracked files <span className={styles["count"]}>{paths.length}</span>
      </h2>
      {paths.map((path) => (
        <div key={path} className={styles["file"]}>
          <Foldable level={3} title={<span className={styles["path"]}>{path}</span>}>
            {() => <Text runId={runId} path={path} />}
          </Foldable>
        </div>
      ))}
    </section>
  );
}

function Text({ runId, path }: { runId: string; path: string }) {
  const query = useQuery(untrackedQuery(runId, path));
  return (
    <div className={styles["body"]}>
      <Loaded query={query} what="The file could not be loaded">
        {({ text, isCut }) => (
          <>
            <p className={styles["about"]}>
              {isCut && "The first part is shown. "}
              <a className={styles["download"]} href={artifactUrl(runId, untrackedPath(path))} download>
                <Icon name="download" />
                Download
              </a>
            </p>
            <div className={styles["text"]}>
              <NumberedText text={text} label={`Text of ${path}`} />
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}
