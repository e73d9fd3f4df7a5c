import styles from "@/components/tables.module.css";
import { classNames } from "@/lib/class-names";

import type { Column, Signature } from "../signature";

const PARTS = [
  { part: "inputs", title: "Inputs", more: "Levels and ranges" },
  { part: "outputs", title: "Outputs", more: "Levels and ranges" },
  { part: "params", title: "Params", more: "Default" },
] as const;

/** What a model takes and gives. */
export function SignatureSection({ signature }: { signature: Signature | undefined }) {
  return (
    <section className={styles["section"]} aria-label="Signature">
      <h2 className={styles["title"]}>Signature</h2>
      {signature === undefined ? (
        <p className={styles["nothing"]}>
          The model has no signature. One is kept when it is logged with an <code>input_example</code> or a{" "}
          <code>signature</code>.
        </p>
      ) : (
        PARTS.filter(({ part }) => signature[part].length > 0).map(({ part, title, more }) => (
          <Columns key={part} title={title} more={more} columns={signature[part]} />
        ))
      )}
    </section>
  );
}

interface ColumnsProps {
  title: string;
  /** Head of what is known besides name and type. */
  more: string;
  columns: readonly Column[];
}

function Columns({ title, more, columns }: ColumnsProps) {
  const isTold = (key: "isRequired" | "isNullable") => columns.some((column) => column[key] !== undefined);
  const hasRequired = isTold("isRequired");
  const hasNullable = isTold("isNullable");
  const hasMore = columns.some((column) => column.more !== "");
  return (
    <>
      <h3 className={styles["part"]}>{title}</h3>
      <div
        className={styles["box"]}
        tabIndex={0}
        role="region"
        aria-label={`Table of ${title.toLowerCase()}`}
      >
        <table className={classNames(styles["table"], styles["aligned"])}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              {hasRequired && <th scope="col">Required</th>}
              {hasNullable && <th scope="col">May be missing</th>}
              {hasMore && <th scope="col">{more}</th>}
            </tr>
          </thead>
          <tbody>
            {columns.map((column, at) => (
              <tr key={at}>
                <td>{column.name === "" ? <span className={styles["quiet"]}>no name</span> : column.name}</td>
                <td className={styles["long"]} title={column.type}>
                  <code>{column.type}</code>
                </td>
                {hasRequired && <td>{yesNo(column.isRequired)}</td>}
                {hasNullable && <td>{yesNo(column.isNullable)}</td>}
                {hasMore && (
                  <td className={styles["long"]} title={column.more}>
                    {column.more}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const yesNo = (value: boolean | undefined) => (value === undefined ? "" : value ? "yes" : "no");
