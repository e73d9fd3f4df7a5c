import { getCoreRowModel, useReactTable, type ColumnDef } from "@tanstack/react-table";
import { useMemo } from "react";

import type { Column } from "./columns";
import type { TableView } from "./table-view";

export const MIN_WIDTH = 56;
export const MAX_WIDTH = 640;

declare module "@tanstack/react-table" {
  // The two parameters are the library's; an interface is merged only under the same names.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData, TValue> {
    column: Column;
  }
}

const NO_ROWS: never[] = [];

/** The columns with their widths, those at the left, after `start` pixels, apart from those that scroll. */
export function useTableColumns(
  shown: readonly Column[],
  { pinned, widths }: Pick<TableView, "pinned" | "widths">,
  start: number,
) {
  const columns = useMemo<ColumnDef<never>[]>(
    () =>
      shown.map((column) => ({
        id: column.id,
        size: column.width,
        minSize: MIN_WIDTH,
        maxSize: MAX_WIDTH,
        meta: { column },
      })),
    [shown],
  );
  const first = shown[0]?.id ?? "";
  const isShown = (id: string) => shown.some((column) => column.id === id);
  const table = useReactTable({
    data: NO_ROWS,
    columns,
    getCoreRowModel: getCoreRowModel(),
    state: {
      columnSizing: { ...widths },
      columnPinning: { left: [first, ...pinned.filter((id) => id !== first && isShown(id))] },
    },
  });
  const sized = (list: ReturnType<typeof table.getLeftLeafColumns>): SizedColumn[] =>
    list.flatMap((each) => {
      const column = each.columnDef.meta?.column;
      return column ? [{ ...column, width: each.getSize(), start: each.getStart("left") + start }] : [];
    });
  return { left: sized(table.getLeftLeafColumns()), center: sized(table.getCenterLeafColumns()) };
}

export interface SizedColumn extends Column {
  /** Distance in pixels from the left edge of the table; means something for columns at the left only. */
  start: number;
}
