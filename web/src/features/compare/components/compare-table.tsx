import { Link } from "@tanstack/react-router";
import { Fragment, useMemo } from "react";

import { MetricValue } from "@/components/metric-value";
import { RunDot } from "@/components/run-dot";
import { StatusMark } from "@/components/status-mark";
import { TimeAgo } from "@/components/time-ago";
import type { Run } from "@/types/wire";

import { comparedSections, type ComparedRow, type Pairs } from "../compared-rows";
import styles from "./compare-table.module.css";

interface CompareTableProps {
  runs: readonly Run[];
  /** Name and value of what is known of each run's environment. */
  environments: readonly Pairs[] | undefined;
  /** Shows what all runs have in common, too. */
  showAll: boolean;
}

/** Runs as columns, what they logged as rows; only where they differ, unless all is asked for. */
export function CompareTable({ runs, environments, showAll }: CompareTableProps) {
  const sections = useMemo(() => comparedSections(runs, environments), [runs, environments]);
  return (
    <div className={styles["box"]} tabIndex={0} role="region" aria-label="Comparison, scrollable">
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col" className={styles["corner"]}>
              <span className="visually-hidden">Name</span>
            </th>
            {runs.map(({ info }) => (
              <th key={info.run_id} scope="col">
                <Link
                  to="/experiments/$experimentId/runs/$runId"
                  params={{ experimentId: info.experiment_id, runId: info.run_id }}
                  className={styles["run"]}
                  title={info.run_name}
                >
                  <RunDot runId={info.run_id} />
                  <span className={styles["run-name"]}>{info.run_name || info.run_id.slice(0, 8)}</span>
                </Link>
                <span className={styles["about"]}>
                  <StatusMark status={info.status} />
                  <TimeAgo time={info.start_time} />
                </span>
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
                  <th scope="colgroup" colSpan={runs.length + 1}>
                    <span>
                      {title}
                      {same > 0 && <span className={styles["same"]}>{same} alike, not shown</span>}
                    </span>
                  </th>
                </tr>
                {shown.map((row) => (
                  <CompareRow key={row.key} row={row} runs={runs} marks={showAll} />
                ))}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function CompareRow({ row, runs, marks }: { row: ComparedRow; runs: readonly Run[]; marks: boolean }) {
  return (
    <tr data-differs={marks && row.differs}>
      <th scope="row" title={row.key}>
        {row.key}
      </th>
      {row.values.map((value, at) => (
        <td key={runs[at]?.info.run_id} title={typeof value === "string" ? value : undefined}>
          {typeof value === "number" ? <MetricValue value={value} /> : value}
        </td>
      ))}
    </tr>
  );
}
