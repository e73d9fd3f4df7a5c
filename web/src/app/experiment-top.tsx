import type { ReactNode } from "react";

import { PageHeader } from "@/components/page-header";
import { Segments } from "@/components/segments";

import styles from "./experiment-top.module.css";

const VIEWS = [
  { value: "table", label: "Table", icon: "table" },
  { value: "charts", label: "Charts", icon: "chart" },
  { value: "models", label: "Models", icon: "model" },
] as const;

export type ExperimentPart = (typeof VIEWS)[number]["value"];

interface ExperimentTopProps {
  /** Name of the experiment, once it is known. */
  name: string | undefined;
  /** How much was found, as `12 runs`; empty until that is known. */
  count: string;
  part: ExperimentPart;
  onPart: (part: ExperimentPart) => void;
  /** What chooses among what is shown below. */
  children: ReactNode;
}

/** The head of an experiment: its name, which part of it is shown, and the tools of that part. */
export function ExperimentTop({ name, count, part, onPart, children }: ExperimentTopProps) {
  return (
    <div className={styles["top"]}>
      <PageHeader
        title={name ?? "…"}
        about={<span>{count || "\u00a0"}</span>}
        actions={<Segments label="View" value={part} choices={VIEWS} onChange={onPart} />}
      />
      <div className={styles["tools"]}>{children}</div>
    </div>
  );
}
