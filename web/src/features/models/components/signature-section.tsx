import type { Column, Signature } from "../signature";
import styles from "./tables.module.css";

const PARTS = [
  { part: "inputs", title: "Inputs" },
  { part: "outputs", title: "Outputs" },
  { part: "params", title: "Params" },
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
        PARTS.filter(({ part }) => signature[part].length > 0).map(({ part, title }) => (
          <Columns key={part} title={title} columns={signature[part]} />
        ))
      )}
    </section>
  );
}

function Columns({ title, columns }: { title: string; columns: readonly Column[] }) {
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
        <table className={styles["table"]}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              {hasRequired && <th scope="col">Required</th>}
              {hasNullable && <th scope="col">May be missing</th>}
              {hasMore && <th scope="col">Levels and ranges</th>}
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
