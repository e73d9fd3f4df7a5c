import { useQuery } from "@tanstack/react-query";

import { ErrorNotice } from "@/components/error-notice";
import { Skeleton } from "@/components/skeleton";

import { folderQuery } from "../api/artifacts";
import { ArtifactNode } from "./artifact-node";
import styles from "./artifact-tree.module.css";

interface ArtifactTreeProps {
  runId: string;
  path: string | undefined;
  onPath: (path: string) => void;
}

/** The folders and files of a run; a folder is asked for when it is opened. */
export function ArtifactTree({ runId, path, onPath }: ArtifactTreeProps) {
  return <Folder runId={runId} folder="" depth={0} path={path} onPath={onPath} />;
}

interface FolderProps extends ArtifactTreeProps {
  folder: string;
  depth: number;
}

function Folder({ runId, folder, depth, path, onPath }: FolderProps) {
  const files = useQuery(folderQuery(runId, folder));
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
    return <p className={styles["empty"]}>{folder === "" ? "This run has no artifacts." : "Empty"}</p>;
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
            <Folder runId={runId} folder={file.path} depth={depth + 1} path={path} onPath={onPath} />
          )}
        />
      ))}
    </ul>
  );
}
