import { queryOptions } from "@tanstack/react-query";

import { namesIn, readText } from "@/lib/run-files";

import { readEvaluation } from "../evaluation";

const ROOT = "evaluation";
const FILE = "evaluation.json";
const key = ["evaluations"] as const;

/** The folders of a run that hold an evaluation: the root of all, then those with a prefix, by name. */
export const evaluationsQuery = (runId: string) =>
  queryOptions({
    queryKey: [...key, "folders", runId],
    queryFn: async ({ signal }) => {
      const names = await namesIn(runId, ROOT, signal);
      // A folder has no dot in its name, as far as prefixes of metrics go; a file that has none is asked in vain.
      const inner = names.filter((name) => !name.includes(".")).map((name) => `${ROOT}/${name}`);
      const held = await Promise.all(
        inner.map(async (folder) => ((await namesIn(runId, folder, signal)).includes(FILE) ? [folder] : [])),
      );
      return [...(names.includes(FILE) ? [ROOT] : []), ...held.flat()];
    },
  });

export const evaluationQuery = (runId: string, folder: string) =>
  queryOptions({
    queryKey: [...key, "evaluation", runId, folder],
    queryFn: async ({ signal }) => readEvaluation((await readText(runId, `${folder}/${FILE}`, signal)).text),
    staleTime: 10_000,
  });

/** What a folder is called on the page. */
export const nameOf = (folder: string): string => (folder === ROOT ? "all" : folder.slice(ROOT.length + 1));
