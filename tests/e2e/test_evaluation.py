"""The tab with an evaluation, of real models that `runstone.evaluate` judged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression

import runstone
from runstone.client import context
from tests.e2e.conftest import VIEWS, OpenPage, check_in_both_themes, serving

Urls = dict[str, str]


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    """A run of each type on a server, by the address of its tab."""
    with serving(tmp_path_factory.mktemp("evaluation")) as place:
        context.forget_choices()
        runstone.set_tracking_uri(place)
        runstone.set_experiment("evaluated")
        found = {}
        for name, evaluate in (("classifier", tumours), ("several", irises), ("forecaster", sales), ("none", nothing)):
            with runstone.start_run(run_name=name) as run:
                evaluate()
            found[name] = f"{place}/experiments/{run.info.experiment_id}/runs/{run.info.run_id}?tab=evaluation"
        context.forget_choices()
        yield found


def tumours() -> None:
    frame = load_breast_cancer(as_frame=True).frame[["mean radius", "mean texture", "mean smoothness", "target"]]
    features = list(frame.columns[:3])
    small = LogisticRegression(max_iter=5000).fit(frame[features[1:]], frame["target"])
    runstone.evaluate(
        LogisticRegression(max_iter=5000).fit(frame[features], frame["target"]),
        frame,
        targets="target",
        model_type="classifier",
        slices=["mean texture", "`mean radius` > 15"],
        baseline_model=lambda rows: small.predict_proba(rows[features[1:]]),
        validation_thresholds={"recall_score": runstone.MetricThreshold(0.8, greater_is_better=True)},
        evaluator_config={"resamples": 200},
    )
    runstone.evaluate(
        lambda rows: [1] * len(rows),
        frame,
        targets="target",
        model_type="classifier",
        evaluator_config={"resamples": 0, "metric_prefix": "always_"},
    )


def irises() -> None:
    features, species = load_iris(return_X_y=True, as_frame=True)
    names = species.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    model = LogisticRegression(max_iter=1000).fit(features, names)
    runstone.evaluate(model, features, targets=names, model_type="classifier", evaluator_config={"resamples": 200})


def sales() -> None:
    random = np.random.default_rng(0)
    days = pd.date_range("2026-01-01", periods=90, freq="D")
    frame = pd.DataFrame({"day": days, "step": [1, 2, 3] * 30, "guess": 100 + 10 * np.sin(np.arange(90) / 8)})
    frame["sales"] = frame["guess"] + random.normal(0, 2, 90)
    frame["low"], frame["high"] = frame["guess"] - 4, frame["guess"] + 4
    frame["last"] = frame["sales"].shift(1).bfill()
    config: dict[str, Any] = {"time": "day", "horizon": "step", "lower": "low", "upper": "high", "resamples": 200}
    runstone.evaluate(
        data=frame,
        targets="sales",
        predictions="guess",
        model_type="forecaster",
        baseline_model="last",
        evaluator_config=config,
    )


def nothing() -> None:
    runstone.log_metric("loss", 1)


@pytest.mark.parametrize(("theme", "width"), VIEWS)
@pytest.mark.parametrize("name", ["classifier", "several", "forecaster", "none"])
def test_evaluation_shows_and_is_accessible(
    name: str, theme: str, width: int, urls: Urls, open_page: OpenPage, screenshots: Path
) -> None:
    page = open_page(urls[name], theme=theme, width=width)
    words = "No model was evaluated in this run" if name == "none" else "95 % interval"

    expect(page.get_by_text(words)).to_be_visible()

    _show_whole(page, width)
    check_in_both_themes(page, screenshots / f"evaluation-{name}.png")


def test_point_under_the_pointer_is_told(urls: Urls, open_page: OpenPage) -> None:
    page = open_page(urls["classifier"])

    page.get_by_role("img", name="ROC of 1").hover()
    box = page.get_by_role("img", name="ROC of 1").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 80, box["y"] + 30)

    expect(page.get_by_text("false positive rate 0.", exact=False)).to_be_visible()


def test_evaluations_of_one_run_are_chosen_by_their_prefix(urls: Urls, open_page: OpenPage) -> None:
    page = open_page(urls["classifier"])
    expect(page.get_by_role("region", name="Comparison")).to_contain_text("with a function")

    page.get_by_role("button", name="always", exact=True).click()

    expect(page.get_by_role("region", name="Comparison")).to_have_count(0)
    expect(page.get_by_text("roc_auc, log_loss and the curves need probabilities")).to_be_visible()


def _show_whole(page: Page, width: int) -> None:
    """Make the window as high as the panel, which scrolls."""
    page.get_by_role("tabpanel").evaluate("panel => { document.body.style.overflow = 'visible'; }")
    height = page.evaluate("Math.max(900, ...[...document.querySelectorAll('*')].map(e => e.scrollHeight)) + 200")
    page.set_viewport_size({"width": width, "height": height})
