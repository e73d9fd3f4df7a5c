import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useId, useMemo, useState, type KeyboardEvent } from "react";

import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { RunDot } from "@/components/run-dot";
import { experimentsQuery } from "@/features/experiments/api/experiments";
import { findRunsQuery } from "@/features/runs/api/find-runs";
import { formatAgo } from "@/lib/format";
import { useNow } from "@/lib/use-now";

import styles from "./palette.module.css";

interface Goal {
  id: string;
  kind: "experiment" | "run";
  name: string;
  about: string;
  experimentId: string;
  runId?: string;
}

const EXPERIMENTS_SHOWN = 8;

/** The places that match what was typed: experiments by name, runs by name or id. */
function useGoals(text: string): { goals: Goal[]; isLooking: boolean } {
  const now = useNow();
  const experiments = useQuery(experimentsQuery("active")).data;
  const ids = useMemo(() => (experiments ?? []).map((each) => each.experiment_id).sort(), [experiments]);
  const { data: runs, isFetching } = useQuery({ ...findRunsQuery(ids, text), placeholderData: (old) => old });
  const goals = useMemo(() => {
    const needle = text.toLocaleLowerCase();
    const names = new Map((experiments ?? []).map((each) => [each.experiment_id, each.name]));
    const places: Goal[] = (experiments ?? [])
      .filter((each) => each.name.toLocaleLowerCase().includes(needle))
      .slice(0, EXPERIMENTS_SHOWN)
      .map((each) => ({
        id: each.experiment_id,
        kind: "experiment",
        name: each.name,
        about: "Experiment",
        experimentId: each.experiment_id,
      }));
    const found: Goal[] = (text.length >= 2 ? (runs ?? []) : []).map(({ info }) => ({
      id: info.run_id,
      kind: "run",
      name: info.run_name,
      about: `${names.get(info.experiment_id) ?? ""} · ${formatAgo(info.start_time, now)}`,
      experimentId: info.experiment_id,
      runId: info.run_id,
    }));
    return [...places, ...found];
  }, [experiments, runs, text, now]);
  return { goals, isLooking: isFetching };
}

/** Go to any experiment or run by typing a part of its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [picked, setPicked] = useState(0);
  const { goals, isLooking } = useGoals(useDeferredValue(text.trim()));
  const navigate = useNavigate();
  const listId = useId();
  const current = Math.min(picked, goals.length - 1);

  const go = (goal: Goal | undefined) => {
    if (!goal) return;
    onClose();
    if (goal.runId === undefined) {
      void navigate({ to: "/experiments/$experimentId", params: { experimentId: goal.experimentId } });
    } else {
      void navigate({
        to: "/experiments/$experimentId/runs/$runId",
        params: { experimentId: goal.experimentId, runId: goal.runId },
      });
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setPicked(Math.min(current + 1, goals.length - 1));
    else if (event.key === "ArrowUp") setPicked(Math.max(current - 1, 0));
    else if (event.key === "Enter") go(goals[current]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog open onClose={onClose} title="Go to" bare>
      <div className={styles["field"]}>
        <Icon name="search" />
        <input
          className={styles["input"]}
          placeholder="Go to an experiment or a run: a part of its name, or a run’s id"
          aria-label="Go to an experiment or a run"
          role="combobox"
          aria-expanded={goals.length > 0}
          aria-controls={listId}
          aria-activedescendant={goals[current] ? `${listId}-${goals[current].id}` : undefined}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={text}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setText(event.target.value);
            setPicked(0);
          }}
        />
      </div>
      <ul id={listId} role="listbox" aria-label="Places" className={styles["list"]}>
        {goals.map((goal, at) => (
          <li
            key={goal.kind + goal.id}
            id={`${listId}-${goal.id}`}
            role="option"
            aria-selected={at === current}
            ref={(element) => {
              if (at === current) element?.scrollIntoView({ block: "nearest" });
            }}
            className={styles["goal"]}
            onMouseMove={() => setPicked(at)}
            onClick={() => go(goal)}
          >
            <span className={styles["icon"]}>
              {goal.runId === undefined ? <Icon name="experiments" /> : <RunDot runId={goal.runId} />}
            </span>
            <span className={styles["name"]}>{goal.name}</span>
            <span className={styles["about"]}>{goal.about}</span>
          </li>
        ))}
      </ul>
      {goals.length === 0 && text !== "" && !isLooking && (
        <p className={styles["nothing"]}>Nothing has this in its name.</p>
      )}
    </Dialog>
  );
}
