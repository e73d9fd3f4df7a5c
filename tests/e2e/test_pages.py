"""Every page, in both themes and two widths."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import VIEWS, OpenPage, check_in_both_themes
from tests.e2e.data import Stored

PAGES = {
    "home": ("/", "New experiment"),
    "table": ("/experiments/{experiment}?sort=-metrics.f1", "mlp-00"),
    "nested": ("/experiments/{sweeps}?tree=1", "trial-1-2"),
    "charts": ("/experiments/{experiment}?view=charts&smooth=0.6", "val/accuracy"),
    "run": ("/experiments/{experiment}/runs/{run}", "Second try"),
    "run-charts": ("/experiments/{experiment}/runs/{run}?tab=charts", "train/loss"),
    "text": ("/experiments/{experiment}/runs/{run}?tab=artifacts&path=logs/train.log", "epoch 0: fine"),
    "table-file": ("/experiments/{experiment}/runs/{run}?tab=artifacts&path=tables/loss.csv", "comment"),
    "image": ("/experiments/{experiment}/runs/{run}?tab=artifacts&path=plots/dots.png", "Download"),
    "compare": ("/compare?run={run}&run={other}", "hidden"),
    "not-found": ("/nothing/here", "There is no such page"),
}


def url_of(name: str, address: str, stored: Stored) -> str:
    path = PAGES[name][0].format(
        experiment=stored.experiment_id, sweeps=stored.sweeps_id, run=stored.run_id, other=stored.run_ids[1]
    )
    return address + path


@pytest.mark.parametrize(("theme", "width"), VIEWS)
@pytest.mark.parametrize("name", list(PAGES))
def test_page_shows_and_is_accessible(
    name: str, theme: str, width: int, address: str, stored: Stored, open_page: OpenPage, screenshots: Path
) -> None:
    page = open_page(url_of(name, address, stored), theme=theme, width=width)

    expect(page.get_by_text(PAGES[name][1], exact=False).first).to_be_visible()

    check_in_both_themes(page, screenshots / f"{name}.png")


def test_artifact_never_runs_in_the_page(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_page(f"{address}/experiments/{stored.experiment_id}/runs/{stored.run_id}?tab=artifacts&path=page.html")

    expect(page.get_by_label("Text")).to_contain_text("<script>document.title")

    assert "taken over" not in page.title()
