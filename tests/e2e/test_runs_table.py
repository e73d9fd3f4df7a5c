"""The table of runs: sort, filter, columns, selection, trash."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenPage, Watch
from tests.e2e.data import RUNS, Stored


def names(page: Page) -> list[str]:
    return page.locator("[role=row][aria-selected] a").all_inner_texts()


def sort_button(page: Page, column: str) -> Locator:
    return page.locator(f'[role=columnheader] button[title^="{column}"]')


def open_table(open_page: OpenPage, address: str, stored: Stored, query: str = "") -> Page:
    page = open_page(f"{address}/experiments/{stored.experiment_id}{query}")
    expect(page.get_by_role("link", name="mlp-00")).to_be_visible()
    return page


def test_head_sorts_downward_then_upward_then_not(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_table(open_page, address, stored)
    first = page.locator("[role=row][aria-rowindex='2'] a")

    sort_button(page, "metrics.f1").click()
    expect(first).to_have_text("mlp-11")
    sort_button(page, "metrics.f1").click()
    expect(first).to_have_text("mlp-00")
    assert "sort=metrics.f1" in page.url
    sort_button(page, "metrics.f1").click()

    expect(page).not_to_have_url(re.compile("sort="))


def test_filter_keeps_the_runs_that_match_and_stands_in_the_address(
    address: str, stored: Stored, open_page: OpenPage
) -> None:
    page = open_table(open_page, address, stored)

    page.get_by_label("Filter runs").fill("metrics.f1 > 0.9085 and params.seed = '7'")
    page.keyboard.press("Enter")

    expect(page.get_by_text("3 runs")).to_be_visible()
    assert sorted(names(page)) == ["mlp-09", "mlp-10", "mlp-11"]
    page.reload()
    expect(page.get_by_text("3 runs")).to_be_visible()


def test_filter_that_cannot_be_read_is_marked_where_it_goes_wrong(
    address: str, stored: Stored, open_page: OpenPage, watch: Watch
) -> None:
    page = open_table(open_page, address, stored)

    page.get_by_label("Filter runs").fill("metrics.f1 >> 0.9")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert").locator("mark")).to_have_text(">")
    assert page.evaluate("document.activeElement.selectionStart") == len("metrics.f1 >")
    watch.expect_refusal()


def test_columns_are_chosen_and_stand_in_the_address(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_table(open_page, address, stored)

    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Search columns").fill("team")
    page.get_by_label("team").check()
    page.keyboard.press("Escape")

    expect(sort_button(page, "tags.team")).to_be_attached()
    assert "cols=tags.team" in page.url
    page.reload()
    expect(sort_button(page, "tags.team")).to_be_attached()


def test_column_is_pinned_moved_widened_and_hidden(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_table(open_page, address, stored)

    def choose(column: str, action: str) -> None:
        page.get_by_role("button", name=f"Column {column}", exact=True).click()
        page.get_by_role("menuitem", name=action).click()

    choose("lr", "Pin at the left")
    pinned = page.locator("[role=columnheader]").nth(2)
    expect(pinned).to_contain_text("lr")
    choose("f1", "Move right")
    expect(page).to_have_url(re.compile("cols=metrics.train/loss&cols=metrics.f1"))
    page.get_by_role("separator", name="Width of lr").focus()
    page.keyboard.press("ArrowRight")
    expect(pinned).to_have_css("width", "128px")
    choose("f1", "Hide")

    expect(sort_button(page, "metrics.f1")).to_be_hidden()
    assert "w=params.lr~128" in page.url


def test_column_is_widened_by_the_pointer(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_table(open_page, address, stored)
    edge = page.get_by_role("separator", name="Width of Run", exact=True).bounding_box()
    assert edge is not None

    page.mouse.move(edge["x"] + 4, edge["y"] + 20)
    page.mouse.down()
    page.mouse.move(edge["x"] + 54, edge["y"] + 20, steps=4)
    page.mouse.up()

    expect(page).to_have_url(re.compile("w=attributes.run_name~310"))


def test_nested_runs_fold(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(f"{address}/experiments/{stored.sweeps_id}")
    page.get_by_role("button", name="Nested").click()
    child = page.get_by_role("link", name="trial-0-1")
    expect(child).to_be_visible()

    page.get_by_role("button", name="Fold the runs below sweep-0").click()

    expect(child).to_be_hidden()
    expect(page.get_by_role("link", name="trial-1-1")).to_be_visible()


def test_selection_outlives_a_reload_and_leads_to_charts(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_table(open_page, address, stored)

    page.get_by_label("Select mlp-03").check()
    page.get_by_label("Select mlp-05").click(modifiers=["Shift"])
    expect(page.get_by_text("3 runs selected")).to_be_visible()
    page.reload()
    page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name="Charts").click()

    expect(page.get_by_role("list", name="Runs drawn").get_by_role("listitem")).to_have_text(
        ["mlp-05", "mlp-04", "mlp-03"]
    )


def test_deleted_runs_come_back_by_undo(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_table(open_page, address, stored)

    page.get_by_label("Select mlp-02").check()
    page.get_by_label("Select mlp-04").check()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("link", name="mlp-02")).to_be_hidden()
    expect(page.get_by_text(f"{RUNS - 2} runs", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("link", name="mlp-02")).to_be_visible()
    expect(page.get_by_text(f"{RUNS} runs", exact=True)).to_be_visible()


def test_number_shows_four_digits_and_copies_all(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_table(open_page, address, stored)

    page.get_by_role("button", name="0.9110", exact=True).click()

    expect(page.get_by_text("Copied 0.911")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "0.911"
