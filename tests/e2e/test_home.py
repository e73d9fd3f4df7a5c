"""The list of experiments, the first steps, the palette and the themes."""

from pathlib import Path

from playwright.sync_api import expect

from runstone import Client
from tests.e2e.conftest import OpenPage, Watch, serving
from tests.e2e.data import Stored


def test_first_run_appears_by_itself_in_place_of_the_first_steps(open_page: OpenPage, tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        page = open_page(address)
        steps = page.get_by_text("Nothing has been logged yet")
        expect(steps).to_be_visible()
        expect(page.get_by_label("Log a first run", exact=True)).to_contain_text(f'set_tracking_uri("{address}")')

        client = Client(address)
        client.create_run(client.create_experiment("first-steps"), run_name="my-first")

        expect(page.get_by_role("link", name="my-first")).to_be_visible()
        expect(steps).to_be_hidden()


def test_search_finds_experiments_by_a_part_of_the_name(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(address)

    page.get_by_label("Search experiments by name").fill("G")
    page.keyboard.press("Home")
    page.keyboard.type("DI", delay=50)

    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("rowheader", name="digits")).to_be_visible()
    assert page.url.endswith("?q=DIG")


def test_experiment_is_made_renamed_deleted_and_brought_back(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(address)
    page.get_by_role("button", name="New experiment").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="New experiment")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Name of the experiment").fill("short-lived")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text("This experiment has no runs yet")).to_be_visible()

    page.goto(address)
    page.get_by_label("Actions for short-lived").click()
    page.get_by_role("menuitem", name="Rename", exact=True).click()
    page.get_by_label("Name of the experiment").fill("renamed")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_label("Actions for short-lived")).to_be_hidden()
    expect(page.get_by_label("Actions for renamed")).to_be_focused()
    page.get_by_label("Actions for renamed").click()
    page.get_by_role("menuitem", name="Move to trash").click()
    row = page.get_by_role("rowheader", name="renamed")
    expect(row).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()

    page.get_by_label("Actions for renamed").click()
    page.get_by_role("menuitem", name="Move to trash").click()
    page.get_by_role("button", name="Trash", exact=True).click()
    page.get_by_role("link", name="renamed").click()
    expect(page.get_by_text("This experiment is in the trash")).to_be_visible()
    expect(page.get_by_text("This experiment has no runs yet")).to_be_hidden()
    page.get_by_role("button", name="Restore").click()

    expect(page.get_by_text("This experiment has no runs yet")).to_be_visible()


def test_name_that_is_taken_is_told_at_the_field(
    address: str, stored: Stored, open_page: OpenPage, watch: Watch
) -> None:
    page = open_page(address)
    page.get_by_role("button", name="New experiment").click()
    page.get_by_label("Name of the experiment").fill("digits")

    page.get_by_role("button", name="Create", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("digits")
    watch.expect_refusal()


def test_palette_goes_to_a_run_by_keyboard_alone(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(address)

    page.keyboard.press("Control+k")
    page.keyboard.type("mlp-07")
    expect(page.get_by_role("option", name="mlp-07")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="mlp-07")).to_be_visible()
    assert page.url.endswith(f"/runs/{stored.run_ids[7]}")


def test_palette_finds_a_run_by_the_start_of_its_id(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(address)

    page.get_by_role("button", name="Go to").click()
    page.keyboard.type(stored.run_ids[3][:10])

    expect(page.get_by_role("option", name="mlp-03")).to_be_visible()


def test_chosen_theme_outlives_a_reload(address: str, open_page: OpenPage) -> None:
    page = open_page(address, theme="light")

    page.get_by_label("Theme").click()
    page.get_by_role("menuitem", name="Dark").click()
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
