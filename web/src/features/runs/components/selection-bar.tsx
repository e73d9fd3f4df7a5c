import { Button } from "@/components/button";
import { formatCount } from "@/lib/format";

import { useTrashRuns } from "../hooks/use-trash-runs";
import styles from "./selection-bar.module.css";

interface SelectionBarProps {
  ids: readonly string[];
  shelf: "active" | "deleted";
  onClear: () => void;
  onCharts: (() => void) | undefined;
  onCompare: () => void;
}

const MOST_COMPARED = 200;

/** What can be done with the selected runs. */
export function SelectionBar({ ids, shelf, onClear, onCharts, onCompare }: SelectionBarProps) {
  const { move, isPending } = useTrashRuns();
  if (ids.length === 0) return null;
  const act = (to: "delete" | "restore") => {
    move(ids, to);
    onClear();
  };
  return (
    <div className={styles["bar"]} role="toolbar" aria-label="Selected runs">
      <span className={styles["count"]}>{formatCount(ids.length, "run")} selected</span>
      {onCharts && (
        <Button icon="chart" onClick={onCharts}>
          Charts
        </Button>
      )}
      <Button icon="compare" disabled={ids.length < 2 || ids.length > MOST_COMPARED} onClick={onCompare}>
        Compare
      </Button>
      {shelf === "active" ? (
        <Button icon="trash" kind="danger" disabled={isPending} onClick={() => act("delete")}>
          Delete
        </Button>
      ) : (
        <Button icon="undo" disabled={isPending} onClick={() => act("restore")}>
          Restore
        </Button>
      )}
      <Button kind="quiet" icon="close" aria-label="Select none" onClick={onClear} />
    </div>
  );
}
