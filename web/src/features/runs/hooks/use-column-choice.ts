import { useMemo } from "react";

import { isSystemTag } from "@/lib/system-tags";
import type { Column } from "@/tables/columns";

import { ATTRIBUTE_COLUMNS, columnOf, NAME_COLUMN } from "../columns";
import { SYSTEM_SECTION } from "../metric-sections";
import type { RunPage } from "../api/search-runs";

const METRICS_AT_FIRST = 6;
const PARAMS_AT_FIRST = 6;

const idsOfPage = new WeakMap<RunPage, Set<string>>();

function columnsOfPage(page: RunPage): Set<string> {
  let ids = idsOfPage.get(page);
  if (!ids) {
    ids = new Set();
    for (const { data } of page.runs) {
      for (const metric of data.metrics ?? []) ids.add(`metrics.${metric.key}`);
      for (const param of data.params ?? []) ids.add(`params.${param.key}`);
      for (const tag of data.tags ?? []) if (!isSystemTag(tag.key)) ids.add(`tags.${tag.key}`);
    }
    idsOfPage.set(page, ids);
  }
  return ids;
}

/** Every column there is in these pages, sorted by kind and name. */
export function knownColumns(pages: readonly RunPage[]): string[] {
  const found = new Set<string>();
  for (const page of pages) for (const id of columnsOfPage(page)) found.add(id);
  return [...ATTRIBUTE_COLUMNS, ...[...found].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))];
}

/** What to show before anyone has chosen: when it ran, and the first metrics and params. */
export function columnsAtFirst(known: readonly string[]): string[] {
  const logged = known.filter((id) => !id.startsWith(`metrics.${SYSTEM_SECTION}/`));
  const some = (kind: string, most: number) => logged.filter((id) => id.startsWith(kind)).slice(0, most);
  return [
    "attributes.start_time",
    "attributes.duration",
    ...some("metrics.", METRICS_AT_FIRST),
    ...some("params.", PARAMS_AT_FIRST),
  ];
}

const columnsOf = (ids: readonly string[]): Column[] => ids.flatMap((id) => columnOf(id) ?? []);

/** The columns to choose from, and those that are shown; the name is always the first. */
export function useColumnChoice(pages: readonly RunPage[], chosen: readonly string[] | undefined) {
  const ids = useMemo(() => knownColumns(pages), [pages]);
  const known = useMemo(() => columnsOf(ids), [ids]);
  const shown = useMemo(
    () => columnsOf([NAME_COLUMN, ...(chosen ?? columnsAtFirst(ids)).filter((id) => id !== NAME_COLUMN)]),
    [chosen, ids],
  );
  return { known, shown };
}
