import type { LoggedModel } from "@/types/wire";

import { modelDataOf } from "./model-data";

/** Runstone's clients write it when they log a model, and the server for others, where it keeps the files. */
const FLAVOR_TAG = "runstone.flavor";

/** What a model is for, and the flavor that keeps it, as far as that was told. */
export function typeOf(model: LoggedModel): string {
  return [model.info.model_type, modelDataOf(model).tags.get(FLAVOR_TAG)].filter(Boolean).join(", ");
}
