import { useMemo } from "react";

import { readCsv } from "../csv";
import styles from "./csv-preview.module.css";

const MOST_ROWS = 500;

const isNumeric = (text: string | undefined) =>
  text !== undefined && text !== "" && !Number.isNaN(Number(text));

/** A table out of a text file; the first line is taken for the names of the columns. */
export function CsvPreview({
  text,
  separator,
  isCut,
}: {
  text: string;
  separator: "," | "\t";
  isCut: boolean;
}) {
  const { head, rows, numeric } = useMemo(() => {
    const all = readCsv(text, separator, MOST_ROWS + 2);
    // The last row of a cut file is torn.
    const whole = isCut && all.length > 1 && all.length < MOST_ROWS + 2 ? all.slice(0, -1) : all;
    const [first = [], ...others] = whole;
    return { head: first, rows: others, numeric: first.map((_, at) => isNumeric(others[0]?.[at])) };
  }, [text, separator, isCut]);
  const shown = rows.slice(0, MOST_ROWS);
  return (
    <>
      {rows.length > shown.length && <p className={styles["note"]}>The first {MOST_ROWS} rows are shown.</p>}
      <div className={styles["box"]} tabIndex={0} role="region" aria-label="Table">
        <table className={styles["table"]}>
          <thead>
            <tr>
              {head.map((name, at) => (
                <th key={at} scope="col" data-numeric={numeric[at]}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, at) => (
              <tr key={at}>
                {row.map((field, place) => (
                  <td key={place} data-numeric={numeric[place]}>
                    {field}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
