import { queryOptions } from "@tanstack/react-query";

import { api, artifactUrl } from "@/lib/api-client";
import type { RunArtifacts } from "@/types/wire";

/** No preview reads more than this; a file may have gigabytes. */
export const PREVIEW_BYTES = 256 * 1024;

const artifactsKey = ["artifacts"] as const;

/** What is in a folder of a run: folders first, then files, each by name. */
export const folderQuery = (runId: string, path: string) =>
  queryOptions({
    queryKey: [...artifactsKey, "folder", runId, path],
    queryFn: async ({ signal }) => {
      const answer = await api.get<RunArtifacts>(
        "/artifacts/list",
        { run_id: runId, path: path === "" ? undefined : path },
        signal,
      );
      return (answer.files ?? []).toSorted(
        (a, b) =>
          Number(b.is_dir) - Number(a.is_dir) || a.path.localeCompare(b.path, "en", { numeric: true }),
      );
    },
  });

/** The first bytes of a file. */
export const firstBytesQuery = (runId: string, path: string) =>
  queryOptions({
    queryKey: [...artifactsKey, "bytes", runId, path],
    queryFn: ({ signal }) => api.firstBytes(runId, path, PREVIEW_BYTES, signal),
    staleTime: 30_000,
  });

export { artifactUrl };
