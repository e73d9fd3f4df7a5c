import { useQuery } from "@tanstack/react-query";

import { ErrorNotice } from "@/components/error-notice";
import { Skeleton } from "@/components/skeleton";

import { folderQuery, type Owner } from "../api/artifacts";
import { ArtifactNode } from "./artifact-node";
import styles from "./artifact-tree.module.css";

interface ArtifactTreeProps {
  owner: Owner;
  path: string | undefined;
  onPath: (path: string) => void;
}

/** The folders and files of a run or a model; a folder is asked for when it is opened. */
export function ArtifactTree({ owner, path, onPath }: ArtifactTreeProps) {
  return <Folder owner={owner} folder="" depth={0} path={path} onPath={onPath} />;
}

interface FolderProps extends ArtifactTreeProps {
  folder: string;
  depth: number;
}

function Folder({ owner, folder, depth, path, onPath }: FolderProps) {
  const files = useQuery(folderQuery(owner, folder));
  if (files.isPending) {
    return (
      <div className={styles["waiting"]} role="status" aria-label="Loading">
        <Skeleton width="70%" />
        <Skeleton width="50%" />
      </div>
    );
  }
  if (files.isError) {
    return (
      <ErrorNotice
        what="The files could not be listed"
        error={files.error}
        onRetry={() => void files.refetch()}
      />
    );
  }
  if (files.data.length === 0) {
    return (
      <p className={styles["empty"]}>{folder === "" ? `This ${owner.kind} has no artifacts.` : "Empty"}</p>
    );
  }
  return (
    <ul className={styles["list"]} aria-label={folder || "Artifacts"}>
      {files.data.map((file) => (
        <ArtifactNode
          key={file.path}
          file={file}
          depth={depth}
          path={path}
          onPath={onPath}
          renderFolder={() => (
            <Folder owner={owner} folder={file.path} depth={depth + 1} path={path} onPath={onPath} />
          )}
        />
      ))}
    </ul>
  );
}
