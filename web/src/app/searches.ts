/** What the query part of each page's address may hold. Anything else is dropped. */
import { many, one } from "@/lib/search-params";

import type { TableSearch } from "./table-search";

type Raw = Record<string, unknown>;

function choice<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  const text = one(value);
  return allowed.find((each) => each === text);
}

export interface HomeSearch {
  q?: string | undefined;
  shelf?: "active" | "deleted" | undefined;
  sort?: string | undefined;
}

export function readHomeSearch(raw: Raw): HomeSearch {
  return { q: one(raw["q"]), shelf: choice(raw["shelf"], ["deleted"]), sort: one(raw["sort"]) };
}

export interface ChartSearch {
  /** The horizontal axis; by step where it is left out. */
  x?: "time" | "relative" | undefined;
  /** Smoothing from 0 to 0.99, as text. */
  smooth?: string | undefined;
  /** Which axes are logarithmic. */
  log?: "x" | "y" | "xy" | undefined;
  /** A part of the metrics' names. */
  m?: string | undefined;
  /** The part of the horizontal axis that is shown, as `from~to`. */
  zoom?: string | undefined;
}

function readChartSearch(raw: Raw): ChartSearch {
  return {
    x: choice(raw["x"], ["time", "relative"]),
    smooth: one(raw["smooth"]),
    log: choice(raw["log"], ["x", "y", "xy"]),
    m: one(raw["m"]),
    zoom: one(raw["zoom"]),
  };
}

export interface ExperimentSearch extends ChartSearch, TableSearch {
  /** The filter of the runs, in the server's grammar. */
  q?: string | undefined;
  view?: "charts" | "models" | undefined;
  runs?: "deleted" | undefined;
  tree?: "1" | undefined;
  /** The filter of the logged models, and what of `TableSearch` is meant for their table. */
  mq?: string | undefined;
  msort?: string[] | undefined;
  mcols?: string[] | undefined;
  mpin?: string[] | undefined;
  mw?: string[] | undefined;
}

export function readExperimentSearch(raw: Raw): ExperimentSearch {
  return {
    q: one(raw["q"]),
    sort: many(raw["sort"]),
    cols: many(raw["cols"]),
    pin: many(raw["pin"]),
    w: many(raw["w"]),
    view: choice(raw["view"], ["charts", "models"]),
    runs: choice(raw["runs"], ["deleted"]),
    tree: choice(raw["tree"], ["1"]),
    mq: one(raw["mq"]),
    msort: many(raw["msort"]),
    mcols: many(raw["mcols"]),
    mpin: many(raw["mpin"]),
    mw: many(raw["mw"]),
    ...readChartSearch(raw),
  };
}

const RUN_TABS = ["charts", "evaluation", "system", "console", "code", "environment", "artifacts"] as const;

export interface RunSearch extends ChartSearch {
  tab?: (typeof RUN_TABS)[number] | undefined;
  /** The artifact that is looked at. */
  path?: string | undefined;
  /** What is looked for in the console. */
  find?: string | undefined;
}

export function readRunSearch(raw: Raw): RunSearch {
  return {
    tab: choice(raw["tab"], RUN_TABS),
    path: one(raw["path"]),
    find: one(raw["find"]),
    ...readChartSearch(raw),
  };
}

export interface ModelSearch {
  tab?: "card" | "artifacts" | undefined;
  /** The file that is looked at. */
  path?: string | undefined;
}

export function readModelSearch(raw: Raw): ModelSearch {
  return { tab: choice(raw["tab"], ["card", "artifacts"]), path: one(raw["path"]) };
}

export interface CompareSearch extends ChartSearch {
  run?: string[] | undefined;
  /** Logged models, where no runs are compared. */
  model?: string[] | undefined;
  /** Shows what all have in common, too. */
  all?: "1" | undefined;
}

export function readCompareSearch(raw: Raw): CompareSearch {
  return {
    run: many(raw["run"]),
    model: many(raw["model"]),
    all: choice(raw["all"], ["1"]),
    ...readChartSearch(raw),
  };
}
