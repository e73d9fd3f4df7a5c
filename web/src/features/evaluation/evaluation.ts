/** What the client wrote of an evaluation: `evaluation.json`, as docs/reference/evaluation.md describes it. */
import { fieldsOf, listAt, numberOf, numberAt, numbersAt, textAt, textsAt, type Fields } from "@/lib/fields";

import { importanceOf, shapOf, type Importance, type Shap } from "./importance";

export interface Measure {
  name: string;
  /** NaN where it is not defined. */
  value: number;
  low: number | undefined;
  high: number | undefined;
}

export interface Curve {
  label: string;
  x: number[];
  y: number[];
  area: number | undefined;
}

export interface ForecastSeries {
  name: string;
  time: (string | number)[];
  target: number[];
  prediction: number[];
  lower: number[];
  upper: number[];
  baseline: number[];
}

export interface Slice {
  by: string;
  name: string;
  examples: number;
  metrics: Measure[];
}

export interface Difference extends Measure {
  candidate: number;
  baseline: number;
  better: "candidate" | "baseline" | undefined;
}

export interface Comparison {
  baseline: string;
  differences: Difference[];
  test: { name: string; about: string; p: number } | undefined;
}

export interface Evaluation {
  modelType: string;
  model: string | undefined;
  modelId: string | undefined;
  dataset: { name: string; digest: string } | undefined;
  examples: number;
  metrics: Measure[];
  intervals: { level: number; resamples: number; block: number } | undefined;
  positive: string | undefined;
  roc: Curve[];
  precisionRecall: Curve[];
  lift: Curve[];
  calibration: Curve[];
  confusion: { labels: string[]; counts: number[][] } | undefined;
  classes: { name: string; metrics: Measure[] }[];
  residuals: { prediction: number[]; residual: number[] } | undefined;
  series: ForecastSeries[];
  horizons: { step: number; absolute: number; squared: number }[];
  importance: Importance | undefined;
  shap: Shap | undefined;
  slices: Slice[];
  comparison: Comparison | undefined;
  checks: { wanted: string; value: number; passed: boolean }[];
  notes: string[];
}

/** The newest version of the format that this page knows. */
const VERSION = 1;

export function readEvaluation(text: string): Evaluation {
  const all = fieldsOf(JSON.parse(text));
  const version = numberAt(all, "version");
  if (version === undefined) throw new Error("The file is no evaluation.");
  if (version > VERSION)
    throw new Error(`The evaluation is of version ${version}, and this page reads up to ${VERSION}.`);
  const dataset = fieldsOf(all["dataset"]);
  const residuals = fieldsOf(all["residuals"]);
  return {
    modelType: textAt(all, "model_type") ?? "",
    model: textAt(all, "model"),
    modelId: textAt(all, "model_id"),
    dataset:
      "name" in dataset
        ? { name: textAt(dataset, "name") ?? "", digest: textAt(dataset, "digest") ?? "" }
        : undefined,
    examples: numberAt(all, "examples") ?? 0,
    metrics: measuresOf(all["metrics"]),
    intervals: intervalsOf(fieldsOf(all["bootstrap"])),
    positive: textAt(all, "positive"),
    roc: curvesAt(all, "roc"),
    precisionRecall: curvesAt(all, "precision_recall"),
    lift: curvesAt(all, "lift"),
    calibration: curvesAt(all, "calibration"),
    confusion: confusionOf(fieldsOf(all["confusion"])),
    classes: Object.entries(fieldsOf(all["classes"])).map(([name, row]) => ({
      name,
      metrics: valuesOf(row),
    })),
    residuals:
      "residual" in residuals
        ? { prediction: numbersAt(residuals, "prediction"), residual: numbersAt(residuals, "residual") }
        : undefined,
    series: listAt(all, "series").map(fieldsOf).map(seriesOf),
    horizons: listAt(all, "horizons")
      .map(fieldsOf)
      .map((each) => ({
        step: numberOf(each["step"]),
        absolute: numberOf(each["mean_absolute_error"]),
        squared: numberOf(each["root_mean_squared_error"]),
      })),
    importance: importanceOf(fieldsOf(all["importance"])),
    shap: shapOf(fieldsOf(all["shap"])),
    slices: listAt(all, "slices")
      .map(fieldsOf)
      .map((each) => ({
        by: textAt(each, "by") ?? "",
        name: textAt(each, "name") ?? "",
        examples: numberAt(each, "examples") ?? 0,
        metrics: measuresOf(each["metrics"]),
      })),
    comparison: comparisonOf(fieldsOf(all["comparison"])),
    checks: listAt(all, "checks")
      .map(fieldsOf)
      .map((each) => ({
        wanted: textAt(each, "wanted") ?? "",
        value: numberOf(each["value"]),
        passed: each["passed"] === true,
      })),
    notes: textsAt(all, "notes"),
  };
}

function measuresOf(value: unknown): Measure[] {
  return Object.entries(fieldsOf(value)).map(([name, each]) => {
    const fields = fieldsOf(each);
    return {
      name,
      value: numberOf(fields["value"]),
      low: numberAt(fields, "low"),
      high: numberAt(fields, "high"),
    };
  });
}

const valuesOf = (row: unknown): Measure[] =>
  Object.entries(fieldsOf(row)).map(([name, value]) => ({
    name,
    value: numberOf(value),
    low: undefined,
    high: undefined,
  }));

const curvesAt = (all: Fields, name: string): Curve[] =>
  listAt(all, name)
    .map(fieldsOf)
    .map((each) => ({
      label: textAt(each, "label") ?? "",
      x: numbersAt(each, "x"),
      y: numbersAt(each, "y"),
      area: numberAt(each, "area"),
    }));

function intervalsOf(fields: Fields): Evaluation["intervals"] {
  const level = numberAt(fields, "level");
  if (level === undefined) return undefined;
  return { level, resamples: numberAt(fields, "resamples") ?? 0, block: numberAt(fields, "block") ?? 1 };
}

function confusionOf(fields: Fields): Evaluation["confusion"] {
  const labels = textsAt(fields, "labels");
  if (labels.length === 0) return undefined;
  const counts = listAt(fields, "counts").map((row) => (Array.isArray(row) ? row.map(numberOf) : []));
  return { labels, counts };
}

const seriesOf = (fields: Fields): ForecastSeries => ({
  name: textAt(fields, "name") ?? "",
  time: listAt(fields, "time").filter((each) => typeof each === "string" || typeof each === "number"),
  target: numbersAt(fields, "target"),
  prediction: numbersAt(fields, "prediction"),
  lower: numbersAt(fields, "lower"),
  upper: numbersAt(fields, "upper"),
  baseline: numbersAt(fields, "baseline"),
});

function comparisonOf(fields: Fields): Comparison | undefined {
  const metrics = fieldsOf(fields["metrics"]);
  if (!("metrics" in fields)) return undefined;
  const test = fieldsOf(fields["test"]);
  return {
    baseline: textAt(fields, "baseline") ?? "",
    test:
      "p_value" in test
        ? {
            name: textAt(test, "name") ?? "",
            about: textAt(test, "about") ?? "",
            p: numberOf(test["p_value"]),
          }
        : undefined,
    differences: Object.entries(metrics).map(([name, value]) => {
      const each = fieldsOf(value);
      const better = textAt(each, "better");
      return {
        name,
        value: numberOf(each["difference"]),
        low: numberAt(each, "low"),
        high: numberAt(each, "high"),
        candidate: numberOf(each["candidate"]),
        baseline: numberOf(each["baseline"]),
        better: better === "candidate" || better === "baseline" ? better : undefined,
      };
    }),
  };
}
