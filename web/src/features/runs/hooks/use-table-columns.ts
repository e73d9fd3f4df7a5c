import { getCoreRowModel, useReactTable, type ColumnDef } from "@tanstack/react-table";
import { useMemo } from "react";

import { columnOf, NAME_COLUMN, usualWidth, type Column } from "../columns";
import type { RunNode } from "../tree";

export const MIN_WIDTH = 56;
export const MAX_WIDTH = 640;
export const CHECK_WIDTH = 36;

declare module "@tanstack/react-table" {
  // The two parameters are the library's; an interface is merged only under the same names.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData, TValue> {
    column: Column;
  }
}

const NO_ROWS: RunNode[] = [];

/** The columns shown, with their widths, those at the left apart from those that scroll. */
export function useTableColumns(
  shown: readonly string[],
  pinned: readonly string[],
  widths: Readonly<Record<string, number>>,
) {
  const columns = useMemo<ColumnDef<RunNode>[]>(
    () =>
      shown.flatMap((id) => {
        const column = columnOf(id);
        if (!column) return [];
        return [{ id, size: usualWidth(column), minSize: MIN_WIDTH, maxSize: MAX_WIDTH, meta: { column } }];
      }),
    [shown],
  );
  const table = useReactTable({
    data: NO_ROWS,
    columns,
    getCoreRowModel: getCoreRowModel(),
    state: {
      columnSizing: { ...widths },
      columnPinning: {
        left: [NAME_COLUMN, ...pinned.filter((id) => id !== NAME_COLUMN && shown.includes(id))],
      },
    },
  });
  const sized = (list: ReturnType<typeof table.getLeftLeafColumns>): SizedColumn[] =>
    list.flatMap((each) => {
      const column = each.columnDef.meta?.column;
      return column ? [{ ...column, width: each.getSize(), start: each.getStart("left") + CHECK_WIDTH }] : [];
    });
  return { left: sized(table.getLeftLeafColumns()), center: sized(table.getCenterLeafColumns()) };
}

export interface SizedColumn extends Column {
  width: number;
  /** Distance in pixels from the left edge of the table; means something for columns at the left only. */
  start: number;
}
