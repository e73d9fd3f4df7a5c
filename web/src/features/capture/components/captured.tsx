import type { ReactNode } from "react";

import { Loaded } from "@/components/loaded";
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
  return (
    <Loaded query={useCaptured(run)} what="What was captured could not be listed">
      {(names) => (names.includes(name) ? children() : nothing)}
    </Loaded>
  );
}
