import { Link } from "@tanstack/react-router";

import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { StatusMark } from "@/components/status-mark";
import { TimeAgo } from "@/components/time-ago";
import type { Experiment } from "@/types/wire";

import type { ExperimentRow, ExperimentSort } from "../hooks/use-experiment-rows";
import styles from "./experiment-table.module.css";

interface ExperimentTableProps {
  rows: ExperimentRow[];
  sort: ExperimentSort;
  onSort: (sort: ExperimentSort) => void;
  onRename: (experiment: Experiment) => void;
  onTrash: (experiment: Experiment) => void;
  onRestore: (experiment: Experiment) => void;
}

const HEADS: { key: ExperimentSort["key"]; label: string }[] = [
  { key: "name", label: "Name" },
  { key: "activity", label: "Last activity" },
  { key: "created", label: "Created" },
];

/** The experiments, one a row. */
export function ExperimentTable({ rows, sort, onSort, onRename, onTrash, onRestore }: ExperimentTableProps) {
  const head = ({ key, label }: (typeof HEADS)[number]) => {
    const active = sort.key === key;
    const ascending = active && !sort.descending;
    return (
      <th
        key={key}
        scope="col"
        data-column={key}
        aria-sort={active ? (ascending ? "ascending" : "descending") : "none"}
      >
        <button
          type="button"
          className={styles["sort"]}
          onClick={() => onSort({ key, descending: active ? !sort.descending : key !== "name" })}
        >
          {label}
          {active && <Icon name={ascending ? "up" : "down"} size={12} />}
        </button>
      </th>
    );
  };
  const [name, ...times] = HEADS;
  return (
    <table className={styles["table"]}>
      <thead>
        <tr>
          {name && head(name)}
          <th scope="col" data-column="run">
            Latest run
          </th>
          {times.map(head)}
          <th scope="col" data-column="menu">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ experiment, latestRun, activity }) => (
          <tr key={experiment.experiment_id}>
            <th scope="row" data-column="name">
              <Link
                to="/experiments/$experimentId"
                params={{ experimentId: experiment.experiment_id }}
                className={styles["name"]}
              >
                {experiment.name}
              </Link>
            </th>
            <td data-column="run">
              {latestRun && (
                <Link
                  to="/experiments/$experimentId/runs/$runId"
                  params={{ experimentId: experiment.experiment_id, runId: latestRun.info.run_id }}
                  className={styles["run"]}
                >
                  <StatusMark status={latestRun.info.status} />
                  <span className={styles["run-name"]}>{latestRun.info.run_name}</span>
                </Link>
              )}
            </td>
            <td>
              <TimeAgo time={activity} />
            </td>
            <td>
              <TimeAgo time={experiment.creation_time} />
            </td>
            <td data-column="menu">
              <Menu
                align="end"
                trigger={<Button kind="quiet" icon="more" aria-label={`Actions for ${experiment.name}`} />}
              >
                {experiment.lifecycle_stage === "active" ? (
                  <>
                    <MenuItem icon="edit" onSelect={() => onRename(experiment)}>
                      Rename
                    </MenuItem>
                    <MenuLine />
                    <MenuItem icon="trash" danger onSelect={() => onTrash(experiment)}>
                      Move to trash
                    </MenuItem>
                  </>
                ) : (
                  <MenuItem icon="undo" onSelect={() => onRestore(experiment)}>
                    Restore
                  </MenuItem>
                )}
              </Menu>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
