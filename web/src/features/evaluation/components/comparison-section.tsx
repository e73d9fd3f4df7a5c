import { IntervalList } from "@/charts/interval-list";
import { MetricValue } from "@/components/metric-value";
import tables from "@/components/tables.module.css";
import { formatNumber } from "@/lib/format";

import type { Comparison, Difference } from "../evaluation";
import styles from "./comparison-section.module.css";

const TESTS: Readonly<Record<string, string>> = {
  mcnemar_exact: "McNemar’s exact test",
  paired_permutation: "Permutation test of the squared errors",
  diebold_mariano: "Test of Diebold and Mariano",
};
const COLORS = { candidate: "--good", baseline: "--bad" } as const;

/** This model beside another one: every metric, its difference, and whether that may be chance. */
export function ComparisonSection({ comparison }: { comparison: Comparison }) {
  const { baseline, differences, test } = comparison;
  return (
    <section className={tables["section"]} aria-label="Comparison">
      <h2 className={tables["title"]}>
        Comparison <span className={tables["about"]}>with {baseline}</span>
      </h2>
      {test && (
        <p className={tables["lead"]}>
          {TESTS[test.name] ?? test.name}: p = {formatNumber(test.p)}
          {test.p < 0.05 ? ", hardly chance" : ", may be chance"}. {sentence(test.about)}
        </p>
      )}
      <div className={styles["pair"]}>
        <table className={tables["table"]}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" className={tables["number"]}>
                This model
              </th>
              <th scope="col" className={tables["number"]}>
                The other
              </th>
              <th scope="col">Better</th>
            </tr>
          </thead>
          <tbody>
            {differences.map((each) => (
              <tr key={each.name}>
                <th scope="row">{each.name}</th>
                <td className={tables["number"]}>
                  <MetricValue value={each.candidate} />
                </td>
                <td className={tables["number"]}>
                  <MetricValue value={each.baseline} />
                </td>
                <td>{betterOf(each)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <figure className={styles["figure"]}>
          <figcaption className={tables["quiet"]}>
            Difference as a share of the other model’s value, with its interval
          </figcaption>
          <IntervalList
            label="Differences"
            intervals={differences.map((each) => {
              const unit = Math.abs(each.baseline) || 1;
              const share = (value: number | undefined) => (value === undefined ? undefined : value / unit);
              return {
                id: each.name,
                label: each.name,
                color: each.better === undefined ? "--text-faint" : COLORS[each.better],
                value: each.value / unit,
                low: share(each.low),
                high: share(each.high),
                text: signed(each.value),
              };
            })}
          />
        </figure>
      </div>
    </section>
  );
}

function betterOf({ better }: Difference) {
  if (better === undefined) return <span className={tables["quiet"]}>not sure</span>;
  const isOurs = better === "candidate";
  return <span className={tables[isOurs ? "good" : "bad"]}>{isOurs ? "this model" : "the other"}</span>;
}

const signed = (value: number) => (value > 0 ? `+${formatNumber(value)}` : formatNumber(value));

const sentence = (text: string) => (text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
