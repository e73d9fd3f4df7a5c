// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { ApiError } from "@/lib/api-client";

import { FilterBox } from "./filter-box";

it("hands the filter on at Enter, not before", async () => {
  const onFilter = vi.fn();
  render(<FilterBox filter="" onFilter={onFilter} error={null} />);

  await userEvent.type(screen.getByRole("textbox"), "metrics.a > 1 ");
  expect(onFilter).not.toHaveBeenCalled();
  await userEvent.keyboard("{Enter}");

  expect(onFilter).toHaveBeenCalledWith("metrics.a > 1");
});

it("marks the place at which the server stopped reading", () => {
  const filter = "metrics.a >> 1";
  const error = new ApiError(
    `wanted a number, found >\n  ${filter}\n             ^`,
    "INVALID_PARAMETER_VALUE",
    400,
    {
      text: filter,
      position: 11,
    },
  );

  render(<FilterBox filter={filter} onFilter={() => undefined} error={error} />);

  expect(screen.getByRole("alert").textContent).toBe(`wanted a number, found >${filter}`);
  expect(document.querySelector("mark")?.textContent).toBe(">");
});

it("says nothing of a server that is away: that is not the filter's fault", () => {
  const error = new ApiError("The server does not answer.", "UNREACHABLE", 0);

  render(<FilterBox filter="metrics.a > 1" onFilter={() => undefined} error={error} />);

  expect(screen.queryByRole("alert")).toBeNull();
});
