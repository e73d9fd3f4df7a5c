"""The page of one run."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Watch
from tests.e2e.data import LONG_LOG_LINES, Stored


def open_run(open_page: OpenPage, address: str, stored: Stored, query: str = "") -> Page:
    return open_page(f"{address}/experiments/{stored.experiment_id}/runs/{stored.run_id}{query}")


def test_overview_shows_what_was_logged(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_run(open_page, address, stored)

    expect(page.get_by_role("region", name="Metrics").get_by_role("row", name="f1")).to_contain_text("0.9000")
    expect(page.get_by_role("region", name="Params").get_by_role("row", name="hidden")).to_contain_text("32")
    expect(page.get_by_role("region", name="Tags")).to_contain_text("tabular")
    expect(page.get_by_role("region", name="Note").get_by_role("heading")).to_have_text("Second try")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Finished")


def test_tag_is_added_and_removed_with_undo(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_run(open_page, address, stored)
    tags = page.get_by_role("region", name="Tags")

    tags.get_by_role("button", name="Add a tag").click()
    tags.get_by_label("Name of the tag").fill("stage")
    tags.get_by_label("Value of the tag").fill("candidate")
    page.keyboard.press("Enter")
    expect(tags).to_contain_text("candidate")
    tags.get_by_role("button", name="Remove the tag stage").click()
    expect(tags).not_to_contain_text("candidate")
    page.get_by_role("button", name="Undo").click()

    expect(tags).to_contain_text("candidate")


def test_note_is_written_to_its_own_run(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(f"{address}/experiments/{stored.experiment_id}/runs/{stored.run_ids[4]}")
    page.keyboard.press("Control+k")
    page.keyboard.type(stored.run_ids[5])
    page.get_by_role("option", name="mlp-05").click()
    field = page.get_by_label("Note, in Markdown")

    page.get_by_role("button", name="Add a note").click()
    field.fill("of another run")
    page.go_back()
    expect(page.get_by_role("heading", name="mlp-04")).to_be_visible()
    expect(field).to_be_hidden()
    page.go_forward()
    expect(page.get_by_role("heading", name="mlp-05")).to_be_visible()
    page.get_by_role("button", name="Add a note").click()
    field.fill("It **works**. <b>no</b>")
    page.get_by_role("button", name="Save").click()

    note = page.get_by_role("region", name="Note")
    expect(note.locator("strong")).to_have_text("works")
    expect(note).to_contain_text("<b>no</b>")


def test_run_is_renamed(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(f"{address}/experiments/{stored.experiment_id}/runs/{stored.run_ids[6]}")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Rename", exact=True).click()

    page.get_by_label("Name of the run").fill("mlp-06 again")
    page.get_by_role("button", name="Rename", exact=True).click()

    expect(page.get_by_role("heading", name="mlp-06 again")).to_be_visible()


def test_folder_opens_in_place_and_the_file_stands_in_the_address(
    address: str, stored: Stored, open_page: OpenPage
) -> None:
    page = open_run(open_page, address, stored, "?tab=artifacts")

    page.get_by_role("button", name="tables").click()
    page.get_by_role("button", name="loss.csv").click()

    expect(page.get_by_role("columnheader")).to_have_text(["epoch", "loss", "comment"])
    expect(page.get_by_role("cell", name="a, b")).to_be_visible()
    assert page.url.endswith("?tab=artifacts&path=tables/loss.csv")


def test_long_file_shows_its_first_bytes_only(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_run(open_page, address, stored, "?tab=artifacts")
    page.get_by_role("button", name="logs").click()

    with page.expect_response(lambda response: "get-artifact" in response.url) as answer:
        page.get_by_role("button", name="train.log").click()

    expect(page.get_by_text("The first 262 kB of")).to_be_visible()
    assert answer.value.status == 206
    assert answer.value.headers["content-length"] == str(256 * 1024)
    assert f"epoch {LONG_LOG_LINES - 1}" not in page.get_by_label("Text").inner_text()


def test_json_is_indented_and_bytes_without_a_preview_say_so(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_run(open_page, address, stored, "?tab=artifacts&path=report.json")
    expect(page.get_by_label("Text")).to_contain_text('"epoch": 41')

    page.get_by_role("button", name="model.bin").click()

    expect(page.get_by_text("There is no preview of this kind of file (1.0 kB).")).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_have_attribute("download", "model.bin")


def test_unknown_run_says_so(address: str, stored: Stored, open_page: OpenPage, watch: Watch) -> None:
    page = open_page(f"{address}/experiments/{stored.experiment_id}/runs/{'0' * 32}")

    expect(page.get_by_role("alert")).to_contain_text("The run could not be loaded")
    watch.expect_refusal()


def test_compare_shows_differences_first_and_all_on_demand(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(f"{address}/compare?run={stored.run_ids[0]}&run={stored.run_ids[3]}")
    expect(page.get_by_role("rowheader", name="hidden")).to_be_visible()
    expect(page.get_by_role("rowheader", name="seed")).to_be_hidden()

    page.get_by_role("button", name="All", exact=True).click()

    expect(page.get_by_role("rowheader", name="seed")).to_be_visible()
