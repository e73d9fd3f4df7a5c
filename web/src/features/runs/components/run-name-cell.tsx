import { Link } from "@tanstack/react-router";

import { Icon } from "@/components/icon";
import { RunDot } from "@/components/run-dot";
import { StatusMark } from "@/components/status-mark";

import type { RunNode } from "../tree";
import styles from "./run-name-cell.module.css";

interface RunNameCellProps {
  node: RunNode;
  isTree: boolean;
  isFolded: boolean;
  onFold: (runId: string) => void;
}

const INDENT = 16;

/** Colour, state and name of a run; in a tree also its place. */
export function RunNameCell({ node, isTree, isFolded, onFold }: RunNameCellProps) {
  const { info } = node.run;
  return (
    <span className={styles["name"]} style={isTree ? { paddingLeft: node.depth * INDENT } : undefined}>
      {isTree &&
        (node.children > 0 ? (
          <button
            type="button"
            className={styles["fold"]}
            aria-expanded={!isFolded}
            aria-label={`${isFolded ? "Unfold" : "Fold"} the runs below ${info.run_name}`}
            onClick={() => onFold(info.run_id)}
          >
            <Icon name={isFolded ? "right" : "down"} size={12} />
          </button>
        ) : (
          <span className={styles["fold"]} />
        ))}
      <RunDot runId={info.run_id} />
      <Link
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: info.experiment_id, runId: info.run_id }}
        className={styles["link"]}
        title={info.run_name}
        preload={false}
      >
        {info.run_name || info.run_id.slice(0, 8)}
      </Link>
      <span className={styles["status"]}>
        <StatusMark status={info.status} />
      </span>
    </span>
  );
}
