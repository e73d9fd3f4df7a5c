"""From a store into a bundle, into another store, and into a bundle again: nothing is lost, nothing is added."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.bridge.bundle_reader import Bundle
from runstone.bridge.bundle_writer import write
from runstone.bridge.importing import bring
from runstone.bridge.marks import ORIGIN, UNFINISHED
from runstone.bridge.selection import of_experiment, of_runs
from runstone.bridge.store_source import StoreSource
from runstone.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModel,
    LoggedModelStatus,
    Metric,
    ModelInput,
    ModelMetric,
    ModelOutput,
    ModelStage,
    ModelTag,
    Param,
    RegisteredModel,
    Run,
    RunStatus,
    Tag,
)
from runstone.errors import RunNotFound
from runstone.testing.store_machine import METRICS, PARAMS, TAGS
from tests.bridge.stores import KINDS, bring_in, content, export, new_store, put_file
from tests.postgres import MISSING, programs

RUNS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["", "a", "größe 🙂"]),
            "start": st.integers(0, 10),
            "status": st.sampled_from(RunStatus),
            "end": st.none() | st.integers(0, 10),
            "metrics": METRICS,
            "params": PARAMS,
            "tags": TAGS,
            "files": st.dictionaries(st.sampled_from(["a", "b/c", "b/größe.txt"]), st.binary(max_size=20), max_size=2),
            "is_deleted": st.booleans(),
            "models": st.integers(0, 2),
            "versions": st.integers(0, 2),
        }
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """A store to bring things into."""
    if request.param == "postgres" and programs() is None:
        pytest.skip(MISSING)
    with new_store(request.param, tmp_path) as store:
        yield store


def fill(address: str, store: Any, name: str, runs: list[dict[str, Any]]) -> None:
    """An experiment with these runs."""
    experiment = store.create_experiment(name, tags=[Tag("a", name)])
    for number, given_run in enumerate(runs):
        run = store.create_run(experiment, run_name=given_run["name"], start_time=given_run["start"], user_id="ada")
        run_id = run.info.run_id
        params = {param.key: param for param in given_run["params"]}
        store.log_batch(run_id, metrics=given_run["metrics"], params=list(params.values()), tags=given_run["tags"])
        for path, data in given_run["files"].items():
            put_file(address, run.info.artifact_uri, path, data)
        for each in range(given_run["models"]):
            model = store.create_logged_model(
                experiment, name=f"m{each}", source_run_id=run_id, params=[Param("p", "q")], tags=[Tag("t", "u")]
            )
            put_file(address, model.artifact_location, "MLmodel", b"flavors: {}")
            on = {"model_id": model.model_id, "dataset_name": "d", "dataset_digest": "1"}
            store.log_batch(run_id, metrics=[ModelMetric("rmse", value, 1, each, **on) for value in (nan, -inf, 0.5)])
            store.log_outputs(run_id, [ModelOutput(model.model_id, each)])
            store.log_inputs(run_id, models=[ModelInput(model.model_id)])
            store.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
        use = DatasetInput(dataset=Dataset(f"d{number}", "1", schema="{}"), tags=[InputTag("part", "a")])
        store.log_inputs(run_id, datasets=[use])
        for _ in range(given_run["versions"]):
            version(store, f"registered {number}", f"{run.info.artifact_uri}/b", run_id)
        store.update_run(run_id, status=given_run["status"], end_time=given_run["end"])
        if given_run["is_deleted"]:
            store.delete_run(run_id)


def version(store: Any, name: str, source: str, run_id: str) -> str:
    """A version of a registered model, which is made with the first one; returns its number."""
    if not store.search_registered_models(filter_string=f"name = '{name}'"):
        store.create_registered_model(name, tags=[ModelTag("t", name)], description="What it is.")
    made = store.create_model_version(name, source, run_id=run_id, tags=[ModelTag("n", "1")], description="Why.")
    store.set_registered_model_alias(name, "last", made.version)
    store.transition_model_version_stage(name, made.version, ModelStage.STAGING)
    return str(made.version)


@given(RUNS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_bundle_of_what_was_brought_is_the_bundle_that_was_read(
    target: tuple[str, Any], origin: tuple[str, Any], runs: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        name = folder.name  # one for each example: they share the stores
        for model in origin[1].search_registered_models():
            origin[1].delete_registered_model(model.name)
            target[1].delete_registered_model(model.name)
        fill(*origin, name, runs)
        first = export(*origin, name, folder / "first.zip")

        brought = bring_in(first, *target)
        second = export(*target, name, folder / "second.zip")

        assert brought.problems == []
        assert content(second) == content(first)


def one_run(**more: Any) -> dict[str, Any]:
    """A run of one value, one param and one file."""
    return {
        "name": "only",
        "start": 1,
        "status": RunStatus.FINISHED,
        "end": 2,
        "metrics": [Metric("a", 0.5, 1, 1)],
        "params": [Param("p", "1")],
        "tags": [Tag("t", "1")],
        "files": {"a": b"1"},
        "is_deleted": False,
        "models": 1,
        "versions": 1,
        **more,
    }


def test_bundle_of_the_same_content_has_the_same_bytes(tmp_path: Path, origin: tuple[str, Any]) -> None:
    fill(*origin, "one", [one_run(), one_run()])

    first, second = (export(*origin, "one", tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))

    assert first == second


def test_bringing_again_changes_nothing(tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]) -> None:
    fill(*origin, "one", [one_run(models=2, versions=2), one_run(is_deleted=True)])
    bundle = export(*origin, "one", tmp_path / "a.zip")
    bring_in(bundle, *target)
    before = content(export(*target, "one", tmp_path / "before.zip"))

    again = bring_in(bundle, *target)

    assert (again.experiments, again.runs, again.logged_models, again.model_versions, again.problems) == (
        0,
        0,
        0,
        0,
        [],
    )
    assert content(export(*target, "one", tmp_path / "after.zip")) == before


def test_bringing_back_into_the_store_it_came_from_changes_nothing(tmp_path: Path, origin: tuple[str, Any]) -> None:
    fill(*origin, "one", [one_run()])
    bundle = export(*origin, "one", tmp_path / "a.zip")

    bring_in(bundle, *origin)

    assert export(*origin, "one", tmp_path / "b.zip").read_bytes() == bundle.read_bytes()


class Stopped(Exception):
    """Stands for the end of a process."""


class StoppedBundle(Bundle):
    """A bundle whose reading ends in the middle, once it was checked."""

    is_checked = False

    def metrics(self, run_id: str) -> Iterator[Metric]:
        yield from super().metrics(run_id)
        if self.is_checked:
            raise Stopped


def test_import_that_was_stopped_goes_on(tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]) -> None:
    fill(*origin, "one", [one_run(), one_run()])
    bundle = export(*origin, "one", tmp_path / "a.zip")
    with closing(StoppedBundle(bundle)) as stopped:
        stopped.is_checked = True
        with pytest.raises(Stopped):
            bring(stopped, target[1], tracking_uri=target[0])
    [half] = target[1].search_runs([target[1].get_experiment_by_name("one").experiment_id])

    bring_in(bundle, *target)

    assert UNFINISHED in half.data.tags
    assert content(export(*target, "one", tmp_path / "b.zip")) == content(bundle)


def test_half_brought_run_that_was_deleted_is_brought_and_stops_no_other(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    fill(*origin, "one", [one_run(), one_run()])
    bundle = export(*origin, "one", tmp_path / "a.zip")
    with closing(StoppedBundle(bundle)) as stopped:
        stopped.is_checked = True
        with pytest.raises(Stopped):
            bring(stopped, target[1], tracking_uri=target[0])
    [half] = target[1].search_runs([target[1].get_experiment_by_name("one").experiment_id])
    target[1].delete_run(half.info.run_id)

    brought = bring_in(bundle, *target)

    assert brought.problems == []
    assert content(export(*target, "one", tmp_path / "b.zip")) == content(bundle)


def test_single_run_goes_with_what_is_its_own(tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]) -> None:
    fill(*origin, "one", [one_run(), one_run(name="other")])
    [run] = origin[1].search_runs(["1"], filter_string="attributes.run_name = 'only'")
    write(of_runs(StoreSource(*origin), [run.info.run_id]), tmp_path / "a.zip")
    brought = bring_in(tmp_path / "a.zip", *target)

    assert (brought.runs, brought.logged_models, brought.model_versions, brought.files) == (1, 1, 1, 2)
    assert [each.name for each in target[1].search_registered_models()] == ["registered 0"]


class BusySource(StoreSource):
    """A store in which a run logs on, and another begins, each time that something was asked for."""

    def __init__(self, address: str, store: Any, run_id: str) -> None:
        super().__init__(address, store)
        self._address, self._busy, self._running = address, store, run_id

    def runs(self, experiment_id: str) -> Iterator[Run]:
        yield from super().runs(experiment_id)
        self.go_on()

    def metrics(self, run_id: str) -> Iterator[Metric]:
        self.go_on()
        return super().metrics(run_id)

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        self.go_on()
        return super().logged_models(experiment_id)

    def registered_models(self) -> Iterator[RegisteredModel]:
        self.go_on()
        return super().registered_models()

    def go_on(self) -> None:
        begun = self._busy.create_run("1").info.run_id
        version(self._busy, "of both", "s3://elsewhere/model", begun)
        for run_id in (self._running, begun):
            model = self._busy.create_logged_model("1", source_run_id=run_id)
            self._busy.log_outputs(run_id, [ModelOutput(model.model_id, 1)])
            values = [Metric("a", 2.5, 2, 2), ModelMetric("rmse", 0.5, 1, 1, model_id=model.model_id)]
            self._busy.log_batch(run_id, metrics=values, params=[Param(model.model_id, "1")])
            put_file(self._address, self._busy.get_run(run_id).info.artifact_uri, model.model_id, b"1")
            put_file(self._address, model.artifact_location, "MLmodel", b"flavors: {}")


def test_experiment_in_which_runs_go_on_and_begin_makes_a_bundle_that_is_taken(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    fill(*origin, "one", [one_run(status=RunStatus.RUNNING, end=None)])
    [run] = origin[1].search_runs(["1"])
    busy = BusySource(*origin, run.info.run_id)
    write(of_experiment(busy, origin[1].get_experiment("1")), tmp_path / "a.zip")

    brought = bring_in(tmp_path / "a.zip", *target)

    experiment = target[1].get_experiment_by_name("one").experiment_id
    assert [each.info.run_id for each in target[1].search_runs([experiment])] == [run.info.run_id]
    assert {each.source_run_id for each in target[1].search_logged_models([experiment])} == {run.info.run_id}
    assert (brought.runs, brought.problems) == (1, [])


def test_run_that_is_not_there_is_told(origin: tuple[str, Any]) -> None:
    with pytest.raises(RunNotFound):
        of_runs(StoreSource(*origin), ["0" * 32])


def test_numbers_of_versions_stay_where_one_was_deleted(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    fill(*origin, "one", [one_run(versions=0)])
    [run] = origin[1].search_runs(["1"])
    numbers = [version(origin[1], "m", f"{run.info.artifact_uri}/{each}", run.info.run_id) for each in range(4)]
    for gone in (numbers[0], numbers[2]):
        origin[1].delete_model_version("m", gone)

    brought = bring_in(export(*origin, "one", tmp_path / "a.zip"), *target)

    assert sorted(each.version for each in target[1].search_model_versions()) == ["2", "4"]
    assert (brought.model_versions, brought.problems) == (2, [])


def test_logged_model_whose_id_is_used_up_gets_another_and_is_known_again(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    fill(*origin, "one", [one_run()])
    [model] = origin[1].search_logged_models(["1"])
    gone = target[1].create_logged_model("0", name="gone", model_id=model.model_id)
    target[1].delete_logged_model(gone.model_id)
    bundle = export(*origin, "one", tmp_path / "a.zip")

    brought, again = bring_in(bundle, *target), bring_in(bundle, *target)

    [made] = target[1].search_logged_models([target[1].get_experiment_by_name("one").experiment_id])
    assert brought.problems == [f"the logged model {model.model_id} is {made.model_id} now"]
    assert (made.tags[ORIGIN], made.creation_timestamp) == (model.model_id, model.creation_timestamp)
    assert (again.logged_models, again.problems) == (0, [])


def test_version_that_finds_its_number_taken_is_told(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    fill(*origin, "one", [one_run()])
    version(target[1], "registered 0", "s3://elsewhere/model", "")

    brought = bring_in(export(*origin, "one", tmp_path / "a.zip"), *target)

    assert brought.problems == [
        "the version 1 of the registered model 'registered 0' is version 2 now",
        "the alias 'last' of the registered model 'registered 0' goes on to stand for version 1, not for 2",
    ]


def test_run_that_is_half_there_in_another_experiment_is_left_as_it_is(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    fill(*origin, "one", [one_run(models=0, versions=0)])
    [run] = origin[1].search_runs(["1"])
    other = target[1].create_experiment("other")
    target[1].create_run(other, run_id=run.info.run_id, tags=[Tag(UNFINISHED, "")])

    brought = bring_in(export(*origin, "one", tmp_path / "a.zip"), *target)

    [problem] = brought.problems
    assert f"the run {run.info.run_id} is in the experiment {other}" in problem
    assert target[1].get_run(run.info.run_id).data.metrics == {}
