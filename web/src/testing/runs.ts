import type { Run, RunStatus } from "@/types/wire";

interface RunParts {
  id?: string;
  name?: string;
  status?: RunStatus;
  metrics?: Record<string, number | string>;
  params?: Record<string, string>;
  tags?: Record<string, string>;
}

/** A run as the server sends it. */
export function aRun({
  id = "a".repeat(32),
  name = "run",
  status = "FINISHED",
  metrics = {},
  params = {},
  tags = {},
}: RunParts): Run {
  const pairs = (from: Record<string, string>) =>
    Object.entries(from).map(([key, value]) => ({ key, value }));
  return {
    info: {
      run_id: id,
      run_uuid: id,
      run_name: name,
      experiment_id: "1",
      user_id: "someone",
      status,
      start_time: 1_000_000,
      end_time: 1_005_000,
      artifact_uri: "mlflow-artifacts:/1",
      lifecycle_stage: "active",
    },
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({
        key,
        value: value as number,
        timestamp: 1_000_000,
        step: 0,
      })),
      params: pairs(params),
      tags: pairs(tags),
    },
  };
}
