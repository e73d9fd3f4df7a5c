"""A table of ten thousand runs."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, serving
from tests.e2e.data import store_many

RUNS = 10_000
ROW = 28

# Names of the rows that cover the visible part of the table, and how many pixels of it no row covers.
VISIBLE = """() => {
  const area = document.querySelector('[role=region][aria-label="Runs, scrollable"]').getBoundingClientRect();
  const head = document.querySelector('[role=columnheader]').getBoundingClientRect().bottom;
  const rows = [...document.querySelectorAll('[role=row][aria-selected]')]
    .map((row) => ({ box: row.getBoundingClientRect(), text: row.querySelector('a')?.textContent ?? '' }))
    .filter(({ box }) => box.bottom > head && box.top < area.bottom);
  const covered = rows.reduce((sum, { box }) =>
    sum + Math.min(box.bottom, area.bottom) - Math.max(box.top, head), 0);
  return { blank: area.bottom - head - covered, names: rows.map((row) => row.text) };
}"""
SCROLL = """([top]) => new Promise((done) => {
  const area = document.querySelector('[role=region][aria-label="Runs, scrollable"]');
  area.scrollTop = top;
  requestAnimationFrame(() => requestAnimationFrame(() => done(area.scrollTop)));
})"""


def test_scrolling_through_ten_thousand_runs_shows_no_blank_row(open_page: OpenPage, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/many.db"
    experiment = store_many(store, RUNS)
    with serving(tmp_path, store) as address:
        page = open_page(f"{address}/experiments/{experiment}?sort=attributes.run_name")
        expect(page.get_by_role("link", name="run-00000")).to_be_visible()

        reached = walk_down(page)

    assert reached == f"run-{RUNS - 1:05d}"


def walk_down(page: Page) -> str:
    """Scroll to the end in large steps; returns the last name. Fails at the first blank row or row out of order."""
    top = 0.0
    last = ""
    while last != f"run-{RUNS - 1:05d}":
        before = top
        top = page.evaluate(SCROLL, [top + 60 * ROW])
        if top == before:
            # The end of what is here; more is under way.
            page.wait_for_function(
                "(top) => { const area = document.querySelector('[aria-label=\"Runs, scrollable\"]');"
                " return area.scrollHeight - area.clientHeight > top + 1; }",
                arg=top,
            )
            continue
        shown = page.evaluate(VISIBLE)
        assert shown["blank"] <= 1, f"{shown['blank']} blank pixels at {top}"
        assert shown["names"] == sorted(shown["names"])
        assert "" not in shown["names"]
        last = shown["names"][-1]
    return last
