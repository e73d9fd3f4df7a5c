import { useQueries } from "@tanstack/react-query";

import { combined } from "@/lib/combined";

import { modelQuery } from "../api/models";

/** Logged models by their ids, in that order. */
export const useModelsById = (ids: readonly string[]) =>
  useQueries({ queries: ids.map((id) => modelQuery(id)), combine: combined });
