import { useState, type ReactNode } from "react";

import styles from "./key-values.module.css";
import { SearchField } from "./search-field";

interface KeyValueRow {
  key: string;
  value: ReactNode;
  /** A quiet word before the value. */
  more?: string | undefined;
}

interface KeyValuesProps {
  title: string;
  rows: readonly KeyValueRow[];
  nothing: string;
  numeric?: boolean;
}

/** From so many rows on there is a box to search in. */
const SEARCH_FROM = 12;
const SHOWN_AT_FIRST = 200;

/** Names and values in two columns. */
export function KeyValues({ title, rows, nothing, numeric = false }: KeyValuesProps) {
  const [search, setSearch] = useState("");
  const [most, setMost] = useState(SHOWN_AT_FIRST);
  const needle = search.trim().toLocaleLowerCase();
  const found = rows
    .filter((row) => row.key.toLocaleLowerCase().includes(needle))
    .sort((a, b) => a.key.localeCompare(b.key, "en", { numeric: true }));
  return (
    <section className={styles["section"]} aria-label={title}>
      <div className={styles["head"]}>
        <h2>
          {title} <span className={styles["count"]}>{rows.length > 0 && rows.length}</span>
        </h2>
        {rows.length >= SEARCH_FROM && (
          <SearchField
            label={`Search ${title.toLowerCase()}`}
            placeholder="Search"
            className={styles["search"]}
            value={search}
            onChange={setSearch}
          />
        )}
      </div>
      {rows.length === 0 ? (
        <p className={styles["nothing"]}>{nothing}</p>
      ) : (
        <table className={styles["table"]}>
          <tbody>
            {found.slice(0, most).map((row) => (
              <tr key={row.key}>
                <th scope="row" title={row.key}>
                  {row.key}
                </th>
                <td data-numeric={numeric}>
                  {row.more !== undefined && <span className={styles["more"]}>{row.more}</span>}
                  {row.value}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found.length > most && (
        <button type="button" className={styles["all"]} onClick={() => setMost(Infinity)}>
          Show all {found.length}
        </button>
      )}
    </section>
  );
}
