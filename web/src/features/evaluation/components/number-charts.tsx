import { extent } from "@/charts/ticks";
import { XyPlot, type XyLine } from "@/charts/xy-plot";

import type { Evaluation, ForecastSeries } from "../evaluation";
import { timeAxis } from "../time-axis";
import { ChartCard, ChartGrid } from "./chart-grid";

const MOST_MARKS = 10;

/** The errors of predicted numbers, and what forecasts looked like. */
export function NumberCharts({ evaluation }: { evaluation: Evaluation }) {
  const { residuals, series, horizons } = evaluation;
  if (!residuals && series.length === 0) return null;
  return (
    <ChartGrid label="Errors">
      {series.map((each) => (
        <ForecastCard key={each.name} series={each} />
      ))}
      {residuals && (
        <ChartCard title="Residuals">
          <XyPlot
            label="Residuals over predictions"
            xLabel="prediction"
            yLabel="target less prediction"
            lines={[
              {
                id: "residuals",
                label: "residual",
                color: "--run-0",
                x: residuals.prediction,
                y: residuals.residual,
                as: "dots",
              },
            ]}
            reference={[{ x: extent(residuals.prediction), y: [0, 0] }]}
          />
        </ChartCard>
      )}
      {horizons.length > 1 && <HorizonCard horizons={horizons} />}
    </ChartGrid>
  );
}

function ForecastCard({ series }: { series: ForecastSeries }) {
  const axis = timeAxis(series.time);
  const lines: XyLine[] = [
    { id: "target", label: "what came", color: "--text-quiet", x: axis.x, y: series.target },
    { id: "prediction", label: "predicted", color: "--run-0", x: axis.x, y: series.prediction },
  ];
  if (series.baseline.length > 0)
    lines.push({
      id: "baseline",
      label: "predicted by the other model",
      color: "--run-1",
      x: axis.x,
      y: series.baseline,
      isDashed: true,
    });
  const band =
    series.lower.length > 0
      ? { color: "--run-0", x: axis.x, low: series.lower, high: series.upper }
      : undefined;
  const title = series.name === "" ? "Forecast" : `Forecast of ${series.name}`;
  return (
    <ChartCard title={title} legend={lines}>
      <XyPlot
        label={title}
        xLabel="time"
        yLabel="value"
        lines={lines}
        band={band}
        xTicks={axis.ticks}
        nameOfX={axis.nameOf}
      />
    </ChartCard>
  );
}

function HorizonCard({ horizons }: { horizons: Evaluation["horizons"] }) {
  const x = horizons.map((each) => each.step);
  const every = Math.ceil(x.length / MOST_MARKS);
  const marks = x.filter((_, at) => at % every === 0).map((at) => ({ at, label: String(at) }));
  const lines: XyLine[] = [
    {
      id: "mae",
      label: "mean absolute error",
      color: "--run-0",
      x,
      y: horizons.map((each) => each.absolute),
      as: "both",
    },
    {
      id: "rmse",
      label: "root mean squared error",
      color: "--run-1",
      x,
      y: horizons.map((each) => each.squared),
      as: "both",
    },
  ];
  return (
    <ChartCard title="Errors by horizon" legend={lines}>
      <XyPlot
        label="Errors by the number of steps ahead"
        xLabel="steps ahead"
        yLabel="error"
        lines={lines}
        xTicks={marks}
      />
    </ChartCard>
  );
}
