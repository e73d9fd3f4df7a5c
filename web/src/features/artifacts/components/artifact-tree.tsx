import { Loaded } from "@/components/loaded";
import { Skeleton } from "@/components/skeleton";

import type { Owner } from "../api/artifacts";
import { useFolder } from "../hooks/use-folder";
import { ArtifactNode } from "./artifact-node";
import styles from "./artifact-tree.module.css";

interface ArtifactTreeProps {
  owner: Owner;
  /** Whether files may still come. */
  isLive: boolean;
  path: string | undefined;
  onPath: (path: string) => void;
}

/** The folders and files of a run or a model; a folder is asked for when it is opened. */
export function ArtifactTree(props: ArtifactTreeProps) {
  return <Folder {...props} folder="" depth={0} />;
}

interface FolderProps extends ArtifactTreeProps {
  folder: string;
  depth: number;
}

function Folder({ folder, depth, ...tree }: FolderProps) {
  const { owner, isLive, path, onPath } = tree;
  const files = useFolder(owner, folder, isLive);
  return (
    <Loaded
      query={files}
      what="The files could not be listed"
      waiting={
        <div className={styles["waiting"]} role="status" aria-label="Loading">
          <Skeleton width="70%" />
          <Skeleton width="50%" />
        </div>
      }
    >
      {(found) =>
        found.length === 0 ? (
          <p className={styles["empty"]}>Empty</p>
        ) : (
          <ul aria-label={folder || "Files"}>
            {found.map((file) => (
              <ArtifactNode
                key={file.path}
                file={file}
                depth={depth}
                path={path}
                onPath={onPath}
                renderFolder={() => <Folder {...tree} folder={file.path} depth={depth + 1} />}
              />
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}
