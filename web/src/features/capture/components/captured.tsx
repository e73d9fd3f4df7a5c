import type { ReactNode } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { TableSkeleton } from "@/components/table-skeleton";
import type { Run } from "@/types/wire";

import { useCaptured } from "../hooks/use-captured";

interface CapturedProps {
  run: Run;
  /** Name of the file or folder that must be there. */
  name: string;
  nothing: ReactNode;
  children: () => ReactNode;
}

/** What was captured of a run, or a word about its not being there. */
export function Captured({ run, name, nothing, children }: CapturedProps) {
  const captured = useCaptured(run);
  if (captured.data) return captured.data.includes(name) ? children() : nothing;
  if (captured.isError) {
    return (
      <ErrorNotice
        what="What was captured could not be listed"
        error={captured.error}
        onRetry={() => void captured.refetch()}
      />
    );
  }
  return <TableSkeleton rows={8} />;
}
