import { Button } from "@/components/button";
import { SearchField } from "@/components/search-field";
import { Segments } from "@/components/segments";

import type { ChangeChartsView, ChartsView } from "../charts-view";
import styles from "./charts-tools.module.css";

const X_KINDS = [
  { value: "step", label: "Step" },
  { value: "relative", label: "Relative" },
  { value: "time", label: "Time" },
] as const;

/** What holds for all charts at once: axis, smoothing, scale, which metrics. */
export function ChartsTools({ view, onView }: { view: ChartsView; onView: ChangeChartsView }) {
  return (
    <div className={styles["tools"]} role="toolbar" aria-label="Charts">
      <SearchField
        label="Search metrics"
        placeholder="Search metrics"
        className={styles["search"]}
        value={view.search}
        onChange={(search) => onView({ search })}
      />
      <Segments
        label="Horizontal axis"
        value={view.x}
        choices={X_KINDS}
        onChange={(x) => onView({ x, range: undefined })}
      />
      <div className={styles["scales"]}>
        <Button
          aria-pressed={view.logX}
          disabled={view.x === "time"}
          onClick={() => onView({ logX: !view.logX, range: undefined })}
        >
          log x
        </Button>
        <Button aria-pressed={view.logY} onClick={() => onView({ logY: !view.logY })}>
          log y
        </Button>
        {view.range && (
          <Button icon="zoomOut" onClick={() => onView({ range: undefined })}>
            Show all
          </Button>
        )}
      </div>
      <label className={styles["smoothing"]}>
        Smoothing
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={view.smoothing}
          onChange={(event) => onView({ smoothing: event.target.valueAsNumber })}
        />
        <output className={styles["value"]}>{view.smoothing.toFixed(2)}</output>
      </label>
    </div>
  );
}
