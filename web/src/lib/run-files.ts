/** Files of a run, read by the parts of the page that know what is in them. */
import type { RunArtifacts } from "@/types/wire";

import { api, artifactUrl, type FileText } from "./api-client";

const MOST_BYTES = 4 * 1024 * 1024;

/** Names of the files and folders in a folder of a run; none where there is no such folder. */
export async function namesIn(runId: string, folder: string, signal: AbortSignal): Promise<string[]> {
  const answer = await api.get<RunArtifacts>("/artifacts/list", { run_id: runId, path: folder }, signal);
  return (answer.files ?? []).map((file) => file.path.slice(file.path.lastIndexOf("/") + 1));
}

/** The beginning of a file, as text. */
export function readText(
  runId: string,
  path: string,
  signal: AbortSignal,
  most = MOST_BYTES,
): Promise<FileText> {
  return api.firstText(artifactUrl(runId, path), most, signal);
}
