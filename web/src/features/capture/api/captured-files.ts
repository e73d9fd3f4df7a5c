import { queryOptions } from "@tanstack/react-query";

import { api, artifactUrl } from "@/lib/api-client";
import type { RunArtifacts } from "@/types/wire";

import { readCode } from "../code";
import { readEnvironment } from "../environment";

/** The folder of a run's artifacts where the client keeps what it captures by itself. */
const ROOT = "runstone";
export const CONSOLE = `${ROOT}/console`;
export const PATCH = `${ROOT}/code/patch.diff`;

const MOST_BYTES = 4 * 1024 * 1024;
const UNTRACKED_BYTES = 512 * 1024;

export const capturedKey = ["captured"] as const;

/** Names of the files and folders in a folder of a run; none where there is no such folder. */
export async function namesIn(runId: string, folder: string, signal: AbortSignal): Promise<string[]> {
  const answer = await api.get<RunArtifacts>("/artifacts/list", { run_id: runId, path: folder }, signal);
  return (answer.files ?? []).map((file) => file.path.slice(file.path.lastIndexOf("/") + 1));
}

export interface CapturedText {
  text: string;
  /** Whether the file goes on. */
  isCut: boolean;
}

export async function readText(
  runId: string,
  path: string,
  signal: AbortSignal,
  most = MOST_BYTES,
): Promise<CapturedText> {
  const { bytes, total } = await api.firstBytes(runId, path, most, signal);
  const isCut = total === undefined ? bytes.length === most : total > bytes.length;
  return { text: new TextDecoder().decode(bytes, { stream: isCut }), isCut };
}

/** What was captured of a run: `environment.json`, `code`, `console` and so on. */
export const capturedQuery = (runId: string) =>
  queryOptions({
    queryKey: [...capturedKey, "names", runId],
    queryFn: ({ signal }) => namesIn(runId, ROOT, signal),
  });

export const environmentQuery = (runId: string) =>
  queryOptions({
    queryKey: [...capturedKey, "environment", runId],
    queryFn: async ({ signal }) =>
      readEnvironment((await readText(runId, `${ROOT}/environment.json`, signal)).text),
    staleTime: Infinity,
  });

export const codeQuery = (runId: string) =>
  queryOptions({
    queryKey: [...capturedKey, "code", runId],
    queryFn: async ({ signal }) => readCode((await readText(runId, `${ROOT}/code/code.json`, signal)).text),
    staleTime: Infinity,
  });

export const patchQuery = (runId: string) =>
  queryOptions({
    queryKey: [...capturedKey, "patch", runId],
    queryFn: ({ signal }) => readText(runId, PATCH, signal),
    staleTime: Infinity,
  });

export const untrackedQuery = (runId: string, path: string) =>
  queryOptions({
    queryKey: [...capturedKey, "untracked", runId, path],
    queryFn: ({ signal }) => readText(runId, untrackedPath(path), signal, UNTRACKED_BYTES),
    staleTime: Infinity,
  });

/** Where a source file lies that git did not track. */
export function untrackedPath(path: string): string {
  return `${ROOT}/code/untracked/${path}`;
}

/** The environments of those runs that have one, as they come: `undefined` for all others. */
export const environmentsQuery = (runIds: readonly string[]) =>
  queryOptions({
    queryKey: [...capturedKey, "environments", runIds],
    queryFn: ({ client }) =>
      Promise.all(
        runIds.map(async (runId) => {
          const names = await client.query({ ...capturedQuery(runId), staleTime: "static" });
          return names.includes("environment.json") ? client.query(environmentQuery(runId)) : undefined;
        }),
      ),
    staleTime: Infinity,
  });

export { artifactUrl };
