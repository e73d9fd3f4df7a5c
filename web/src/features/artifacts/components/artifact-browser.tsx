import type { Owner } from "../api/artifacts";
import { useFolder } from "../hooks/use-folder";
import { ArtifactPreview } from "./artifact-preview";
import { ArtifactTree } from "./artifact-tree";
import styles from "./artifact-browser.module.css";

const NOTHING = { run: "This run has no artifacts.", model: "This model has no files." } as const;

interface ArtifactBrowserProps {
  owner: Owner;
  /** Whether files may still come. */
  isLive: boolean;
  /** The file that is looked at. */
  path: string | undefined;
  onPath: (path: string) => void;
}

/** The files of a run or a model at the left, the one looked at at the right; above and below on a narrow screen. */
export function ArtifactBrowser({ owner, isLive, path, onPath }: ArtifactBrowserProps) {
  const { data: files } = useFolder(owner, "", isLive);
  if (files?.length === 0) return <p className={styles["hint"]}>{NOTHING[owner.kind]}</p>;
  return (
    <div className={styles["browser"]}>
      <div className={styles["tree"]}>
        <ArtifactTree owner={owner} isLive={isLive} path={path} onPath={onPath} />
      </div>
      <div className={styles["preview"]}>
        {path === undefined ? (
          files && <p className={styles["hint"]}>Choose a file to look at it.</p>
        ) : (
          <ArtifactPreview key={path} owner={owner} path={path} />
        )}
      </div>
    </div>
  );
}
