export interface components {
  schemas: {
    Tag: { key: string; value: string };
    Param: { key: string; value: string };
    Metric: { key: string; value: number | string; timestamp: number; step?: number };
    RunMetric: { key: string; value: number | string; timestamp: number; step?: number; run_id: string };
    Experiment: {
      experiment_id: string;
      name: string;
      artifact_location: string;
      lifecycle_stage: "active" | "deleted";
      last_update_time: number;
      creation_time: number;
      tags?: components["schemas"]["Tag"][];
    };
    RunInfo: {
      run_id: string;
      run_name: string;
      experiment_id: string;
      user_id: string;
      status: "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
      start_time: number;
      end_time?: number;
      artifact_uri: string;
      lifecycle_stage: "active" | "deleted";
    };
    RunData: {
      metrics?: components["schemas"]["Metric"][];
      params?: components["schemas"]["Param"][];
      tags?: components["schemas"]["Tag"][];
    };
    Run: { info: components["schemas"]["RunInfo"]; data: components["schemas"]["RunData"] };
    FileInfo: { path: string; is_dir: boolean; file_size?: number };
    OneRun: { run: components["schemas"]["Run"] };
    Runs: { runs?: components["schemas"]["Run"][]; next_page_token?: string };
    OneExperiment: { experiment: components["schemas"]["Experiment"] };
    Experiments: { experiments?: components["schemas"]["Experiment"][]; next_page_token?: string };
    RunHistories: { metrics?: components["schemas"]["RunMetric"][] };
    RunArtifacts: { root_uri?: string; files?: components["schemas"]["FileInfo"][] };
  };
}
