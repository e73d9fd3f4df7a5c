import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/button";
import { PageHeader } from "@/components/page-header";
import { SearchField } from "@/components/search-field";
import { Segments } from "@/components/segments";
import { ExperimentList } from "@/features/experiments/components/experiment-list";
import { NameExperiment } from "@/features/experiments/components/name-experiment";
import { useExperimentRows, type ExperimentSort } from "@/features/experiments/hooks/use-experiment-rows";
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
  const [naming, setNaming] = useState<"new" | Experiment>();
  useTitle(shelf === "active" ? "Experiments" : "Trash");

  const change = (next: { q?: string; shelf?: "active" | "deleted"; sort?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });

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
        <SearchField
          label="Search experiments by name"
          placeholder="Search by name"
          className={styles["search"]}
          value={q}
          onChange={(text) => change({ q: text })}
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
      <ExperimentList
        list={list}
        rows={rows}
        shelf={shelf}
        search={q}
        sort={sort}
        onSort={({ key, descending }) => change({ sort: `${descending ? "-" : ""}${key}` })}
        onRename={setNaming}
      />
      {naming !== undefined && (
        <NameExperiment
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
