/** Several runs or models side by side: what each of them has of each param, metric and tag. */
import { toNumber } from "@/lib/format";
import { isSystemTag } from "@/lib/system-tags";

export interface ComparedRow {
  key: string;
  /** One value each, in their order; `undefined` where one has none. */
  values: (string | number | undefined)[];
  /** Whether not all have the same. */
  differs: boolean;
}

export interface ComparedSection {
  title: string;
  rows: ComparedRow[];
}

type Pairs = readonly { key: string; value?: string | number | undefined }[];

/** What is known of one run or model. */
export interface Compared {
  params?: Pairs;
  metrics?: readonly { key: string; value: string | number }[];
  tags?: Pairs;
  environment?: Pairs | undefined;
}

function rowsOf(lists: readonly Pairs[]): ComparedRow[] {
  const maps = lists.map((list) => new Map(list.map((pair) => [pair.key, pair.value ?? ""])));
  const keys = new Set(lists.flatMap((list) => list.map((pair) => pair.key)));
  return [...keys]
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((key) => {
      const values = maps.map((map) => map.get(key));
      return { key, values, differs: values.some((value) => !Object.is(value, values[0])) };
    });
}

/** Params first, as they are the causes; then metrics, tags of people, and the environments. */
export function comparedSections(all: readonly Compared[]): ComparedSection[] {
  const section = (title: string, pairs: (one: Compared) => Pairs | undefined) => ({
    title,
    rows: rowsOf(all.map((one) => pairs(one) ?? [])),
  });
  return [
    section("Params", ({ params }) => params),
    section("Metrics", ({ metrics }) => metrics?.map(({ key, value }) => ({ key, value: toNumber(value) }))),
    section("Tags", ({ tags }) => tags?.filter(({ key }) => !isSystemTag(key))),
    section("Environment", ({ environment }) => environment),
  ].filter(({ rows }) => rows.length > 0);
}
