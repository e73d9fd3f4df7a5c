import { HeatTable } from "@/charts/heat-table";
import { XyPlot, type XyLine } from "@/charts/xy-plot";
import { formatNumber } from "@/lib/format";
import { RUN_COLORS } from "@/lib/run-color";

import type { Curve, Evaluation } from "../evaluation";
import { ChartCard, ChartGrid } from "./chart-grid";

const WHOLE: [number, number] = [0, 1];
const HIGH: [number, number] = [0, 1.02];
const DIAGONAL = [{ x: WHOLE, y: WHOLE }];
const CHANCE = [{ x: WHOLE, y: [1, 1] }];

const linesOf = (curves: readonly Curve[], as: XyLine["as"] = "line"): XyLine[] =>
  curves.map(({ label, x, y, area }, at) => ({
    id: label,
    label: area === undefined ? label : `${label}, area ${formatNumber(area)}`,
    color: `--run-${at % RUN_COLORS}`,
    x,
    y,
    as,
  }));

/** What the probabilities and the labels of a classifier look like. */
export function ClassifierCharts({ evaluation }: { evaluation: Evaluation }) {
  const { roc, precisionRecall, lift, calibration, confusion } = evaluation;
  if (roc.length === 0 && calibration.length === 0 && !confusion) return null;
  return (
    <ChartGrid label="Curves">
      {confusion && (
        <ChartCard title="Confusion matrix">
          <HeatTable
            label="Confusion matrix"
            rowTitle="true"
            columnTitle="predicted"
            names={confusion.labels}
            counts={confusion.counts}
          />
        </ChartCard>
      )}
      {roc.length > 0 && (
        <CurveCard
          title="ROC"
          lines={linesOf(roc)}
          xLabel="false positive rate"
          yLabel="true positive rate"
          reference={DIAGONAL}
          yRange={HIGH}
        />
      )}
      {precisionRecall.length > 0 && (
        <CurveCard
          title="Precision and recall"
          lines={linesOf(precisionRecall)}
          xLabel="recall"
          yLabel="precision"
          yRange={HIGH}
        />
      )}
      {calibration.length > 0 && (
        <CurveCard
          title="Calibration"
          lines={linesOf(calibration, "both")}
          xLabel="predicted probability"
          yLabel="share of positives"
          reference={DIAGONAL}
          yRange={HIGH}
        />
      )}
      {lift.length > 0 && (
        <CurveCard
          title="Lift"
          lines={linesOf(lift)}
          xLabel="share of the examples, highest scores first"
          yLabel="lift"
          reference={CHANCE}
          yRange={[0, Math.max(1.1, ...lift.flatMap((each) => each.y)) * 1.02]}
        />
      )}
    </ChartGrid>
  );
}

interface CurveCardProps {
  title: string;
  lines: XyLine[];
  xLabel: string;
  yLabel: string;
  reference?: { x: number[]; y: number[] }[];
  yRange: [number, number];
}

function CurveCard({ title, lines, ...axes }: CurveCardProps) {
  return (
    <ChartCard title={title} legend={lines}>
      <XyPlot
        label={`${title} of ${lines.map((line) => line.label).join(", ")}`}
        lines={lines}
        xRange={WHOLE}
        {...axes}
      />
    </ChartCard>
  );
}
