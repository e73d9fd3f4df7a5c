"""What cannot be evaluated is refused in words, before anything is logged."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

import runstone
from runstone.errors import InvalidValue, RunstoneError, Unsupported

NAN = float("nan")
FRAME = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [0, 1, 0], "guess": [0, 1, 1], "p": [0.2, 0.9, 0.6]})
GIVEN = {"data": FRAME, "targets": "y", "predictions": "guess", "model_type": "classifier"}


@pytest.fixture(autouse=True)
def nothing_is_logged() -> Iterator[None]:
    yield
    assert runstone.search_runs(output_format="list") == []


def with_column(name: str, values: Any, **more: Any) -> dict[str, Any]:
    return {"data": FRAME.assign(**{name: values}), **more}


class Probabilities:
    """A classifier that forgets a row."""

    def predict(self, rows: Any) -> list[int]:
        return [0, 1, 1]

    def predict_proba(self, rows: Any) -> Any:
        return np.full((2, 2), 0.5)


CASES: list[tuple[dict[str, Any], type[RunstoneError], str]] = [
    ({"data": None}, InvalidValue, "needs data: a frame, an array"),
    ({"data": FRAME[:0]}, InvalidValue, "the data has no rows"),
    ({"data": {"y": [1], "guess": [1, 2]}}, InvalidValue, "columns of one length"),
    ({"data": [[1, 2], [3]], "targets": [1, 2]}, InvalidValue, "rows of the data are of one length"),
    ({"data": np.zeros((2, 2, 2))}, InvalidValue, "an ndarray of 3 dimensions"),
    ({"data": "wheat.csv"}, InvalidValue, "a str of 0 dimensions"),
    ({"targets": "z"}, InvalidValue, "targets names the column 'z', and the data has x, y, guess, p"),
    ({"targets": None}, InvalidValue, "a classifier is evaluated against targets"),
    ({"targets": [1, 0]}, InvalidValue, "the data has 3 rows, and there are 2 targets"),
    ({"targets": np.zeros((3, 2))}, InvalidValue, "targets are one for each row; got 2 dimensions"),
    ({"predictions": "z"}, InvalidValue, "predictions names the column 'z'"),
    ({"predictions": 3}, InvalidValue, "predictions is the name of a column; got 3"),
    ({"predictions": None}, InvalidValue, "needs a model, or predictions="),
    ({"feature_names": ["x", "z"]}, InvalidValue, "feature_names names the column 'z'"),
    ({"data": FRAME.rename(columns={"x": "y"})}, InvalidValue, "the data has several of this name"),
    ({"data": np.zeros((3, 2)), "targets": "y"}, InvalidValue, "an array has no names; give the targets themselves"),
    (
        {"data": np.zeros((3, 2)), "targets": [0, 1, 0], "feature_names": ["a"]},
        InvalidValue,
        "2 columns, and feature_names 1 names",
    ),
    (
        with_column("y", [0, None, None]),
        InvalidValue,
        r"2 of 3 targets are missing \(NaN or None\), the first in row 1",
    ),
    (with_column("y", [None, None, None]), InvalidValue, "3 of 3 targets are missing"),
    (with_column("guess", [0, NAN, 1]), InvalidValue, "1 of 3 predictions are missing"),
    (
        with_column("guess", [0, 7, 1], evaluator_config={"label_list": [0, 1]}),
        InvalidValue,
        "7.*, in row 1 of the predictions, is none of the labels 0, 1",
    ),
    ({"evaluator_config": {"label_list": [0, 0, 1]}}, InvalidValue, "each label of label_list comes once"),
    (
        with_column("guess", ["0", "1", "1"]),
        InvalidValue,
        "there are the labels 0, an int, and '0', a str, which are written alike: give targets and predictions",
    ),
    ({"evaluator_config": {"pos_label": "sick"}}, InvalidValue, "pos_label is one of the labels 0, 1; got 'sick'"),
    (
        with_column("guess", [0.1, 0.9, 1.0]),
        InvalidValue,
        r"predictions of a classifier are labels; got 0.1: give probabilities of a column by evaluator_config",
    ),
    (with_column("y", [0.5, 1.25, 3.0]), InvalidValue, "targets of a classifier are labels; got 0.5: numbers are"),
    ({**with_column("y", [None] * 3), **with_column("guess", [None] * 3)}, InvalidValue, "3 of 3 predictions are"),
    (
        {"model": Probabilities(), "predictions": None},
        InvalidValue,
        "3 rows, and the model gave 2 rows of probabilities",
    ),
    (
        with_column("p", [0.5, 1.5, 0.1], evaluator_config={"probabilities": "p"}),
        InvalidValue,
        "probabilities are between 0 and 1; got 1.5: are these scores?",
    ),
    (with_column("p", [0.5, NAN, 0.1], evaluator_config={"probabilities": "p"}), InvalidValue, "1 of 3 are not"),
    (
        {"evaluator_config": {"probabilities": ["p", "p"]}},
        InvalidValue,
        "those of row 0 sum up to 0.4",
    ),
    (
        {"evaluator_config": {"probabilities": ["p", "p", "p"]}},
        InvalidValue,
        "there are 3 probabilities for each row, and 2 labels, 0, 1; name all labels",
    ),
    (
        with_column("guess", [0, 1, 2], evaluator_config={"probabilities": "p"}),
        InvalidValue,
        "one column of probabilities is for two labels, and there are 3",
    ),
    ({"model_type": "regressor", **with_column("y", ["a", "b", "c"])}, InvalidValue, "targets are numbers"),
    ({"model_type": "regressor", **with_column("guess", [1, NAN, NAN])}, InvalidValue, "2 of 3 are not, the first is"),
    ({"model_type": "regressor", **with_column("y", [1, float("inf"), 1])}, InvalidValue, "inf in row 1"),
    ({"model": lambda rows: [1], "predictions": None}, InvalidValue, "3 rows, and the model gave 1 predictions"),
    (
        {"model": lambda rows: [1], "predictions": None, "model_type": "regressor"},
        InvalidValue,
        "3 rows, and the model gave 1 predictions",
    ),
    (
        {"model": lambda rows: np.zeros((3, 2)), "predictions": None, "model_type": "regressor"},
        Unsupported,
        r"got an array of shape \(3, 2\): take one at a time",
    ),
    ({"model": 3}, InvalidValue, "a model has a method predict.*got 3, an int"),
    ({"model": "endpoints:/chat"}, Unsupported, "endpoints are not called"),
    ({"model_type": "clusterer"}, InvalidValue, "classifier, regressor, forecaster; got 'clusterer'"),
    ({"model_type": "question-answering"}, Unsupported, "models of the type 'question-answering'"),
    ({"model_type": None}, InvalidValue, "without a model_type there is nothing to compute"),
    ({"evaluators": ["mine"]}, Unsupported, "there is one evaluator, 'default'"),
    ({"evaluator_config": ["seed"]}, InvalidValue, "evaluator_config is a dict"),
    ({"evaluator_config": {"sead": 1}}, InvalidValue, "evaluator_config has no 'sead'; it has metric_prefix"),
    ({"evaluator_config": {"log_explainer": True}}, Unsupported, "log_explainer is always False here; got True"),
    ({"evaluator_config": {"explainability_kernel_link": "logit"}}, Unsupported, "is always 'identity' here; got"),
    ({"evaluator_config": {"explainability_algorithm": "exact"}}, InvalidValue, "one of kernel, permutation, or left"),
    (
        {"evaluator_config": {"explainability_nsamples": 0}},
        InvalidValue,
        "explainability_nsamples is at least 1; got 0",
    ),
    ({"evaluator_config": {"metric_prefix": "../x"}}, InvalidValue, "the metric name '../xtrue_negatives'"),
    ({"evaluator_config": {"resamples": -1}}, InvalidValue, "resamples is at least 0; got -1"),
    ({"evaluator_config": {"seed": "x"}}, InvalidValue, "seed is an integer; got 'x', a str"),
    ({"evaluator_config": {"confidence_level": 95}}, InvalidValue, "a number between 0 and 1, such as 0.95; got 95"),
    ({"evaluator_config": {"average": "binary"}}, InvalidValue, "average is one of weighted, macro, micro"),
    ({"evaluator_config": {"time": 3}}, InvalidValue, "time is a string; got 3"),
    ({"evaluator_config": {"sample_weights": [1, 2]}}, InvalidValue, "3 rows, and there are 2 sample_weights"),
    ({"evaluator_config": {"sample_weights": [0, 0, 0]}}, InvalidValue, "not all of them are 0"),
    ({"extra_metrics": [len]}, InvalidValue, "extra_metrics are made by make_metric"),
    ({"custom_artifacts": ["plot"]}, InvalidValue, "each of custom_artifacts is a function; got 'plot'"),
    ({"validation_thresholds": [1]}, InvalidValue, "validation_thresholds is a dict from the name of a metric"),
    (
        {"model_type": "forecaster", "evaluator_config": {"horizon": "y"}},
        InvalidValue,
        "horizon is a whole number of steps ahead, from 1; got 0 in row 0",
    ),
    (
        {"model_type": "forecaster", **with_column("x", [1, None, 3], evaluator_config={"time": "x"})},
        InvalidValue,
        "1 of 3 values of the column 'x' are missing, the first in row 1",
    ),
    ({"model_type": "regressor", **with_column("y", pd.date_range("2026", periods=3))}, InvalidValue, "got datetime64"),
    (
        {"targets": pd.Series([0, 1, 0], index=[2, 0, 1])},
        InvalidValue,
        r"the index of the data in another order; give targets.loc\[data.index\]",
    ),
    ({"slices": [3]}, InvalidValue, "a slice is the name of a column or a filter; got 3"),
]


@pytest.mark.parametrize(("changed", "error", "told"), CASES, ids=[told[:40] for _, _, told in CASES])
def test_what_cannot_be_evaluated_is_explained(changed: dict[str, Any], error: type[RunstoneError], told: str) -> None:
    with pytest.raises(error, match=told):
        runstone.evaluate(**{**GIVEN, **changed})


def test_model_without_a_type_gives_one_prediction_a_row() -> None:
    metric = runstone.make_metric(eval_fn=lambda frame, metrics: 1, greater_is_better=True, name="one")

    with pytest.raises(InvalidValue, match="3 rows, and the model gave 1 predictions"):
        runstone.evaluate(lambda rows: [1], FRAME, extra_metrics=[metric])


def test_classifier_of_several_outputs_is_refused() -> None:
    class Several:
        def predict(self, rows: Any) -> list[int]:
            return [0, 1, 1]

        def predict_proba(self, rows: Any) -> Any:
            return np.array([np.zeros((3, 2)), "odd", 1], dtype=object)

    class Known(Several):
        classes_: ClassVar = [np.array([0, 1]), np.array([0, 1])]

    for model in Several(), Known():
        with pytest.raises(InvalidValue, match="a classifier of several outputs"):
            runstone.evaluate(model, FRAME, targets="y", model_type="classifier")


def test_missing_library_is_named_with_the_way_out() -> None:
    script = (
        "import sys; sys.modules['sklearn'] = None; import runstone; "
        "runstone.evaluate(data={'y': [1], 'p': [1]}, targets='y', predictions='p', model_type='regressor')"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert "runstone.errors.Unsupported: evaluate() needs sklearn" in ended.stderr
    assert 'pip install "runstone[evaluation]"' in ended.stderr
