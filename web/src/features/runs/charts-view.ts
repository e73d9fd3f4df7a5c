/** How charts of runs are looked at. All of it stands in the address of the page. */
import type { Range, XKind } from "@/charts/series";

export interface ChartsView {
  x: XKind;
  /** From 0 to 0.99. */
  smoothing: number;
  logX: boolean;
  logY: boolean;
  /** A part of the metrics' names. */
  search: string;
  range: Range | undefined;
}

export type ChangeChartsView = (change: Partial<ChartsView>) => void;
