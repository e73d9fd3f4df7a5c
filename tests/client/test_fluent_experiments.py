"""The module verbs about experiments, and which experiment is meant when none is named."""

from typing import Any
from uuid import uuid4

import pytest

import runstone
from runstone.client import context
from runstone.entities import LifecycleStage
from runstone.errors import (
    ExperimentDeleted,
    ExperimentNotFound,
    InvalidValue,
    NotFound,
    Unsupported,
)

pytestmark = pytest.mark.usefixtures("chosen")


def test_nested_run_belongs_to_the_active_one_and_its_experiment() -> None:
    elsewhere = runstone.create_experiment(f"elsewhere {uuid4()}")
    with runstone.start_run(experiment_id=elsewhere) as outer:
        with runstone.start_run(nested=True) as inner:
            runstone.log_metric("x", 1)
        runstone.log_metric("x", 2)

    parent = runstone.get_parent_run(inner.info.run_id)
    assert parent is not None
    assert parent.info.run_id == outer.info.run_id
    assert inner.info.experiment_id == elsewhere
    assert runstone.get_run(inner.info.run_id).data.metrics == {"x": 1}
    assert runstone.get_run(outer.info.run_id).data.metrics == {"x": 2}
    assert runstone.get_parent_run(outer.info.run_id) is None


def test_settings_name_the_experiment_and_the_run(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    context.forget_choices()
    runstone.set_tracking_uri(address)
    name = f"from the environment {uuid4()}"
    monkeypatch.setenv("RUNSTONE_EXPERIMENT_NAME", name)
    monkeypatch.setenv("MLFLOW_RUN_NAME", "named so")

    with runstone.start_run() as by_name:
        pass
    monkeypatch.setenv("RUNSTONE_EXPERIMENT_ID", "0")
    with runstone.start_run() as by_id:
        pass

    made = runstone.get_experiment_by_name(name)
    assert made is not None
    assert by_name.info.experiment_id == made.experiment_id
    assert by_name.info.run_name == "named so"
    assert by_id.info.experiment_id == "0"


def test_chosen_experiment_is_found_by_its_name_at_another_address(tmp_path: Any) -> None:
    name = f"moves {uuid4()}"
    runstone.set_experiment(name)
    runstone.set_tracking_uri(f"sqlite:///{tmp_path}/other.db")

    with runstone.start_run() as run:
        pass

    assert runstone.get_experiment(run.info.experiment_id).name == name


def test_experiment_is_chosen_by_name_or_by_id() -> None:
    name = f"chosen {uuid4()}"

    made = runstone.set_experiment(name)
    again = runstone.set_experiment(name)
    by_id = runstone.set_experiment(experiment_id=made.experiment_id)

    assert made.name == name
    assert made == again == by_id
    with runstone.start_run() as run:
        assert run.info.experiment_id == made.experiment_id


@pytest.mark.parametrize("arguments", [{}, {"experiment_name": "a", "experiment_id": "0"}])
def test_experiment_is_chosen_by_one_of_the_two(arguments: dict[str, str]) -> None:
    with pytest.raises(InvalidValue, match="experiment_name and experiment_id"):
        runstone.set_experiment(**arguments)


def test_experiment_that_cannot_be_chosen_is_refused() -> None:
    deleted = runstone.create_experiment(f"deleted {uuid4()}")
    runstone.delete_experiment(deleted)

    with pytest.raises(ExperimentDeleted):
        runstone.set_experiment(experiment_id=deleted)
    with pytest.raises(ExperimentNotFound):
        runstone.set_experiment(experiment_id="987654321")
    with pytest.raises(InvalidValue):
        runstone.set_experiment("")
    with pytest.raises(InvalidValue):
        runstone.set_experiment("n" * 501)
    with pytest.raises(Unsupported):
        runstone.set_experiment("a", trace_location="somewhere")


def test_name_of_a_deleted_experiment_makes_a_new_one() -> None:
    name = f"reused {uuid4()}"
    first = runstone.set_experiment(name)
    runstone.delete_experiment(first.experiment_id)

    second = runstone.set_experiment(name)

    assert second.experiment_id != first.experiment_id
    assert second.lifecycle_stage is LifecycleStage.ACTIVE


def test_run_in_a_deleted_experiment_is_refused() -> None:
    runstone.delete_experiment(runstone.set_experiment(f"deleted {uuid4()}").experiment_id)

    with pytest.raises(ExperimentDeleted):
        runstone.start_run()

    assert runstone.active_run() is None


def test_tags_of_the_chosen_experiment_are_set_and_deleted() -> None:
    chosen = runstone.set_experiment(f"tagged {uuid4()}")

    runstone.set_experiment_tag("a", 1)
    runstone.set_experiment_tags({"b": 2, "c": 3})
    runstone.delete_experiment_tag("b")

    assert runstone.get_experiment(chosen.experiment_id).tags == {"a": "1", "c": "3"}
    with pytest.raises(NotFound):
        runstone.delete_experiment_tag("b")
    with pytest.raises(InvalidValue):
        runstone.set_experiment_tags({"d": 4, "": 5})
    assert "d" not in runstone.get_experiment(chosen.experiment_id).tags


def test_search_of_experiments_goes_on_to_the_last_page() -> None:
    prefix = uuid4().hex
    for number in range(5):
        runstone.create_experiment(f"{prefix} {number}")

    every = runstone.search_experiments(filter_string=f"name LIKE '{prefix}%'", order_by=["name"])
    some = runstone.search_experiments(filter_string=f"name LIKE '{prefix}%'", order_by=["name"], max_results=3)

    assert [experiment.name for experiment in every] == [f"{prefix} {number}" for number in range(5)]
    assert some == every[:3]
    with pytest.raises(InvalidValue):
        runstone.search_experiments(max_results=0)
