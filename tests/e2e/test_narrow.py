"""Pages on a telephone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, expect

from runstone import Client
from tests.e2e.captured import TRACEBACK, print_segment
from tests.e2e.conftest import WIDE, OpenPage, serving, violations

PHONE = 390
# What is less wide cannot be read: a letter or two, and the dots.
READABLE = 40
EXPERIMENT = "digits, with wider layers and a smaller rate"


@dataclass(frozen=True)
class Place:
    """A server, and ids of what is on it.

    Attributes:
        experiment: Address of the page of an experiment with a long name.
        run_id: A run of it, also with one.
    """

    client: Client
    experiment: str
    run_id: str

    def run(self, run_id: str, tab: str = "overview", more: str = "") -> str:
        """Address of the page of a run."""
        return f"{self.experiment}/runs/{run_id}?tab={tab}{more}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of their own."""
    with serving(tmp_path_factory.mktemp("narrow")) as address:
        client = Client(address)
        experiment = client.create_experiment(EXPERIMENT)
        run_id = client.create_run(experiment, run_name="second try, after the seed was fixed").info.run_id
        client.set_terminated(run_id)
        yield Place(client, f"{address}/experiments/{experiment}", run_id)


def box(there: Locator) -> tuple[float, float]:
    """Where something begins and ends, from the left."""
    found = there.bounding_box()
    assert found is not None
    return found["x"], found["x"] + found["width"]


def test_breadcrumb_leaves_a_part_of_every_name(place: Place, open_page: OpenPage) -> None:
    page = open_page(place.run(place.run_id), width=PHONE)
    crumbs = page.get_by_role("navigation", name="Breadcrumb")
    expect(crumbs).to_contain_text(EXPERIMENT)

    edges = [box(crumb) for crumb in crumbs.locator("a, [aria-current]").all()]

    assert len(edges) == 3
    assert all(end - start > READABLE for start, end in edges)
    assert all(before[1] < after[0] for before, after in pairwise(edges))
    assert edges[-1][1] <= box(page.get_by_role("button", name="Go to…"))[0]
    assert violations(page) == []


def test_places_of_a_search_fit_beside_the_field(place: Place, open_page: OpenPage) -> None:
    print_segment(place.client, place.run_id, 0, "".join(f"step {n}: loss 0.5\n" for n in range(1_234)))
    page = open_page(place.run(place.run_id, "console", "&find=step"), width=PHONE)
    toolbar = page.get_by_role("toolbar", name="Console")
    expect(toolbar).to_contain_text("1 of 1,234")

    edges = [box(each) for each in toolbar.locator("button, [role=status], input").all()]

    assert min(start for start, _ in edges) >= box(page.get_by_role("tabpanel"))[0]
    assert max(end for _, end in edges) <= box(page.get_by_role("tabpanel"))[1]
    assert edges[0][1] - edges[0][0] > 2 * READABLE


def test_copying_button_stands_beside_the_code(place: Place, open_page: OpenPage) -> None:
    page = open_page(place.run(place.run_id, "environment"), width=PHONE)
    code = page.get_by_label("What to type", exact=True)
    expect(code).to_contain_text("RUNSTONE_CAPTURE_ENVIRONMENT")

    copy = box(page.get_by_role("button", name="Copy: What to type"))

    assert box(code)[1] <= copy[0]
    assert copy[1] <= box(page.get_by_role("tabpanel"))[1]


def test_buttons_of_a_toolbar_stand_in_one_row(place: Place, open_page: OpenPage) -> None:
    run_id = place.client.create_run(place.experiment.rpartition("/")[2], run_name="live").info.run_id
    print_segment(place.client, run_id, 0, "".join(f"step {n}\n" for n in range(600)))
    place.client.log_metric(run_id, "loss", 0.5)

    for tab, toolbar, names in (
        ("console", "Console", ("Follow the end", "Wrap", "Download the console")),
        ("charts", "Charts", ("Relative", "log x", "log y")),
    ):
        page = open_page(place.run(run_id, tab), width=PHONE)
        buttons = [page.get_by_role("toolbar", name=toolbar).get_by_role("button", name=name) for name in names]
        for button in buttons:
            expect(button).to_be_visible()

        tops = {round((button.bounding_box() or {"y": -1.0, "height": 0})["y"]) for button in buttons}

        assert max(tops) - min(tops) < 4  # a segment is a little lower than a button
    place.client.set_terminated(run_id)


def test_file_that_is_looked_at_stands_below_the_list(place: Place, open_page: OpenPage) -> None:
    place.client.log_text(place.run_id, "epoch,loss\n0,0.9\n", "tables/loss_by_epoch_and_fold.csv")
    page = open_page(place.run(place.run_id, "artifacts", "&path=tables/loss_by_epoch_and_fold.csv"), width=PHONE)
    panel = page.get_by_role("tabpanel")
    cell = panel.get_by_role("cell", name="0.9")
    expect(cell).to_be_visible()

    preview, files = panel.get_by_role("region", name="Preview of"), panel.get_by_role("list", name="Files")

    assert box(preview) == box(panel)
    assert box(files)[0] >= box(panel)[0]
    assert box(page.get_by_role("link", name="Download"))[1] <= box(panel)[1]
    assert (files.bounding_box() or {"y": 0.0})["y"] < (preview.bounding_box() or {"y": 0.0})["y"]


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_run_without_files_says_that_alone(width: int, place: Place, open_page: OpenPage) -> None:
    run_id = place.client.create_run(place.experiment.rpartition("/")[2], run_name="bare").info.run_id
    place.client.set_terminated(run_id)

    page = open_page(place.run(run_id, "artifacts"), width=width)

    expect(page.get_by_role("tabpanel")).to_have_text("This run has no artifacts.")


def test_long_reason_of_an_end_is_cut_and_opened(place: Place, open_page: OpenPage) -> None:
    run_id = place.client.create_run(place.experiment.rpartition("/")[2], run_name="failed").info.run_id
    place.client.set_terminated(run_id, "FAILED")
    place.client.set_tag(run_id, "runstone.end", f"ValueError: {'the input has no finite value ' * 11}")
    place.client.set_tag(run_id, "runstone.traceback", TRACEBACK)
    page = open_page(place.run(run_id), width=PHONE)
    end = page.get_by_role("region", name="How the run ended")
    reason = end.get_by_role("paragraph")
    expect(end.get_by_role("button", name="More")).to_be_visible()
    cut = reason.bounding_box()

    end.get_by_role("button", name="More").click()

    whole = reason.bounding_box()
    assert cut is not None
    assert whole is not None
    assert cut["width"] > (box(end)[1] - box(end)[0]) * 0.8
    assert cut["height"] < 80 < whole["height"]
    assert violations(page) == []
