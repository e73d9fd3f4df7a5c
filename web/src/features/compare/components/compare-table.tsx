import { Fragment, useMemo, type ReactNode } from "react";

import { MetricValue } from "@/components/metric-value";

import { comparedSections, type Compared, type ComparedRow } from "../compared-rows";
import styles from "./compare-table.module.css";

/** A run or a model that is compared with others. */
export interface Subject extends Compared {
  id: string;
  /** Stands above its column, and leads to its page. */
  name: ReactNode;
  /** A quiet line below. */
  about: ReactNode;
}

interface CompareTableProps {
  subjects: readonly Subject[];
  /** Shows what all have in common, too. */
  showAll: boolean;
}

/** What is compared as columns, what was logged as rows; only where they differ, unless all is asked for. */
export function CompareTable({ subjects, showAll }: CompareTableProps) {
  const sections = useMemo(() => comparedSections(subjects), [subjects]);
  return (
    <div className={styles["box"]} tabIndex={0} role="region" aria-label="Comparison, scrollable">
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col" className={styles["corner"]}>
              <span className="visually-hidden">Name</span>
            </th>
            {subjects.map(({ id, name, about }) => (
              <th key={id} scope="col">
                <span className={styles["name"]}>{name}</span>
                <span className={styles["about"]}>{about}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sections.map(({ title, rows }) => {
            const shown = showAll ? rows : rows.filter((row) => row.differs);
            const same = rows.length - shown.length;
            return (
              <Fragment key={title}>
                <tr className={styles["section"]}>
                  <th scope="colgroup" colSpan={subjects.length + 1}>
                    <span>
                      {title}
                      {same > 0 && <span className={styles["same"]}>{same} alike, not shown</span>}
                    </span>
                  </th>
                </tr>
                {shown.map((row) => (
                  <CompareRow key={row.key} row={row} subjects={subjects} marks={showAll} />
                ))}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface CompareRowProps {
  row: ComparedRow;
  subjects: readonly Subject[];
  /** Whether rows that differ stand out. */
  marks: boolean;
}

function CompareRow({ row, subjects, marks }: CompareRowProps) {
  return (
    <tr data-differs={marks && row.differs}>
      <th scope="row" title={row.key}>
        {row.key}
      </th>
      {row.values.map((value, at) => (
        <td key={subjects[at]?.id} title={typeof value === "string" ? value : undefined}>
          {typeof value === "number" ? <MetricValue value={value} /> : value}
        </td>
      ))}
    </tr>
  );
}
