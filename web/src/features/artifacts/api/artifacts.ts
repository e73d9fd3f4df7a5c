import { queryOptions } from "@tanstack/react-query";

import { api, artifactUrl, modelFileUrl } from "@/lib/api-client";
import type { ModelArtifacts, RunArtifacts } from "@/types/wire";

/** No preview reads more than this; a file may have gigabytes. */
export const PREVIEW_BYTES = 256 * 1024;

const artifactsKey = ["artifacts"] as const;

/** Whose files they are. */
export interface Owner {
  kind: "run" | "model";
  id: string;
}

function listFolder(owner: Owner, path: string, signal: AbortSignal) {
  const folder = path === "" ? undefined : path;
  if (owner.kind === "run") {
    return api.get<RunArtifacts>("/artifacts/list", { run_id: owner.id, path: folder }, signal);
  }
  const directories = `/logged-models/${encodeURIComponent(owner.id)}/artifacts/directories`;
  return api.get<ModelArtifacts>(directories, { artifact_directory_path: folder }, signal);
}

/** What is in a folder of a run or a model: folders first, then files, each by name. */
export const folderQuery = (owner: Owner, path: string) =>
  queryOptions({
    queryKey: [...artifactsKey, "folder", owner, path],
    queryFn: async ({ signal }) => {
      const answer = await listFolder(owner, path, signal);
      return (answer.files ?? []).toSorted(
        (a, b) =>
          Number(b.is_dir) - Number(a.is_dir) || a.path.localeCompare(b.path, "en", { numeric: true }),
      );
    },
  });

/** The first bytes of a file. */
export const firstBytesQuery = (owner: Owner, path: string) =>
  queryOptions({
    queryKey: [...artifactsKey, "bytes", owner, path],
    queryFn: ({ signal }) => api.firstBytes(urlOf(owner, path), PREVIEW_BYTES, signal),
    staleTime: 30_000,
  });

/** Address of a file's bytes. */
export function urlOf({ kind, id }: Owner, path: string): string {
  return kind === "run" ? artifactUrl(id, path) : modelFileUrl(id, path);
}
