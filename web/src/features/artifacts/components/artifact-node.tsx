import { useState, type ReactNode } from "react";

import { Icon } from "@/components/icon";
import { formatBytes } from "@/lib/format";
import type { FileInfo } from "@/types/wire";

import { previewKind } from "../preview-kind";
import styles from "./artifact-tree.module.css";

interface ArtifactNodeProps {
  file: FileInfo;
  depth: number;
  path: string | undefined;
  onPath: (path: string) => void;
  renderFolder: () => ReactNode;
}

const INDENT = 16;

/** A file, or a folder that opens in place. */
export function ArtifactNode({ file, depth, path, onPath, renderFolder }: ArtifactNodeProps) {
  // A folder on the way to the file that is looked at stands open.
  const [isOpen, setOpen] = useState(() => path?.startsWith(`${file.path}/`) ?? false);
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  const icon = file.is_dir ? "folder" : previewKind(file.path) === "image" ? "image" : "file";
  return (
    <li>
      <button
        type="button"
        className={styles["node"]}
        style={{ paddingLeft: 4 + depth * INDENT }}
        aria-expanded={file.is_dir ? isOpen : undefined}
        aria-current={file.path === path}
        onClick={() => (file.is_dir ? setOpen(!isOpen) : onPath(file.path))}
      >
        <span className={styles["chevron"]}>
          {file.is_dir && <Icon name={isOpen ? "down" : "right"} size={12} />}
        </span>
        <Icon name={icon} />
        <span className={styles["name"]} title={file.path}>
          {name}
        </span>
        {file.file_size !== undefined && !file.is_dir && (
          <span className={styles["size"]}>{formatBytes(file.file_size)}</span>
        )}
      </button>
      {file.is_dir && isOpen && renderFolder()}
    </li>
  );
}
