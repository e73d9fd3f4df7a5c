"""The logged models of an experiment, and the page of one, of real models that a run made, and the ways there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import runstone
from runstone.client import context
from tests.e2e.conftest import VIEWS, OpenPage, check_in_both_themes, serving, violations

HOUSES = pd.DataFrame(
    {
        "size": [61.0, 104.5, 88.0],
        "rooms": [2, 4, 3],
        "district": pd.Categorical(["harbour", "hill", "harbour"]),
    }
)
TABS = {"overview": "harbour, hill", "card": "Takes", "artifacts": "MLmodel"}


@dataclass(frozen=True)
class Logged:
    """Where a run, its experiment's models, and its model are on a server."""

    run: str
    models: str
    model: str
    model_id: str
    empty: str


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """A run that logged and registered a model, and a model without files."""
    with serving(tmp_path_factory.mktemp("models")) as place:
        context.forget_choices()
        runstone.set_tracking_uri(place)
        runstone.set_experiment("houses")
        columns = make_column_transformer((OneHotEncoder(), ["district"]), remainder="passthrough")
        price = make_pipeline(columns, LinearRegression()).fit(HOUSES, [210.0, 480.0, 330.0])
        with runstone.start_run(run_name="fit") as run:
            made = runstone.log_model(
                price,
                "price",
                input_example=HOUSES,
                registered_model_name="prices",
                tags={"owner": "sales"},
                metadata={"ticket": {"id": 3}},
            )
            runstone.log_metric("rmse", 12.5, step=3, model_id=made.model_id)
            holdout = runstone.data.from_pandas(HOUSES, name="holdout")
            runstone.log_metric("mae", 8.25, model_id=made.model_id, dataset=holdout)
        assert made.model_id is not None
        client = runstone.Client(place)
        empty = client.create_logged_model(run.info.experiment_id, "unfinished")
        at = f"{place}/experiments/{run.info.experiment_id}"
        context.forget_choices()
        yield Logged(
            f"{at}/runs/{run.info.run_id}",
            f"{at}?view=models",
            f"{at}/models/{made.model_id}",
            made.model_id,
            f"{at}/models/{empty.model_id}",
        )


def test_run_leads_to_its_model_with_signature_and_files(logged: Logged, open_page: OpenPage) -> None:
    page = open_page(logged.run)

    page.get_by_role("region", name="Models").get_by_role("link", name="price").click()

    expect(page).to_have_url(logged.model)
    expect(page.get_by_role("heading", name="price")).to_be_visible()
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_contain_text("price")
    signature = page.get_by_role("region", name="Signature")
    expect(signature.get_by_role("row", name="district category yes yes harbour, hill")).to_be_visible()
    expect(page.get_by_label("Requirements", exact=True).last).to_contain_text("scikit-learn==")
    expect(page.get_by_label("Load the model in Python", exact=True)).to_contain_text(f"models:/{logged.model_id}")
    expect(page.get_by_role("region", name="Metrics", exact=True)).to_contain_text("12.5")
    expect(page.get_by_role("region", name="Registered")).to_contain_text("version 1")
    expect(page.get_by_role("region", name="Metadata")).to_contain_text('{"id":3}')

    page.get_by_role("tab", name="Card").click()
    expect(page.get_by_role("tabpanel").get_by_role("heading", name="Takes")).to_be_visible()

    page.get_by_role("tab", name="Files").click()
    expect(page.get_by_role("region", name="Preview of MLmodel")).to_contain_text("flavors:")
    page.get_by_role("button", name="requirements.txt").click()
    expect(page.get_by_role("region", name="Preview of requirements.txt")).to_contain_text("scikit-learn==")


def test_experiment_leads_to_its_models(logged: Logged, open_page: OpenPage) -> None:
    page = open_page(logged.models.removesuffix("?view=models"))

    page.get_by_role("button", name="Models", exact=True).click()

    expect(page.get_by_text("2 models")).to_be_visible()
    row = page.get_by_role("row", name="price Ready")
    expect(row).to_contain_text("sklearn")
    expect(row).to_contain_text("prices 1")
    expect(row.get_by_role("link", name="fit")).to_be_visible()
    expect(row).to_contain_text(logged.model_id)
    expect(row).to_contain_text("12.50")
    expect(page.get_by_role("columnheader", name="mae")).to_contain_text("holdout")
    row.get_by_role("link", name="price").click()
    expect(page).to_have_url(logged.model)
    way = page.get_by_role("navigation", name="Breadcrumb")
    expect(way).to_contain_text("price")  # until the page is there, it is that of the experiment
    way.get_by_role("link", name="houses").click()
    expect(page).to_have_url(logged.models)


def test_models_are_sorted_and_filtered_and_the_address_keeps_it(logged: Logged, open_page: OpenPage) -> None:
    page = open_page(logged.models)
    first = page.locator("[role=row][aria-rowindex='2'] a").first
    expect(first).to_have_text("unfinished")

    page.locator('[role=columnheader] button[title^="metrics.mae on the dataset holdout"]').click()
    expect(first).to_have_text("price")
    page.get_by_label("Filter models").fill("status = 'PENDING'")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 model", exact=True)).to_be_visible()
    page.reload()

    expect(page.get_by_text("1 model", exact=True)).to_be_visible()
    expect(first).to_have_text("unfinished")
    assert "msort=-metrics@holdout@" in page.url


def test_selected_models_are_compared_and_deleted(logged: Logged, open_page: OpenPage) -> None:
    place, _, experiment = logged.models.removesuffix("?view=models").partition("/experiments/")
    runstone.Client(place).create_logged_model(experiment, "spare", params={"depth": 3})
    page = open_page(logged.models)
    page.get_by_label("Select price").check()
    page.get_by_label("Select spare").check()

    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare 2 models")).to_be_visible()
    expect(page.get_by_role("row", name="depth 3")).to_be_visible()
    expect(page.get_by_role("rowheader", name="mae on holdout")).to_be_visible()
    page.get_by_role("region", name="Comparison").get_by_role("link", name="spare").click()
    page.get_by_role("button", name="Actions").click()
    expect(page.get_by_role("menuitem", name="Delete")).to_be_visible()
    page.go_back()
    page.go_back()

    page.get_by_role("button", name="Delete").click()
    asked = page.get_by_role("dialog", name="Delete 2 models?")
    expect(asked).to_contain_text("kept with the files: prices 1")
    assert violations(page) == []
    asked.get_by_role("button", name="Cancel").click()
    page.get_by_label("Select price").uncheck()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete 1 model?").get_by_role("button", name="Delete").click()

    expect(page.get_by_text("1 model deleted")).to_be_visible()
    expect(page.get_by_role("link", name="spare")).to_be_hidden()
    expect(page.get_by_text("2 models")).to_be_visible()
    expect(page.get_by_role("toolbar", name="Selected models")).to_be_hidden()


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_models_show_and_are_accessible(
    theme: str, width: int, logged: Logged, open_page: OpenPage, screenshots: Path
) -> None:
    page = open_page(logged.models, theme=theme, width=width)

    expect(page.get_by_role("link", name="price")).to_be_visible()

    check_in_both_themes(page, screenshots / "models.png")


def test_experiment_without_models_tells_how_to_log_one(logged: Logged, open_page: OpenPage) -> None:
    page = open_page(f"{logged.models.split('/experiments/')[0]}/experiments/0?view=models")

    expect(page.get_by_label("What to type", exact=True)).to_contain_text('runstone.log_model(line, "line"')

    assert violations(page) == []


@pytest.mark.parametrize(("theme", "width"), VIEWS)
@pytest.mark.parametrize("tab", list(TABS))
def test_model_shows_and_is_accessible(
    tab: str, theme: str, width: int, logged: Logged, open_page: OpenPage, screenshots: Path
) -> None:
    page = open_page(f"{logged.model}?tab={tab}", theme=theme, width=width)

    expect(page.get_by_role("tabpanel").get_by_text(TABS[tab]).first).to_be_visible()

    check_in_both_themes(page, screenshots / f"model-{tab}.png")


def test_model_without_files_says_so(logged: Logged, open_page: OpenPage) -> None:
    page = open_page(logged.empty)

    expect(page.get_by_text("There is no model among the files")).to_be_visible()
    expect(page.get_by_text("Pending")).to_be_visible()


def test_unknown_model_is_told(logged: Logged, open_page: OpenPage, request: pytest.FixtureRequest) -> None:
    page = open_page(logged.model.replace(logged.model_id, "m-" + "0" * 32))

    expect(page.get_by_role("alert")).to_contain_text("The model could not be loaded")
    request.getfixturevalue("watch").expect_refusal()
