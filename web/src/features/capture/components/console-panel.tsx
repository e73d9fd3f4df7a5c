import { Hint } from "@/components/hint";
import { Loaded } from "@/components/loaded";
import type { Run } from "@/types/wire";

import { useConsole } from "../hooks/use-console";
import { Captured } from "./captured";
import { ConsoleView } from "./console-view";

interface ConsolePanelProps {
  run: Run;
  find: string;
  onFind: (text: string) => void;
}

const PAGE = "See what a run prints, and how busy the machine is";

/** What the program of a run printed. */
export function ConsolePanel(props: ConsolePanelProps) {
  return (
    <Captured
      run={props.run}
      name="console"
      nothing={<NoConsole isLive={props.run.info.status === "RUNNING"} />}
    >
      {() => <OpenConsole {...props} />}
    </Captured>
  );
}

function OpenConsole({ run, find, onFind }: ConsolePanelProps) {
  const isLive = run.info.status === "RUNNING";
  const { log, lines } = useConsole(run.info.run_id, isLive);
  return (
    <Loaded query={log} what="The console could not be loaded">
      {({ leftOut }) =>
        lines && (
          <ConsoleView
            lines={lines}
            hasMore={leftOut > 0}
            isLive={isLive}
            startsAtEnd={run.info.status !== "FINISHED"}
            fileName={`${run.info.run_name || run.info.run_id}.log`}
            find={find}
            onFind={onFind}
          />
        )
      }
    </Loaded>
  );
}

function NoConsole({ isLive }: { isLive: boolean }) {
  if (isLive) {
    return (
      <Hint title="Nothing has been printed yet" page={PAGE}>
        It appears here by itself. What is printed is kept for runs that are logged from Python while{" "}
        <code>RUNSTONE_CAPTURE_CONSOLE</code> is true, as it is unless you say otherwise.
      </Hint>
    );
  }
  return (
    <Hint title="No console output" code="export RUNSTONE_CAPTURE_CONSOLE=true" page={PAGE}>
      This run printed nothing, or it was not kept. What a program prints is kept for runs that are logged
      from Python while this is set, as it is unless you say otherwise.
    </Hint>
  );
}
