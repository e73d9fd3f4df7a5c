"""Metrics and artifacts of one's own."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import runstone
from runstone.errors import InvalidArtifactPath, InvalidValue
from tests.evaluation.conftest import PLAIN

DATA = pd.DataFrame({"y": [1.0, 2.0, 4.0], "guess": [1.0, 3.0, 3.0], "cost": [1.0, 10.0, 100.0]})


def evaluated(**more: Any) -> runstone.EvaluationResult:
    given = {"model_type": "regressor", "evaluator_config": PLAIN, **more}
    return runstone.evaluate(data=DATA, targets="y", predictions="guess", **given)


def metric(function: Any, name: str | None = None) -> runstone.EvaluationMetric:
    return runstone.make_metric(eval_fn=function, greater_is_better=False, name=name)


def test_metric_takes_series_and_columns_by_name() -> None:
    def cost_of_errors(predictions: Any, targets: Any, metrics: Any, cost: Any, factor: int = 2) -> float:
        return float(((predictions - targets).abs() * cost).sum() * factor + metrics["max_error"])

    found = evaluated(extra_metrics=[metric(cost_of_errors)])

    assert found.metrics["cost_of_errors"] == 221.0
    assert found.evaluation.metrics["cost_of_errors"].greater_is_better is False


def test_predicted_labels_are_of_the_types_that_they_have() -> None:
    data = {"y": pd.Series(["a", 1, "a"], dtype=object), "guess": pd.Series(["a", 1, 1], dtype=object)}

    def right(predictions: Any, targets: Any) -> float:
        return float((predictions == targets).mean())

    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="classifier",
        extra_metrics=[metric(right)],
        evaluator_config=PLAIN,
    )

    assert found.metrics["right"] == found.metrics["accuracy_score"] == pytest.approx(2 / 3)


def test_metric_may_take_a_frame_and_the_metrics_by_place() -> None:
    def worst(frame: Any, metrics: Any) -> Any:
        return np.float64((frame["prediction"] - frame["target"]).abs().max() / metrics["max_error"])

    assert evaluated(extra_metrics=[metric(worst)]).metrics["worst"] == 1.0


def test_metrics_of_ones_own_need_no_type() -> None:
    first = metric(lambda frame, metrics: 3, "three")
    second = metric(lambda frame, metrics: metrics["three"] + 1, "four")

    found = evaluated(model_type=None, extra_metrics=[first, second])

    assert found.metrics == {"three": 3.0, "four": 4.0}
    assert found.evaluation.model_type == ""


def test_model_of_no_type_is_asked() -> None:
    def length(predictions: Any) -> float:
        return float(predictions.str.len().mean())

    found = runstone.evaluate(lambda rows: ["yes"] * len(rows), DATA, model_type=None, extra_metrics=[metric(length)])

    assert found.metrics == {"length": 3.0}


def test_metric_that_is_not_finite_is_kept_as_not_defined() -> None:
    found = evaluated(extra_metrics=[metric(lambda frame, metrics: float("nan"), "none")])

    assert "none" not in found.metrics
    assert found.evaluation.metrics["none"].value is None


@pytest.mark.parametrize(
    ("function", "name", "told"),
    [
        (lambda frame, metrics: "high", "text", "the metric 'text' is a number; its function gave 'high', a str"),
        (lambda frame, metrics: 1, "r2_score", "there is a metric 'r2_score' already"),
        (lambda frame, metrics: 1, "a?b", "the metric name 'a.b' holds a character that is not allowed"),
        (lambda predictions, price: 1, "dear", "asks for 'price'; there are predictions, targets, metrics and the"),
    ],
)
def test_metric_that_cannot_be_taken_is_explained(function: Any, name: str, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        evaluated(extra_metrics=[metric(function, name)])

    assert runstone.search_runs(output_format="list") == []


def test_metric_needs_a_function_with_a_name() -> None:
    with pytest.raises(InvalidValue, match="eval_fn is a function; got 3, an int"):
        metric(3)
    with pytest.raises(InvalidValue, match="give the metric one with name="):
        metric(lambda frame, metrics: 1)


def test_artifacts_become_files_of_the_run() -> None:
    def made(frame: pd.DataFrame, metrics: dict[str, float], folder: str) -> dict[str, Any]:
        Path(folder, "note.md").write_text("# Worst\n")
        return {
            "path": "note.md",
            "whole path": str(Path(folder, "note.md")),
            "frame": frame.head(1),
            "array": np.arange(4).reshape(2, 2),
            "dict": {"max": metrics["max_error"]},
            "json": '{"a": 1}',
            "text": "plain",
            "figure": Figure(),
        }

    found = evaluated(custom_artifacts=[made])

    assert found.artifacts["path"].data == found.artifacts["whole path"].data == b"# Worst\n"
    assert found.artifacts["frame"].data == b"prediction,target\n1.0,1.0\n"
    assert found.artifacts["array"].data == b"0,1\n2,3\n"
    assert found.artifacts["json"].file == "json.json"
    assert found.artifacts["text"].file == "text.txt"
    assert found.artifacts["figure"]._repr_png_() == found.artifacts["figure"].data
    assert found.artifacts["text"]._repr_png_() is None
    uri = found.artifacts["dict"].uri
    assert uri == f"runs:/{found.run_id}/evaluation/dict.json"
    assert runstone.artifacts.load_dict(uri) == {"max": 1.0}


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (3, "gives a dict from name to artifact; <lambda> gave 3, an int"),
        ({"a": object()}, "the artifact 'a' is a path, a figure, a frame"),
        ({"evaluation": {}}, "there is a file 'evaluation.json' already; give the artifact 'evaluation' another name"),
        ({"a": Path("gone.txt")}, "is a file that is not there: 'gone.txt'"),
        ({"slices": {}}, "there is a file 'slices.csv' already; give the artifact 'slices' another name"),
    ],
)
def test_artifact_that_has_no_file_format_is_refused(made: Any, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        evaluated(custom_artifacts=[lambda frame, metrics, folder: made], slices=["y"])


def test_artifact_stays_in_its_folder() -> None:
    with pytest.raises(InvalidArtifactPath):
        evaluated(custom_artifacts=[lambda frame, metrics, folder: {"../up": "text"}])
