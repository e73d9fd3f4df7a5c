"""How a model that is given by its URI is loaded, and asked."""

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import runstone
import runstone.sklearn
from runstone.errors import InvalidValue, RunstoneError
from runstone.flavors.python_model import PythonModel
from tests.evaluation.conftest import PLAIN

SALES = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})
# Those of tests/workers, so that one environment serves both.
NEEDS = ["pandas==2.3.3", "numpy", "cloudpickle"]


def scaled() -> PythonModel:
    """A model that multiplies, by its settings and by params."""

    class Scaled(PythonModel):
        def load_context(self, context: Any) -> None:
            self.factor = context.model_config["factor"]

        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            import os

            return model_input["x"] * self.factor * (params or {}).get("times", 1) + (params or {}).get("pid", 0) * (
                os.getpid()
            )

    return Scaled()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("saved") / "model"
    runstone.pyfunc.save_model(str(folder), python_model=scaled(), model_config={"factor": 1}, pip_requirements=NEEDS)
    return str(folder)


def evaluated(model: Any, **more: Any) -> float:
    result = runstone.evaluate(model, SALES, targets="y", model_type="regressor", evaluator_config=PLAIN, **more)
    return result.metrics["mean_absolute_error"]


def test_model_config_reaches_the_model(address: str) -> None:
    assert evaluated(address) == 2
    assert evaluated(address, model_config={"factor": 2}) == 0


def test_inference_params_come_with_each_call(address: str) -> None:
    assert evaluated(address, inference_params={"times": 2}) == 0
    with runstone.pyfunc.load_model(address) as model:
        assert evaluated(model, inference_params={"times": 2}) == 0
    assert evaluated(address, inference_params={}) == 2


@pytest.mark.slow
def test_model_predicts_in_an_environment_of_its_own(
    address: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if base.name.startswith("popen-") else base) / "environments"
    monkeypatch.setenv("RUNSTONE_ENVIRONMENTS", str(kept))
    seen: list[float] = []

    def look(frame: pd.DataFrame, metrics: Any) -> float:
        seen.extend(frame["prediction"])
        return 0

    evaluated(
        address,
        env_manager="virtualenv",
        inference_params={"pid": 1},
        extra_metrics=[runstone.make_metric(eval_fn=look, greater_is_better=True)],
    )

    process = seen[0] - 1
    assert process != os.getpid()
    assert not Path(f"/proc/{process:.0f}").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"env_manager": "docker"}, "env_manager is 'local', or 'uv', 'virtualenv', 'conda' for .*; got 'docker'"),
        ({"env_manager": "conda"}, "env_manager='conda' is for a model that is given by its URI"),
        ({"model_config": {"factor": 1}}, "model_config is for a model that is given by its URI"),
        ({"inference_params": {"times": 2}}, "inference_params are for a model .*: let a function call it with them"),
    ],
)
def test_model_that_is_here_already_is_not_loaded(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        evaluated(lambda rows: rows["x"], **given)


def test_params_that_a_model_does_not_take_are_refused(regressor: Any, houses: pd.DataFrame, tmp_path: Path) -> None:
    signature = runstone.models.infer_signature(houses[["size", "age"]])
    runstone.sklearn.save_model(regressor, str(tmp_path / "model"), signature=signature)

    with pytest.raises(RunstoneError, match="temperature"):
        runstone.evaluate(
            str(tmp_path / "model"),
            houses,
            targets="price",
            model_type="regressor",
            inference_params={"temperature": 1},
        )


def test_model_gets_the_columns_that_it_knows(houses: pd.DataFrame, regressor: Any, tmp_path: Path) -> None:
    signature = runstone.models.infer_signature(houses[["size", "age"]])
    runstone.sklearn.save_model(regressor, str(tmp_path / "model"), signature=signature)
    more = houses[["price", "age", "size"]].assign(street="High Street")
    config = {"resamples": 0, "pictures": False, "importance_repeats": 2}

    for model in (regressor, str(tmp_path / "model")):
        result = runstone.evaluate(
            model,
            more,
            targets="price",
            model_type="regressor",
            evaluator_config=config,
            slices=["street"],
            baseline_model=lambda rows: rows["street"].str.len() + rows["size"],
        )

        assert result.metrics["score"] == regressor.score(houses[["size", "age"]], houses["price"])
        assert result.evaluation.importance is not None
        assert [feature.name for feature in result.evaluation.importance.features] == ["size", "age"]


def test_loaded_classifier_gets_the_rows_of_its_signature(
    patients: pd.DataFrame, classifier: Any, tmp_path: Path
) -> None:
    signature = runstone.models.infer_signature(patients[["age", "dose"]])
    runstone.sklearn.save_model(classifier, str(tmp_path / "model"), signature=signature)

    result = runstone.evaluate(
        str(tmp_path / "model"),
        patients,
        targets="ill",
        model_type="classifier",
        feature_names=["ward", "dose", "age"],
        evaluator_config=PLAIN,
    )

    exact = classifier.predict_proba(patients[["age", "dose"]])[:, 1]
    assert result.metrics["roc_auc"] == roc_auc_score(patients["ill"], exact)
    assert result.metrics["score"] == result.metrics["accuracy_score"]


def test_score_that_fails_is_left_out(houses: pd.DataFrame) -> None:
    class Odd:
        def predict(self, rows: pd.DataFrame) -> Any:
            return rows["size"]

        def score(self) -> str:
            return "great"

    result = runstone.evaluate(Odd(), houses, targets="price", model_type="regressor", evaluator_config=PLAIN)

    assert "score" not in result.metrics
    assert result.metrics["example_count"] == 200
    assert "score was left out, for the model's own method failed with TypeError" in result.evaluation.notes[0]
