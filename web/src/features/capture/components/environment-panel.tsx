import { useQuery } from "@tanstack/react-query";

import { CodeBlock } from "@/components/code-block";
import { CopyText } from "@/components/copy-text";
import { Fact, Facts } from "@/components/facts";
import { Hint } from "@/components/hint";
import { Loaded } from "@/components/loaded";
import { formatMemory } from "@/lib/format";
import type { Run } from "@/types/wire";

import { environmentQuery } from "../api/captured-files";
import { commandLine, type Environment, type Gpu } from "../environment";
import { Captured } from "./captured";
import styles from "./environment-panel.module.css";
import { PackagesTable } from "./packages-table";
import { UnlessNested } from "./unless-nested";

/** The machine, the Python and the packages that a run had. */
export function EnvironmentPanel({ run }: { run: Run }) {
  const nothing = (
    <UnlessNested run={run} tab="environment">
      <NoEnvironment />
    </UnlessNested>
  );
  return (
    <Captured run={run} name="environment.json" nothing={nothing}>
      {() => <CapturedEnvironment runId={run.info.run_id} />}
    </Captured>
  );
}

function CapturedEnvironment({ runId }: { runId: string }) {
  const query = useQuery(environmentQuery(runId));
  return (
    <Loaded query={query} what="The environment could not be loaded">
      {(environment) => (
        <div className={styles["environment"]}>
          {environment.command.length > 0 && (
            <section aria-label="Command">
              <h2 className={styles["title"]}>Command</h2>
              <CodeBlock code={commandLine(environment.command)} label="Command line" />
            </section>
          )}
          <div className={styles["pair"]}>
            <div className={styles["facts"]}>
              <ProgramFacts environment={environment} />
              <MachineFacts environment={environment} />
            </div>
            <PackagesTable packages={environment.packages} />
          </div>
        </div>
      )}
    </Loaded>
  );
}

function ProgramFacts({ environment }: { environment: Environment }) {
  const { script, module, directory, python, isNotebook } = environment;
  return (
    <Facts title="Program">
      {script !== undefined && (
        <Fact name={isNotebook ? "Notebook" : "Script"}>
          <CopyText text={script} mono />
        </Fact>
      )}
      {script === undefined && isNotebook && <Fact name="Notebook">yes</Fact>}
      {module !== undefined && (
        <Fact name="Module">
          <CopyText text={module} mono />
        </Fact>
      )}
      {directory !== undefined && (
        <Fact name="Directory">
          {directory === "" ? "the repository’s root" : <CopyText text={directory} mono />}
        </Fact>
      )}
      {python !== undefined && (
        <Fact name="Python">
          <CopyText text={python} />
        </Fact>
      )}
    </Facts>
  );
}

function MachineFacts({ environment }: { environment: Environment }) {
  const { platform, cpu, cores, memoryBytes, gpus } = environment;
  return (
    <Facts title="Machine">
      {platform !== undefined && (
        <Fact name="System">
          <CopyText text={platform} />
        </Fact>
      )}
      {(cpu !== undefined || cores !== undefined) && (
        <Fact name="CPU">{[cpu, cores !== undefined && coresOf(cores)].filter(Boolean).join(", ")}</Fact>
      )}
      {memoryBytes !== undefined && <Fact name="Memory">{formatMemory(memoryBytes)}</Fact>}
      {gpus === undefined && <Fact name="GPU">not known</Fact>}
      {gpus?.length === 0 && <Fact name="GPU">none found</Fact>}
      {gpus?.map((gpu, at) => (
        <Fact key={at} name={gpus.length === 1 ? "GPU" : `GPU ${at}`}>
          {gpuOf(gpu)}
        </Fact>
      ))}
    </Facts>
  );
}

const coresOf = (cores: number) => `${cores} ${cores === 1 ? "core" : "cores"}`;

function gpuOf({ name, memoryBytes, driver }: Gpu): string {
  const memory = memoryBytes === undefined ? undefined : formatMemory(memoryBytes);
  return [name, memory, driver && `driver ${driver}`].filter(Boolean).join(", ");
}

function NoEnvironment() {
  return (
    <Hint
      title="No environment was captured"
      code="export RUNSTONE_CAPTURE_ENVIRONMENT=true"
      page="What a run captures"
    >
      The command, Python, the packages and the machine are recorded by runs that are logged from Python while
      this is set, as it is unless you say otherwise.
    </Hint>
  );
}
