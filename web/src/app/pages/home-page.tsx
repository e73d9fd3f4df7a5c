import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/button";
import { ErrorNotice } from "@/components/error-notice";
import { PageHeader } from "@/components/page-header";
import { Segments } from "@/components/segments";
import { TableSkeleton } from "@/components/table-skeleton";
import { TextField } from "@/components/text-field";
import { ExperimentTable } from "@/features/experiments/components/experiment-table";
import { FirstSteps } from "@/features/experiments/components/first-steps";
import { NameDialog } from "@/features/experiments/components/name-dialog";
import { useExperimentRows, type ExperimentSort } from "@/features/experiments/hooks/use-experiment-rows";
import { useTrashExperiment } from "@/features/experiments/hooks/use-trash-experiment";
import { formatCount } from "@/lib/format";
import type { Experiment } from "@/types/wire";

import styles from "./home-page.module.css";
import { useTitle } from "../use-title";

function sortOf(text: string | undefined): ExperimentSort {
  const descending = text === undefined || text.startsWith("-");
  const key = text?.replace(/^-/, "");
  return { key: key === "name" || key === "created" ? key : "activity", descending };
}

/** Home: every experiment with what happened in it last. */
export function HomePage() {
  const { q = "", shelf = "active", sort: sortText } = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  const sort = sortOf(sortText);
  const { list, rows } = useExperimentRows(shelf, q, sort);
  const trash = useTrashExperiment();
  const [naming, setNaming] = useState<"new" | Experiment>();
  useTitle(shelf === "active" ? "Experiments" : "Trash");

  const change = (next: { q?: string; shelf?: "active" | "deleted"; sort?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });

  const isUnused = list.data?.every((each) => each.name === "Default") && rows.every((row) => !row.latestRun);

  return (
    <div className={styles["page"]}>
      <PageHeader
        title={shelf === "active" ? "Experiments" : "Trash"}
        actions={
          <Button kind="primary" icon="plus" onClick={() => setNaming("new")}>
            New experiment
          </Button>
        }
      />
      <div className={styles["tools"]}>
        <TextField
          label="Search experiments by name"
          placeholder="Search by name"
          icon="search"
          className={styles["search"]}
          value={q}
          onChange={(event) => change({ q: event.target.value })}
        />
        <Segments
          label="Which experiments"
          value={shelf}
          choices={[
            { value: "active", label: "Active" },
            { value: "deleted", label: "Trash" },
          ]}
          onChange={(value) => change({ shelf: value === "active" ? undefined : value })}
        />
        {list.data && <span className={styles["count"]}>{formatCount(rows.length, "experiment")}</span>}
      </div>
      {list.isPending && <TableSkeleton rows={8} />}
      {list.isError && (
        <ErrorNotice
          what="The experiments could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.data && rows.length > 0 && (
        <ExperimentTable
          rows={rows}
          sort={sort}
          onSort={({ key, descending }) => change({ sort: `${descending ? "-" : ""}${key}` })}
          onRename={setNaming}
          onTrash={(experiment) => trash(experiment, "delete")}
          onRestore={(experiment) => trash(experiment, "restore")}
        />
      )}
      {list.data && rows.length === 0 && (q !== "" || shelf === "deleted") && (
        <p className={styles["nothing"]}>
          {q !== "" ? `No experiment has “${q}” in its name.` : "The trash is empty."}
        </p>
      )}
      {isUnused && shelf === "active" && q === "" && (
        <FirstSteps title="Nothing has been logged yet" experiment="first-steps" />
      )}
      {naming !== undefined && (
        <NameDialog
          {...(naming === "new" ? {} : { experiment: { id: naming.experiment_id, name: naming.name } })}
          onClose={() => setNaming(undefined)}
          onDone={(experimentId) => {
            setNaming(undefined);
            if (naming === "new")
              void navigate({ to: "/experiments/$experimentId", params: { experimentId } });
          }}
        />
      )}
    </div>
  );
}
