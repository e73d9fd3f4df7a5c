"""What was captured of a run: its end, console, code, environment, and the measures of its machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from runstone import Client
from tests.e2e.captured import CODE, COMMIT, LINES, Captured, print_segment, store_captured
from tests.e2e.conftest import VIEWS, OpenPage, check_in_both_themes, serving

# What is printed while the page is open shows within some seconds.
LIVE_MS = 15_000
TABS = {
    "overview": "RuntimeError: no memory",
    "system": "system/cpu_utilization_percentage",
    "console": "epoch 0",
    "code": "momentum = 0.9",
    "environment": "scikit-learn",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server."""
    with serving(tmp_path_factory.mktemp("captured")) as at:
        yield at


@pytest.fixture(scope="module")
def captured(place: str) -> Captured:
    """What is on it."""
    return store_captured(Client(place))


def url_of(place: str, captured: Captured, run_id: str, tab: str, more: str = "") -> str:
    return f"{place}/experiments/{captured.experiment_id}/runs/{run_id}?tab={tab}{more}"


@pytest.mark.parametrize(("theme", "width"), VIEWS)
@pytest.mark.parametrize("tab", list(TABS))
def test_part_shows_and_is_accessible(
    tab: str, theme: str, width: int, place: str, captured: Captured, open_page: OpenPage, screenshots: Path
) -> None:
    page = open_page(url_of(place, captured, captured.run_id, tab), theme=theme, width=width)

    expect(page.get_by_text(TABS[tab], exact=False).first).to_be_visible()

    check_in_both_themes(page, screenshots / f"captured-{tab}.png")


@pytest.mark.parametrize(
    ("tab", "switch"),
    [
        ("system", "RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING"),
        ("console", "RUNSTONE_CAPTURE_CONSOLE"),
        ("code", "RUNSTONE_CAPTURE_GIT"),
        ("environment", "RUNSTONE_CAPTURE_ENVIRONMENT"),
    ],
)
def test_run_without_capture_says_what_captures(
    tab: str, switch: str, place: str, captured: Captured, open_page: OpenPage
) -> None:
    page = open_page(url_of(place, captured, captured.bare_id, tab))

    expect(page.get_by_role("tabpanel").get_by_text(switch)).to_be_visible()
    expect(page.get_by_label("How the run ended")).to_have_count(0)


def test_failed_run_tells_why_and_shows_its_traceback(place: str, captured: Captured, open_page: OpenPage) -> None:
    page = open_page(url_of(place, captured, captured.run_id, "overview"))
    end = page.get_by_role("region", name="How the run ended")
    expect(end).to_contain_text("RuntimeError: no memory")
    expect(end.locator("pre")).to_have_count(0)
    expect(page.get_by_role("region", name="Tags")).not_to_contain_text("runstone.")

    end.get_by_role("button", name="Traceback", exact=True).click()
    end.get_by_role("button", name="Copy: Traceback").click()

    expect(end.locator("pre")).to_contain_text("train()")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert "RuntimeError: no memory" in page.evaluate("navigator.clipboard.readText()")


def test_lost_run_says_when_it_was_last_seen(place: str, captured: Captured, open_page: OpenPage) -> None:
    page = open_page(url_of(place, captured, captured.lost_id, "overview"))

    expect(page.get_by_role("region", name="How the run ended")).to_contain_text("Lost. Last seen")


def test_console_is_coloured_text_and_never_markup(place: str, captured: Captured, open_page: OpenPage) -> None:
    page = open_page(url_of(place, captured, captured.run_id, "console"))
    output = page.get_by_role("region", name="Console output")

    expect(output).to_contain_text("epoch 0 <b>loss</b> 0.5")
    expect(output.locator("[data-fg='1'][data-bold='true']")).to_have_text("RuntimeError")
    expect(output.locator("[data-index='2']")).to_contain_text("last")


def test_console_grows_while_the_run_runs_and_rests_when_it_has_ended(
    place: str, captured: Captured, open_page: OpenPage
) -> None:
    client = Client(place)
    run_id = client.create_run(captured.experiment_id, run_name="live").info.run_id
    page = open_page(url_of(place, captured, run_id, "console"))
    expect(page.get_by_text("Nothing has been printed yet")).to_be_visible()
    output = page.get_by_role("region", name="Console output")

    print_segment(client, run_id, 0, "first\n")
    expect(output).to_contain_text("first", timeout=LIVE_MS)
    print_segment(client, run_id, 0, "first\nsecond\n")
    print_segment(client, run_id, 1, "".join(f"line {n}\n" for n in range(500)))
    expect(output).to_contain_text("line 499", timeout=LIVE_MS)
    print_segment(client, run_id, 2, "the very last\n")
    client.set_terminated(run_id)

    expect(output).to_contain_text("the very last", timeout=LIVE_MS)
    expect(page.get_by_role("toolbar", name="Console")).not_to_contain_text("live", timeout=LIVE_MS)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("503 lines")).to_be_visible()


def test_long_console_is_searched_followed_and_drawn_in_part(
    place: str, captured: Captured, open_page: OpenPage
) -> None:
    page = open_page(url_of(place, captured, captured.long_id, "console"))
    output = page.get_by_role("region", name="Console output")
    expect(page.get_by_text(f"{LINES:,} lines")).to_be_visible()

    page.get_by_label("Search the console").fill("STEP 7777")
    expect(page.get_by_text("1 of 11", exact=True)).to_be_visible()
    expect(output.locator("mark[data-current='true']")).to_have_text("step 7777")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 11", exact=True)).to_be_visible()
    expect(output.locator("[data-index='77770']")).to_be_in_viewport()
    assert "find=STEP+7777" in page.url
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Follow the end").click()

    expect(output.locator(f"[data-index='{LINES - 1}']")).to_be_in_viewport()
    assert output.locator("[data-index]").count() < 200
    output.hover()
    page.mouse.wheel(0, -2_000)
    expect(page.get_by_role("button", name="Follow the end")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Wrap").click()
    expect(output.locator("[data-index]").first).to_be_visible()


def test_console_is_downloaded_whole(place: str, captured: Captured, open_page: OpenPage) -> None:
    page = open_page(url_of(place, captured, captured.long_id, "console"))

    with page.expect_download() as download:
        page.get_by_role("button", name="Download the console").click()

    assert download.value.suggested_filename == "long.log"
    assert len(download.value.path().read_text().splitlines()) == LINES


def test_code_shows_commit_changes_and_what_was_left_out(place: str, captured: Captured, open_page: OpenPage) -> None:
    page = open_page(url_of(place, captured, captured.run_id, "code"))
    panel = page.get_by_role("tabpanel")

    link = panel.get_by_role("link", name="Open the commit")
    expect(link).to_have_attribute("href", f"https://github.com/someone/trainer/commit/{COMMIT}")
    expect(panel).to_contain_text("Dirty")
    expect(panel).to_contain_text("1 secret was replaced")
    expect(panel.get_by_role("row", name="added: momentum = 0.9")).to_be_visible()
    expect(panel.get_by_text("A binary file")).to_be_visible()
    panel.get_by_role("button", name=re.compile("^train.py")).click()
    expect(panel.get_by_role("row", name="added: momentum = 0.9")).to_be_hidden()
    panel.get_by_role("button", name="tools/probe.py").click()
    expect(panel.get_by_label("Text of tools/probe.py")).to_contain_text("print(sys.path)")
    expect(panel.get_by_role("row", name="data/all.json larger than 1 MB")).to_be_visible()


def test_hunks_stand_in_line_and_leave_the_page_as_high_as_the_window(
    place: str, captured: Captured, open_page: OpenPage
) -> None:
    client = Client(place)
    run_id = client.create_run(captured.experiment_id, run_name="patched").info.run_id
    added = "".join(f"+line = {number}\n" for number in range(80))
    patch = (
        "diff --git a/new.py b/new.py\nnew file mode 100644\n--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,80 @@\n"
        f"{added}diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n"
        "@@ -1,2 +1,2 @@\n import os\n-a = 1\n+a = 2\n@@ -40,2 +40,2 @@ def train():\n # begin\n-b = 1\n+b = 2\n"
    )
    client.log_dict(run_id, CODE, "runstone/code/code.json")
    client.log_text(run_id, patch, "runstone/code/patch.diff")
    client.set_terminated(run_id)

    page = open_page(url_of(place, captured, run_id, "code"))
    around, within = page.get_by_text("def train():", exact=True), page.get_by_text("# begin", exact=True)
    expect(within).to_be_visible()

    expect(page.get_by_text("⋯")).to_have_count(1)
    assert _text_starts_at(around) == _text_starts_at(within)
    assert page.evaluate("document.documentElement.scrollHeight") == page.evaluate("innerHeight")


def _text_starts_at(cell: Locator) -> int:
    """Where the last text in a cell begins, in whole pixels from the left."""
    return int(
        cell.evaluate("""(cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell.lastChild);
          return Math.round(range.getBoundingClientRect().left);
        }""")
    )


def test_environment_shows_the_machine_and_packages_to_search_and_copy(
    place: str, captured: Captured, open_page: OpenPage
) -> None:
    page = open_page(url_of(place, captured, captured.run_id, "environment"))
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_label("Command line", exact=True)).to_have_text("python train.py --note 'two words'")
    expect(panel.get_by_role("region", name="Machine")).to_contain_text("NVIDIA L4, 24 GiB, driver 550.54")

    panel.get_by_label("Search packages").fill("NUM")
    panel.get_by_role("button", name="Copy as requirements.txt").click()

    expect(panel.get_by_role("rowheader")).to_have_text(["numpy"])
    expect(panel).to_contain_text("1 of 3")
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "numpy==2.1.0\nscikit-learn==1.5.2\n# trainer==0.1 (editable)\n"


def test_measures_of_the_machine_stand_apart(place: str, captured: Captured, open_page: OpenPage) -> None:
    page: Page = open_page(url_of(place, captured, captured.run_id, "charts"))
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("figure")).to_have_count(1)

    page.get_by_role("tab", name="System metrics").click()
    expect(panel.get_by_role("figure")).to_have_count(2)
    page.goto(f"{place}/experiments/{captured.experiment_id}?view=charts")

    system = page.get_by_role("region", name="System metrics")
    expect(system.get_by_role("figure")).to_have_count(0)
    system.get_by_role("button", name="System metrics").click()
    expect(system.get_by_role("figure")).to_have_count(2)


def test_compare_shows_which_packages_differ(place: str, captured: Captured, open_page: OpenPage) -> None:
    page = open_page(f"{place}/compare?run={captured.run_id}&run={captured.other_id}")

    expect(page.get_by_role("row", name="numpy 2.1.0 1.26.4")).to_be_visible()
    expect(page.get_by_role("rowheader", name="scikit-learn")).to_have_count(0)
