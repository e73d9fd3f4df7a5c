"""A real server with real data, and Chromium in front of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # the package has no types
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.cli.processes import RunningServer
from tests.e2e.data import Stored, store_runs

SCREENSHOTS = "RUNSTONE_TEST_SCREENSHOTS"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = 1440
NARROW = 800
HEIGHT = 900
WAIT_MS = 20_000
# A page that is shown in each begins once with either theme.
VIEWS = [("light", WIDE), ("dark", NARROW)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and put first the module whose only test is the longest."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.path.stem != "test_many_runs")


@contextmanager
def serving(folder: Path, store_uri: str | None = None) -> Iterator[str]:
    """Run the server's command on a free port; yields the address."""
    arguments = [
        "server",
        "--port=0",
        f"--backend-store-uri={store_uri or f'sqlite:///{folder}/runstone.db'}",
        f"--artifacts-destination={folder}/artifacts",
    ]
    with RunningServer(arguments, folder) as server:
        yield server.address


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that the tests of a worker share; see ``stored``."""
    with serving(tmp_path_factory.mktemp("e2e")) as at:
        yield at


@pytest.fixture(scope="session")
def stored(address: str, tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """What is on that server. Tests may add to it, and put back what they change."""
    return store_runs(address, tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: `make browser` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, headless=True)
        yield browser
        browser.close()


class Watch:
    """What a page did that it should not.

    Attributes:
        errors: Errors on the console, and errors nobody caught.
        foreign: Requests to other hosts.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []

    def on_console(self, message: ConsoleMessage) -> None:
        """Keep an error or a warning."""
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    def on_request(self, request: Request) -> None:
        """Keep a request to another host."""
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.foreign.append(request.url)

    def expect_refusal(self) -> None:
        """Forget that Chromium told of an answer of 4xx, which it always does; anything else stays."""
        self.errors = [text for text in self.errors if "the server responded with a status of 4" not in text]


OpenPage = Callable[..., Page]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails a test whose pages wrote errors to the console or asked another host."""
    seen = Watch()
    yield seen
    assert seen.errors == []
    assert seen.foreign == []


@pytest.fixture
def open_page(chromium: Browser, watch: Watch) -> Iterator[OpenPage]:
    """Opens an address, in a theme and a width, and waits until nothing is under way."""
    contexts = []

    def open_at(url: str, *, theme: str = "light", width: int = WIDE) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme="dark" if theme == "dark" else "light",
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", watch.on_console)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.on("request", watch.on_request)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        return page

    yield open_at
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    """What a page does against the rules of accessibility."""
    rules = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "resultTypes": ["violations"],  # of what obeys a rule it need not tell where it is
    }
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found]


def check_in_both_themes(page: Page, picture: Path) -> None:
    """Fail unless a page fits its width and obeys the rules of accessibility in its theme and in the other.

    The system changes to the other, and the page, which has chosen none, follows: to load it again would take longer.

    Args:
        page: Shows all that it should.
        picture: The file of a picture; the theme and the width come into its name.
    """
    width = page.evaluate("innerWidth")
    for theme in ("light", "dark") if _theme(page) == "light" else ("dark", "light"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.screenshot(path=picture.with_stem(f"{picture.stem}-{theme}-{width}"), full_page=True)

        assert _theme(page) == theme
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


def _theme(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.theme"))


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder for pictures: ``RUNSTONE_TEST_SCREENSHOTS``, else below pytest's own ``--basetemp``."""
    chosen = os.environ.get(SCREENSHOTS)
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
