/** The names by which the page speaks of what the server sends; the shapes are generated. */
import type { components } from "./api";

type Schemas = components["schemas"];

export type Experiment = Schemas["Experiment"];
export type Run = Schemas["Run"];
export type RunStatus = Schemas["RunInfo"]["status"];
export type Metric = Schemas["Metric"];
export type RunMetric = Schemas["RunMetric"];
export type Tag = Schemas["Tag"];
export type FileInfo = Schemas["FileInfo"];

export type OneExperiment = Schemas["OneExperiment"];
export type Experiments = Schemas["Experiments"];
export type OneRun = Schemas["OneRun"];
export type Runs = Schemas["Runs"];
export type RunHistories = Schemas["RunHistories"];
export type RunArtifacts = Schemas["RunArtifacts"];

export type LoggedModel = Schemas["LoggedModel"];
export type LoggedModelMetric = Schemas["LoggedModelMetric"];
export type ModelVersion = Schemas["ModelVersion"];
export type OneLoggedModel = Schemas["OneLoggedModel"];
export type ModelOrder = Schemas["ModelOrder"];
export type LoggedModels = Schemas["LoggedModels"];
export type ModelArtifacts = Schemas["ModelArtifacts"];
export type ModelVersions = Schemas["ModelVersions"];
