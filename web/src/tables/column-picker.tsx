import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";

import { Button } from "@/components/button";
import { PopOver } from "@/components/pop-over";
import { TextField } from "@/components/text-field";

import styles from "./column-picker.module.css";
import type { Column } from "./columns";

interface ColumnPickerProps {
  known: readonly Column[];
  /** Those that are shown; the first always is, and is not chosen here. */
  shown: readonly Column[];
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
  const rest = useMemo(() => shown.slice(1).map((column) => column.id), [shown]);
  const chosen = useMemo(() => new Set(rest), [rest]);
  const first = shown[0]?.id;
  const found = useMemo(() => {
    const needle = search.trim().toLocaleLowerCase();
    const has = (text: string) => text.toLocaleLowerCase().includes(needle);
    return known.filter(({ id, label, group }) => id !== first && (has(id) || has(label) || has(group)));
  }, [known, search, first]);
  const rows = useVirtualizer({
    count: found.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const allOn = found.length > 0 && found.every(({ id }) => chosen.has(id));

  const toggle = (id: string) =>
    onChange(chosen.has(id) ? rest.filter((each) => each !== id) : [...rest, id]);
  const toggleFound = () => {
    const wanted = found.map(({ id }) => id);
    const others = rest.filter((id) => !wanted.includes(id));
    onChange(allOn ? others : [...rest, ...wanted.filter((id) => !chosen.has(id))]);
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
            const column = found[item.index];
            if (!column) return null;
            const { id } = column;
            return (
              <label key={id} className={styles["row"]} style={{ transform: `translateY(${item.start}px)` }}>
                <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
                <span className={styles["name"]} title={column.label}>
                  {column.label}
                </span>
                <span className={styles["kind"]}>{column.group}</span>
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
