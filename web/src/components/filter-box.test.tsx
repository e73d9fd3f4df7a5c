// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { FilterBox } from "./filter-box";

const SHOWN = { label: "Filter runs", example: "metrics.a > 1" };

it("hands the filter on at Enter, not before", async () => {
  const onFilter = vi.fn();
  render(<FilterBox {...SHOWN} filter="" onFilter={onFilter} error={null} />);

  await userEvent.type(screen.getByRole("textbox"), "metrics.a > 1 ");
  expect(onFilter).not.toHaveBeenCalled();
  await userEvent.keyboard("{Enter}");

  expect(onFilter).toHaveBeenCalledWith("metrics.a > 1");
});

it("marks the place at which the server stopped reading", () => {
  const filter = "metrics.a >> 1";
  const error = Object.assign(new Error(`wanted a number, found >\n  ${filter}\n             ^`), {
    status: 400,
    facts: { text: filter, position: 11 },
  });

  render(<FilterBox {...SHOWN} filter={filter} onFilter={() => undefined} error={error} />);

  expect(screen.getByRole("alert").textContent).toBe(`wanted a number, found >${filter}`);
  expect(document.querySelector("mark")?.textContent).toBe(">");
});

it("says nothing of a server that is away: that is not the filter's fault", () => {
  const error = Object.assign(new Error("The server does not answer."), { status: 0 });

  render(<FilterBox {...SHOWN} filter="metrics.a > 1" onFilter={() => undefined} error={error} />);

  expect(screen.queryByRole("alert")).toBeNull();
});
