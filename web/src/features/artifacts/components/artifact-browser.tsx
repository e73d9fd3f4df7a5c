import { ArtifactPreview } from "./artifact-preview";
import { ArtifactTree } from "./artifact-tree";
import styles from "./artifact-browser.module.css";

interface ArtifactBrowserProps {
  runId: string;
  /** The file that is looked at. */
  path: string | undefined;
  onPath: (path: string) => void;
}

/** The files of a run at the left, the one looked at at the right. */
export function ArtifactBrowser({ runId, path, onPath }: ArtifactBrowserProps) {
  return (
    <div className={styles["browser"]}>
      <div className={styles["tree"]}>
        <ArtifactTree runId={runId} path={path} onPath={onPath} />
      </div>
      <div className={styles["preview"]}>
        {path === undefined ? (
          <p className={styles["hint"]}>Choose a file to look at it.</p>
        ) : (
          <ArtifactPreview key={path} runId={runId} path={path} />
        )}
      </div>
    </div>
  );
}
