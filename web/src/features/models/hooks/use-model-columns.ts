import { useMemo } from "react";

import type { Column } from "@/tables/columns";
import type { LoggedModel } from "@/types/wire";

import { columnsOfModels, MODEL_NAME, modelColumnOf } from "../model-columns";

const columnsOf = (ids: readonly string[]): Column[] => ids.flatMap((id) => modelColumnOf(id) ?? []);

/** The columns to choose from, and those that are shown; the name is always the first. */
export function useModelColumns(models: readonly LoggedModel[], chosen: readonly string[] | undefined) {
  const found = useMemo(() => columnsOfModels(models), [models]);
  const known = useMemo(() => columnsOf(found.known), [found]);
  const shown = useMemo(
    () => columnsOf([MODEL_NAME, ...(chosen ?? found.atFirst).filter((id) => id !== MODEL_NAME)]),
    [chosen, found],
  );
  return { known, shown };
}
