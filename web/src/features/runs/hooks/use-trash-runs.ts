import { useToast } from "@/components/toasts";
import { formatCount } from "@/lib/format";

import { useMoveRuns, type Move } from "../api/move-runs";

const OPPOSITE = { delete: "restore", restore: "delete" } as const;
const DONE = { delete: "moved to the trash", restore: "restored" } as const;

/** Moves runs to the trash or takes them out, says what was done, and offers the way back. */
export function useTrashRuns() {
  const { mutate, isPending } = useMoveRuns();
  const toast = useToast();

  const move = (runIds: readonly string[], to: Move["to"], isUndo = false) => {
    mutate(
      { runIds: [...runIds], to },
      {
        onSuccess: ({ moved, failure }) => {
          if (failure) toast({ text: failure.message, bad: true });
          if (moved.length === 0) return;
          const undo = { label: "Undo", run: () => move(moved, OPPOSITE[to], true) };
          toast({
            text: `${formatCount(moved.length, "run")} ${DONE[to]}`,
            ...(isUndo ? {} : { action: undo }),
          });
        },
      },
    );
  };
  return { move, isPending };
}
