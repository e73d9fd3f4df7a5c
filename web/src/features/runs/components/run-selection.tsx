import { Button } from "@/components/button";
import { CompareButton, SelectionBar } from "@/tables/selection-bar";

import { useTrashRuns } from "../hooks/use-trash-runs";

interface RunSelectionProps {
  ids: readonly string[];
  shelf: "active" | "deleted";
  onClear: () => void;
  onCharts: (() => void) | undefined;
  onCompare: () => void;
}

/** What can be done with the selected runs. */
export function RunSelection({ ids, shelf, onClear, onCharts, onCompare }: RunSelectionProps) {
  const { move, isPending } = useTrashRuns();
  const act = (to: "delete" | "restore") => {
    void move(ids, to);
    onClear();
  };
  return (
    <SelectionBar noun="run" count={ids.length} onClear={onClear}>
      {onCharts && (
        <Button icon="chart" onClick={onCharts}>
          Charts
        </Button>
      )}
      <CompareButton count={ids.length} onCompare={onCompare} />
      {shelf === "active" ? (
        <Button icon="trash" kind="danger" disabled={isPending} onClick={() => act("delete")}>
          Move to trash
        </Button>
      ) : (
        <Button icon="undo" disabled={isPending} onClick={() => act("restore")}>
          Restore
        </Button>
      )}
    </SelectionBar>
  );
}
