import { queryOptions } from "@tanstack/react-query";

import { artifactUrl, type FileText } from "@/lib/api-client";
import { namesIn, readText } from "@/lib/run-files";

import { readCode } from "../code";
import { readEnvironment } from "../environment";

/** The folder of a run's artifacts where the client keeps what it captures by itself. */
const ROOT = "runstone";
export const CONSOLE = `${ROOT}/console`;
export const PATCH = `${ROOT}/code/patch.diff`;

const UNTRACKED_BYTES = 512 * 1024;

export const capturedKey = ["captured"] as const;

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
export type { FileText };
