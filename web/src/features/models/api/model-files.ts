import { queryOptions } from "@tanstack/react-query";

import { api, modelFileUrl } from "@/lib/api-client";
import { fieldsOf } from "@/lib/fields";
import type { ModelArtifacts } from "@/types/wire";

import { readSignature, signatureOfMlmodel, type Signature } from "../signature";
import { modelsKey } from "./models";

const MOST_BYTES = 1024 * 1024;

/** What the files of a model tell about it. */
export interface ModelFiles {
  /** Whether there is a model among the files at all. */
  isModel: boolean;
  signature: Signature | undefined;
  flavors: string[];
  requirements: string | undefined;
  /** What whoever logged it wrote beside it, by name. */
  metadata: [string, string][];
  /** Markdown about the model. */
  card: string | undefined;
}

/** The small files beside a model's weights, of those that are there. */
export const modelFilesQuery = (modelId: string) =>
  queryOptions({
    queryKey: [...modelsKey, "files", modelId],
    queryFn: async ({ signal }): Promise<ModelFiles> => {
      const folder = `/logged-models/${encodeURIComponent(modelId)}/artifacts/directories`;
      const answer = await api.get<ModelArtifacts>(folder, {}, signal);
      const names = new Set((answer.files ?? []).map((file) => file.path));
      const read = async (name: string) =>
        names.has(name)
          ? (await api.firstText(modelFileUrl(modelId, name), MOST_BYTES, signal)).text
          : undefined;
      const [mlmodel, schema, requirements, card] = await Promise.all(
        ["MLmodel", "schema.json", "requirements.txt", "card.md"].map(read),
      );
      const about = await mlmodelOf(mlmodel);
      return {
        isModel: mlmodel !== undefined,
        signature: schema === undefined ? signatureOfMlmodel(about) : readSignature(schema),
        flavors: flavorsOf(about),
        requirements,
        metadata: metadataOf(about),
        card,
      };
    },
    staleTime: 60_000,
  });

/** The parser of YAML is fetched with the first model that is looked at. */
async function mlmodelOf(text: string | undefined): Promise<unknown> {
  if (text === undefined) return undefined;
  const { parse } = await import("yaml");
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function flavorsOf(about: unknown): string[] {
  const flavors = fieldsOf(fieldsOf(about)["flavors"]);
  // Runstone's own entry says how the folder was written, not how it can be loaded.
  return Object.keys(flavors).filter((name) => name !== "runstone");
}

function metadataOf(about: unknown): [string, string][] {
  const metadata = fieldsOf(fieldsOf(about)["metadata"]);
  return Object.entries(metadata).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
}
