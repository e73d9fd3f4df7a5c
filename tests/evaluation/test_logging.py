"""What an evaluation leaves in the run, and what it gives back."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import polars
import pyarrow
import pytest

import runstone
import runstone.sklearn
from runstone.errors import InvalidState, InvalidValue, LocalFileNotFound, NotFound, ThresholdsNotMet
from tests.evaluation.conftest import PLAIN


def evaluated(model: Any, data: Any, **more: Any) -> runstone.EvaluationResult:
    return runstone.evaluate(
        model, data, targets="price", model_type="regressor", **{"evaluator_config": PLAIN, **more}
    )


def test_active_run_gets_metrics_data_and_files(houses: pd.DataFrame, regressor: Any) -> None:
    with runstone.start_run() as run:
        result = evaluated(regressor, houses)

    kept = runstone.get_run(run.info.run_id)
    assert kept.data.metrics == result.metrics
    assert result.run_id == run.info.run_id
    read = kept.inputs.dataset_inputs[0]
    assert read.dataset.profile == '{"num_rows": 200, "num_elements": 600}'
    assert [(tag.key, tag.value) for tag in read.tags] == [("mlflow.data.context", "evaluation")]
    document = runstone.artifacts.load_dict(f"runs:/{run.info.run_id}/evaluation/evaluation.json")
    assert document["version"] == 1
    assert document["metrics"]["r2_score"]["value"] == result.metrics["r2_score"]


def test_run_of_its_own_is_ended(houses: pd.DataFrame, regressor: Any) -> None:
    result = evaluated(regressor, houses)

    assert runstone.active_run() is None
    assert result.run_id is not None
    assert runstone.get_run(result.run_id).info.status == "FINISHED"


def test_offline_run_is_evaluated_as_any(houses: pd.DataFrame, regressor: Any) -> None:
    runstone.offline()

    with runstone.start_run() as run:
        result = evaluated(regressor, houses)

    assert runstone.get_run(run.info.run_id).data.metrics == result.metrics


def test_metrics_are_those_of_the_logged_model_on_this_data(houses: pd.DataFrame, regressor: Any) -> None:
    with runstone.start_run():
        model = runstone.create_external_model("prices")
        result = evaluated(regressor, houses, model_id=model.model_id)

    found = {metric.key: metric for metric in runstone.get_logged_model(model.model_id).metrics or []}
    assert found["r2_score"].value == result.metrics["r2_score"]
    assert found["r2_score"].dataset_name == "dataset"
    assert result.evaluation.dataset is not None
    assert found["r2_score"].dataset_digest == result.evaluation.dataset.digest


def test_model_is_found_by_its_address(houses: pd.DataFrame, regressor: Any) -> None:
    with runstone.start_run():
        info = runstone.sklearn.log_model(regressor, name="prices")
        result = evaluated(info.model_uri, houses)

    assert result.evaluation.model == info.model_uri
    assert result.metrics == evaluated(regressor, houses).metrics
    logged = runstone.get_logged_model(info.model_id)
    assert "r2_score" in {metric.key for metric in logged.metrics or []}


def test_address_without_a_model_is_refused(houses: pd.DataFrame) -> None:
    with pytest.raises(NotFound):
        evaluated("models:/none/1", houses)


def test_classifier_by_address_tells_probabilities(patients: pd.DataFrame, classifier: Any, tmp_path: Path) -> None:
    runstone.sklearn.save_model(classifier, str(tmp_path / "model"))

    result = runstone.evaluate(
        tmp_path / "model",
        patients[["age", "dose", "ill"]],
        targets="ill",
        model_type="classifier",
        evaluator_config=PLAIN,
    )

    assert result.metrics["roc_auc"] > 0.5


def test_pictures_are_left_out_when_wanted(houses: pd.DataFrame, regressor: Any) -> None:
    config = {"resamples": 0, "log_model_explainability": False}

    drawn = evaluated(regressor, houses, evaluator_config=config)
    plain = evaluated(regressor, houses, evaluator_config={**config, "pictures": False})

    assert set(drawn.artifacts) == {"residuals_plot"}
    assert set(plain.artifacts) == set()
    assert plain.metrics == drawn.metrics


def test_demand_may_name_a_metric_with_its_prefix(houses: pd.DataFrame, regressor: Any) -> None:
    good, bad = (runstone.MetricThreshold(value, greater_is_better=True) for value in (0.5, 2))
    config = {**PLAIN, "metric_prefix": "val_"}

    for name in ("r2_score", "val_r2_score"):
        evaluated(regressor, houses, evaluator_config=config, validation_thresholds={name: good})
        with pytest.raises(ThresholdsNotMet, match="r2_score is 0"):
            evaluated(regressor, houses, evaluator_config=config, validation_thresholds={name: bad})


def test_prefix_keeps_two_evaluations_of_a_run_apart(houses: pd.DataFrame, regressor: Any) -> None:
    with runstone.start_run() as run:
        evaluated(regressor, houses)
        early = evaluated(regressor, houses[:100], evaluator_config={**PLAIN, "metric_prefix": "early_"})

    metrics = runstone.get_run(run.info.run_id).data.metrics
    assert metrics["example_count"] == 200
    assert metrics["early_example_count"] == early.metrics["early_example_count"] == 100
    files = runstone.artifacts.list_artifacts(run_id=run.info.run_id, artifact_path="evaluation/early")
    assert "evaluation/early/evaluation.json" in [file.path for file in files]


def test_intervals_are_the_same_for_the_same_seed(houses: pd.DataFrame, regressor: Any) -> None:
    def intervals(**config: Any) -> dict[str, tuple[float, float]]:
        return evaluated(regressor, houses, evaluator_config={**PLAIN, "resamples": 50, **config}).intervals

    low, high = intervals()["mean_absolute_error"]
    assert intervals() == intervals()
    assert intervals() != intervals(seed=1)
    narrow = intervals(confidence_level=0.5)["mean_absolute_error"]
    assert low < narrow[0] < narrow[1] < high
    assert "max_error" not in intervals()


def test_dataset_tells_its_own_targets_and_predictions(houses: pd.DataFrame, regressor: Any) -> None:
    frame = houses.assign(guess=regressor.predict(houses[["size", "age"]]))
    data = runstone.data.from_pandas(frame, targets="price", predictions="guess", name="houses")

    result = runstone.evaluate(data=data, model_type="regressor", evaluator_config=PLAIN)

    assert result.evaluation.dataset is not None
    assert result.evaluation.dataset.name == "houses"
    assert result.metrics["r2_score"] == pytest.approx(evaluated(regressor, houses).metrics["r2_score"])


def test_tables_of_polars_and_arrow_are_taken(houses: pd.DataFrame, regressor: Any) -> None:
    frame, table = polars.DataFrame(houses.to_dict("list")), pyarrow.Table.from_pandas(houses)
    wanted = pytest.approx(evaluated(regressor, houses).metrics)

    for data in (frame, frame.lazy(), table, table.to_batches()[0]):
        assert evaluated(regressor, data).metrics == wanted
    compared = evaluated(
        regressor, table.append_column("old", table["age"]), baseline_model="old"
    ).evaluation.comparison
    assert compared is not None
    assert compared.baseline == "old"


def test_column_of_what_a_model_gives_can_be_named(houses: pd.DataFrame, regressor: Any) -> None:
    def both(rows: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"price": regressor.predict(rows), "spread": 1.0})

    result = evaluated(both, houses, predictions="price", feature_names=["size", "age"])

    assert result.metrics["r2_score"] > 0.9
    with pytest.raises(InvalidValue, match="names the column 'cost', and the model gave price, spread"):
        evaluated(both, houses, predictions="cost")


def test_result_is_saved_and_loaded(houses: pd.DataFrame, regressor: Any, tmp_path: Path) -> None:
    result = evaluated(regressor, houses, evaluator_config={"resamples": 20})
    result.save(tmp_path / "kept")

    loaded = runstone.EvaluationResult.load(tmp_path / "kept")

    assert loaded.evaluation == result.evaluation
    assert loaded.metrics == result.metrics
    assert loaded.intervals == result.intervals
    assert set(loaded.artifacts) == set(result.artifacts)
    assert runstone.EvaluationResult.load(f"runs:/{result.run_id}/evaluation").metrics == result.metrics
    with pytest.raises(InvalidState, match="is there already; name a new folder"):
        result.save(tmp_path / "kept")


def test_place_without_an_evaluation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "evaluation.json").write_text(json.dumps({"version": 99}))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "evaluation.json").write_text(json.dumps({"version": 1}))

    with pytest.raises(LocalFileNotFound):
        runstone.EvaluationResult.load(tmp_path / "none")
    with pytest.raises(InvalidValue, match=r"holds no evaluation\.json"):
        runstone.EvaluationResult.load(tmp_path / "empty")
    with pytest.raises(InvalidValue, match="of version 99, and this Runstone reads up to 1; upgrade it"):
        runstone.EvaluationResult.load(tmp_path / "newer")
    with pytest.raises(InvalidValue, match="is no evaluation: Object missing required field"):
        runstone.EvaluationResult.load(tmp_path / "broken")


def test_result_shows_itself(houses: pd.DataFrame, regressor: Any) -> None:
    result = evaluated(regressor, houses, evaluator_config={**PLAIN, "resamples": 50})

    text, html = repr(result), result._repr_html_()

    assert text.startswith("<EvaluationResult: regressor, 200 examples\n")
    assert "example_count                   200\n" in text
    assert " to " in text
    assert "<td style='text-align:left'>r2_score</td>" in html
    assert "95% interval" in html


def test_metrics_are_a_table(houses: pd.DataFrame, regressor: Any) -> None:
    table = evaluated(regressor, houses).tables["metrics"]

    assert list(table.columns) == ["metric", "value", "low", "high", "greater_is_better"]
    assert "r2_score" in table["metric"].tolist()


def test_threshold_that_is_not_met_raises_when_all_is_logged(houses: pd.DataFrame, regressor: Any) -> None:
    wanted = {
        "r2_score": runstone.MetricThreshold(0.5, greater_is_better=True),
        "mean_absolute_error": runstone.MetricThreshold(1, greater_is_better=False),
    }

    with runstone.start_run() as run, pytest.raises(ThresholdsNotMet, match=r"^mean_absolute_error is .* <= 1$"):
        evaluated(regressor, houses, validation_thresholds=wanted)

    kept = runstone.artifacts.load_dict(f"runs:/{run.info.run_id}/evaluation/evaluation.json")
    assert [check["passed"] for check in kept["checks"]] == [True, False]
