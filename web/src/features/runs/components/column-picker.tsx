import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";

import { Button } from "@/components/button";
import { PopOver } from "@/components/pop-over";
import { TextField } from "@/components/text-field";

import { columnOf, KIND_LABELS, NAME_COLUMN } from "../columns";
import styles from "./column-picker.module.css";

interface ColumnPickerProps {
  known: readonly string[];
  shown: readonly string[];
  onChange: (columns: string[] | undefined) => void;
}

const ROW = 28;

/** Chooses the columns, of which there may be thousands. */
export function ColumnPicker(props: ColumnPickerProps) {
  return (
    <PopOver label="Columns" align="end" trigger={<Button icon="columns">Columns</Button>}>
      <PickerPanel {...props} />
    </PopOver>
  );
}

function PickerPanel({ known, shown, onChange }: ColumnPickerProps) {
  const [search, setSearch] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const chosen = useMemo(() => new Set(shown), [shown]);
  const found = useMemo(() => {
    const needle = search.trim().toLocaleLowerCase();
    return known.filter((id) => id !== NAME_COLUMN && id.toLocaleLowerCase().includes(needle));
  }, [known, search]);
  const rows = useVirtualizer({
    count: found.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const rest = shown.filter((id) => id !== NAME_COLUMN);
  const allOn = found.length > 0 && found.every((id) => chosen.has(id));

  const toggle = (id: string) =>
    onChange(chosen.has(id) ? rest.filter((each) => each !== id) : [...rest, id]);
  const toggleFound = () => {
    const wanted = new Set(found);
    onChange(
      allOn ? rest.filter((id) => !wanted.has(id)) : [...rest, ...found.filter((id) => !chosen.has(id))],
    );
  };

  return (
    <div className={styles["picker"]}>
      <TextField
        label="Search columns"
        placeholder="Search columns"
        icon="search"
        autoFocus
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div ref={list} className={styles["list"]}>
        <div style={{ height: rows.getTotalSize() }} className={styles["inner"]}>
          {rows.getVirtualItems().map((item) => {
            const id = found[item.index] ?? "";
            const column = columnOf(id);
            if (!column) return null;
            return (
              <label key={id} className={styles["row"]} style={{ transform: `translateY(${item.start}px)` }}>
                <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
                <span className={styles["name"]} title={column.label}>
                  {column.label}
                </span>
                <span className={styles["kind"]}>{KIND_LABELS[column.kind]}</span>
              </label>
            );
          })}
        </div>
        {found.length === 0 && <p className={styles["nothing"]}>No column has this in its name.</p>}
      </div>
      <div className={styles["foot"]}>
        <Button kind="quiet" onClick={toggleFound} disabled={found.length === 0}>
          {allOn ? `Hide ${found.length}` : `Show ${found.length}`}
        </Button>
        <Button kind="quiet" onClick={() => onChange(undefined)}>
          Reset
        </Button>
      </div>
    </div>
  );
}
