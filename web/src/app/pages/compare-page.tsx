import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import { PageHeader } from "@/components/page-header";
import { Segments } from "@/components/segments";
import { formatCount } from "@/lib/format";

import { ComparedModels } from "../compared-models";
import { ComparedRuns } from "../compared-runs";
import type { CompareSearch } from "../searches";
import { useTitle } from "../use-title";
import styles from "./compare-page.module.css";

const NO_IDS: string[] = [];
const ROWS = [
  { value: "differences", label: "Differences" },
  { value: "all", label: "All" },
] as const;

/** Several runs, or several logged models, side by side, differences first. */
export function ComparePage() {
  const search = useSearch({ from: "/compare" });
  const navigate = useNavigate({ from: "/compare" });
  const { run: runs = NO_IDS, model: models = NO_IDS } = search;
  useTitle("Compare");
  const change = useCallback(
    (next: CompareSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );

  if (runs.length + models.length === 0) {
    return (
      <div className={styles["page"]}>
        <PageHeader title="Compare" />
        <p className={styles["nothing"]}>
          Select runs or models in the tables of <Link to="/">an experiment</Link>, then choose Compare.
        </p>
      </div>
    );
  }
  const showAll = search.all === "1";
  const what = runs.length > 0 ? formatCount(runs.length, "run") : formatCount(models.length, "model");
  return (
    <div className={styles["page"]}>
      <PageHeader
        title={`Compare ${what}`}
        actions={
          <Segments
            label="Rows"
            value={showAll ? "all" : "differences"}
            choices={ROWS}
            onChange={(rows) => change({ all: rows === "all" ? "1" : undefined })}
          />
        }
      />
      {runs.length > 0 ? (
        <ComparedRuns ids={runs} showAll={showAll} search={search} onSearch={change} />
      ) : (
        <ComparedModels ids={models} showAll={showAll} />
      )}
    </div>
  );
}
