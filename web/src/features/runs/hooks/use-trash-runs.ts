import { useToast } from "@/components/toasts";
import { formatCount } from "@/lib/format";

import { useMoveRuns, type Move } from "../api/move-runs";

const OPPOSITE = { delete: "restore", restore: "delete" } as const;
const DONE = { delete: "moved to the trash", restore: "restored" } as const;

/** Moves runs to the trash or takes them out, says what was done, and offers the way back. */
export function useTrashRuns() {
  const { mutateAsync, isPending } = useMoveRuns();
  const toast = useToast();

  const move = async (runIds: readonly string[], to: Move["to"], isUndo = false) => {
    // Awaited, as callbacks are left out once the page is another: an undo has to tell of its failure there, too.
    const { done, failure } = await mutateAsync({ runIds: [...runIds], to });
    if (failure) toast({ text: failure.message, bad: true });
    if (done.length === 0) return;
    const undo = { label: "Undo", run: () => void move(done, OPPOSITE[to], true) };
    toast({ text: `${formatCount(done.length, "run")} ${DONE[to]}`, ...(isUndo ? {} : { action: undo }) });
  };
  return { move, isPending };
}
