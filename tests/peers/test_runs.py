"""Runs, by the genuine fluent functions and client on our server."""

import math
from pathlib import Path
from typing import Any

import pytest

from runstone.entities import LifecycleStage, RunStatus
from runstone.stores.rest.tracking import RestStore
from tests.peers.genuine import run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def seen(address: str, folder: Path) -> Any:
    return run_script("runs", address, folder)


def test_run_reads_back_as_it_was_logged(seen: Any, store: RestStore) -> None:
    mother = seen["mother"]
    ours = store.get_run(seen["ids"]["mother"])

    assert mother["name"] == "mother"
    assert mother["status"] == "FINISHED"
    assert mother["stage"] == "active"
    assert mother["ended"]
    assert mother["experiment_id"] == seen["experiment_id"]
    assert mother["artifacts"] == f"mlflow-artifacts:/{seen['experiment_id']}/{seen['ids']['mother']}/artifacts"
    assert mother["params"] == {"lr": "0.01", "depth": "3", "name": "Bäume", "empty": ""}
    assert mother["metrics"] == {"loss": 0.25, "accuracy": 0.9, "auc": 1.0}
    assert mother["tags"].items() >= {"stage": "one", "colour": "grün", "mlflow.runName": "mother"}.items()
    assert mother["tags"]["mlflow.note.content"] == "A run with children"
    assert "gone" not in mother["tags"]
    assert ours.data.params == mother["params"]
    assert ours.data.tags == mother["tags"]


def test_children_know_their_parents(seen: Any, store: RestStore) -> None:
    ids = seen["ids"]

    child = store.get_run(ids["child"])

    assert seen["parents"] == [ids["child"], ids["mother"], None]
    assert child.data.tags["mlflow.parentRunId"] == ids["mother"]


def test_metric_keeps_steps_and_times(seen: Any, store: RestStore) -> None:
    ours = store.metric_history(seen["ids"]["mother"], "loss")

    assert seen["loss"] == [[1, 1_700_000_000_000, 0.5], [2, 1_700_000_001_000, 0.25]]
    assert [[point.step, point.timestamp, point.value] for point in ours[:2]] == seen["loss"]


def test_nan_and_infinities_are_kept_as_they_are(seen: Any, store: RestStore) -> None:
    ours = store.get_run(seen["ids"]["child"]).data.metrics

    assert seen["child_metrics"] == {"loss": "nan", "high": "inf", "low": "-inf"}
    assert seen["not_finite"] == {"loss": ["nan"], "high": ["inf"], "low": ["-inf"]}
    assert math.isnan(ours["loss"])
    assert ours["high"] == math.inf
    assert ours["low"] == -math.inf


def test_run_is_taken_up_again(seen: Any) -> None:
    assert seen["resumed"] == [seen["ids"]["mother"], 0.125]


def test_run_that_breaks_has_failed(seen: Any) -> None:
    assert seen["broken"] == "FAILED"


def test_client_makes_changes_and_ends_a_run(seen: Any, store: RestStore) -> None:
    run_id, status, started, name, tags = seen["made"]

    ours = store.get_run(run_id)

    assert (status, started, name, tags) == (
        "RUNNING",
        12345,
        "by hand",
        {"who": "client", "mlflow.runName": "by hand"},
    )
    assert seen["updated"] == ["SCHEDULED", "renamed", "renamed"]
    assert seen["killed"] == ["KILLED", 54321]
    assert ours.info.status is RunStatus.KILLED
    assert ours.info.run_name == "renamed"
    assert ours.info.end_time == 54321
    assert ours.data.params["single"] == "value"
    assert ours.data.metrics["single"] == 1.5
    assert ours.data.tags["single"] == "tag"


def test_largest_batch_is_taken_whole(seen: Any, store: RestStore) -> None:
    history = store.metric_history(seen["made"][0], "m")

    assert seen["batched"] == [{"m": 249.75}, 100, 102]
    assert [point.value for point in history] == [step / 4 for step in range(1000)]


def test_deleted_run_comes_back(seen: Any, store: RestStore) -> None:
    assert seen["deleted"] == seen["mlflow_deleted"] == "deleted"
    assert seen["restored"] == "active"
    assert store.get_run(seen["made"][0]).info.lifecycle_stage is LifecycleStage.ACTIVE


def test_values_sent_in_the_background_all_arrive(seen: Any) -> None:
    assert seen["late"] == 50


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("param_changed", "INVALID_PARAMETER_VALUE"),
        ("to_deleted", "INVALID_PARAMETER_VALUE"),
        ("unknown_run", "RESOURCE_DOES_NOT_EXIST"),
        ("unknown_metric_run", "RESOURCE_DOES_NOT_EXIST"),
        ("unknown_history", "RESOURCE_DOES_NOT_EXIST"),
        ("no_experiment", "RESOURCE_DOES_NOT_EXIST"),
        ("long_key", "INVALID_PARAMETER_VALUE"),
        ("long_param", "INVALID_PARAMETER_VALUE"),
        ("bad_key", "INVALID_PARAMETER_VALUE"),
        ("no_tag", "RESOURCE_DOES_NOT_EXIST"),
    ],
)
def test_refusal_has_its_code_and_a_sentence(seen: Any, call: str, code: str) -> None:
    found, sentence = seen[call]

    assert found == code
    assert sentence.startswith(f"{code}: ")
    assert len(sentence.removeprefix(f"{code}: ").split()) >= 4


def test_same_param_again_is_no_error(seen: Any) -> None:
    assert seen["param_twice"] == seen["param_twice_in_batch"] == ["", ""]
