// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { BarList } from "./bar-list";

it("lists the largest value first and what is no number last", () => {
  const bar = (id: string, value: number) => ({ id, label: id, color: "--run-0", value });

  render(<BarList label="f1" bars={[bar("low", 0.1), bar("none", NaN), bar("high", 0.9)]} />);

  const rows = screen.getAllByRole("listitem").map((row) => row.textContent);
  expect(rows).toEqual(["high0.9000", "low0.1000", "noneNaN"]);
});
