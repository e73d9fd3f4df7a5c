/** How much a model looks at each feature, as an evaluation says. */
import { fieldsOf, listAt, numberOf, numberAt, numbersAt, textAt, textsAt, type Fields } from "@/lib/fields";

/** How much a metric suffers when the values of a feature are shuffled. */
export interface Importance {
  metric: string;
  repeats: number;
  leftOut: number;
  features: { name: string; value: number; low: number | undefined; high: number | undefined }[];
}

/** How much the features move what a model says, by SHAP values. */
export interface Shap {
  algorithm: string;
  unit: string;
  examples: number;
  leftOut: number;
  /** Of a classifier of several. */
  labels: string[];
  features: { name: string; value: number; byLabel: number[] }[];
}

export function importanceOf(fields: Fields): Importance | undefined {
  const features = listAt(fields, "features").map(fieldsOf);
  if (features.length === 0) return undefined;
  return {
    metric: textAt(fields, "metric") ?? "",
    repeats: numberAt(fields, "repeats") ?? 0,
    leftOut: numberAt(fields, "left_out") ?? 0,
    features: features.map((each) => ({
      name: textAt(each, "name") ?? "",
      value: numberOf(each["mean"]),
      low: numberAt(each, "low"),
      high: numberAt(each, "high"),
    })),
  };
}

export function shapOf(fields: Fields): Shap | undefined {
  const features = listAt(fields, "features").map(fieldsOf);
  if (features.length === 0) return undefined;
  return {
    algorithm: textAt(fields, "algorithm") ?? "",
    unit: textAt(fields, "unit") ?? "",
    examples: numberAt(fields, "examples") ?? 0,
    leftOut: numberAt(fields, "left_out") ?? 0,
    labels: textsAt(fields, "labels"),
    features: features.map((each) => ({
      name: textAt(each, "name") ?? "",
      value: numberOf(each["mean"]),
      byLabel: numbersAt(each, "by_label"),
    })),
  };
}
