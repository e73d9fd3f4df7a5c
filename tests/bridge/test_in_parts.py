"""Experiments whose runs and logged models belong together, brought one by one."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge.brought import Brought
from runstone.bridge.bundle_reader import Bundle
from runstone.bridge.bundle_writer import write
from runstone.bridge.chosen import Chosen
from runstone.bridge.importing import bring
from runstone.bridge.selection import of_runs
from runstone.bridge.store_source import StoreSource
from runstone.entities import LoggedModelStatus, Metric, ModelInput, ModelMetric, ModelOutput, Param, RunStatus, Tag
from runstone.entities.tag import EXTERNAL
from runstone.stores.sql.store import SqlStore
from tests.bridge.stores import Place, bring_in, export, new_store


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Place]:
    """A store with a logged model in the experiment a, that a run in b has measured, read, and said to have made."""
    with new_store("sqlite", tmp_path / "origin") as (address, store):
        first, second = (store.create_experiment(name) for name in "ab")
        model = store.create_logged_model(first, name="tree", tags=[Tag(EXTERNAL, "true")])
        store.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
        run_id = store.create_run(second).info.run_id
        values = [
            ModelMetric("loss", value, 5, step, model.model_id, "d", "1") for step, value in ((1, 0.5), (2, 0.25))
        ]
        store.log_batch(run_id, metrics=values)
        store.log_inputs(run_id, models=[ModelInput(model.model_id)])
        store.log_outputs(run_id, [ModelOutput(model.model_id, 3)])
        store.update_run(run_id, status=RunStatus.FINISHED)
        yield address, store


def bring_some(origin: Place, target: Place, *names: str) -> Brought:
    source = StoreSource(*origin)
    return bring(Chosen(source, names) if names else source, target[1], tracking_uri=target[0])


def related(place: Place) -> Any:
    """What is said of the model and of the run, and where the curve of the run goes."""
    found: dict[str, Any] = {}
    source = StoreSource(*place)
    for experiment in source.experiments():
        for model in source.logged_models(experiment.experiment_id):
            found["model"] = [(each.key, float(each.value), each.step, each.run_id) for each in model.metrics]
        for run in source.runs(experiment.experiment_id):
            found["run"] = [run.inputs.model_inputs, run.outputs.model_outputs, list(source.metrics(run.info.run_id))]
    return found


@pytest.mark.parametrize("parts", [["a", "b", "a"], ["b", "a", "b"], ["a", "b", ""], ["b", "a", ""]])
def test_values_and_inputs_come_with_whatever_is_brought_last(origin: Place, target: Place, parts: list[str]) -> None:
    for part in parts[:-1]:
        bring_some(origin, target, *part)

    brought = bring_some(origin, target, *parts[-1])

    assert related(target) == related(origin)
    assert brought.problems == []


def test_what_is_left_out_is_told(origin: Place, target: Place) -> None:
    [run] = origin[1].search_runs([origin[1].get_experiment_by_name("b").experiment_id])
    model_id = run.inputs.model_inputs[0].model_id

    [problem] = bring_some(origin, target, "a").problems
    assert problem == (
        f"2 of the values of the logged model {model_id} were left out, since the run {run.info.run_id} that measured "
        "them is not there; bring that, and this once more"
    )
    with new_store("sqlite", Path(origin[0].removeprefix("sqlite:///")).parent / "empty") as empty:
        assert bring_some(origin, empty, "b").problems == [
            f"the run {run.info.run_id} {did} the logged model {model_id}, which is neither among what is brought nor "
            "there already"
            for did in ("read", "made")
        ]


def test_bundle_of_a_run_finds_the_model_that_came_in_another(tmp_path: Path, origin: Place, target: Place) -> None:
    for name in "ab":
        brought = bring_in(export(*origin, name, tmp_path / f"{name}.zip"), *target)

    assert brought.problems == []
    assert related(target)["run"] == related(origin)["run"]


@pytest.mark.parametrize("parts", ["aba", "baa"])
def test_values_come_in_the_bundle_of_the_model_once_the_run_is_there(
    tmp_path: Path, origin: Place, target: Place, parts: str
) -> None:
    files = {name: export(*origin, name, tmp_path / f"{name}.zip") for name in "ab"}
    for part in parts[:-1]:
        bring_in(files[part], *target)

    brought = bring_in(files[parts[-1]], *target)

    assert brought.problems == []
    assert related(target)["model"] == related(origin)["model"]


def test_bundle_of_a_run_has_no_values_of_others(tmp_path: Path, origin: Place) -> None:
    _, store = origin
    experiment = store.get_experiment_by_name("a").experiment_id
    first, second = (store.create_run(experiment).info.run_id for _ in range(2))
    [model] = store.search_logged_models([experiment])
    store.log_outputs(first, [ModelOutput(model.model_id, 0)])
    for run_id in (first, second):
        store.log_batch(run_id, metrics=[ModelMetric("loss", 1.0, 0, 0, model.model_id)])

    write(of_runs(StoreSource(*origin), [first]), tmp_path / "one.zip")

    with closing(Bundle(tmp_path / "one.zip")) as bundle:
        [found] = bundle.logged_models(experiment)
    assert [metric.run_id for metric in found.metrics] == [first]


class Forgetful(SqlStore):
    """A store that acknowledges what it does not keep of logged models."""

    forgets = True

    def log_batch(
        self, run_id: str, *, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[Tag] = ()
    ) -> None:
        kept = [each for each in metrics if not (self.forgets and isinstance(each, ModelMetric) and each.step == 2)]
        super().log_batch(run_id, metrics=kept, params=params, tags=tags)

    def log_outputs(self, run_id: str, models: Sequence[ModelOutput]) -> None:
        if not self.forgets:
            super().log_outputs(run_id, models)


def test_what_did_not_arrive_of_a_logged_model_is_told(tmp_path: Path, origin: Place) -> None:
    [run] = origin[1].search_runs([origin[1].get_experiment_by_name("b").experiment_id])
    model_id, run_id = run.inputs.model_inputs[0].model_id, run.info.run_id
    address = f"sqlite:///{tmp_path}/runs.db"
    with closing(Forgetful(address)) as store:
        of_model, of_run = bring_some(origin, (address, store)).problems
        assert of_model == f"1 of the values of the logged model {model_id} did not arrive, import again"
        assert of_run.startswith(f"the run {run_id} is not what was brought, import again: ")
        assert of_run.endswith(f"it is not said that it made the logged model {model_id}")

        store.forgets = False
        assert bring_some(origin, (address, store)).problems == []
        assert related((address, store)) == related(origin)


def test_run_that_has_ended_since_it_was_brought_is_told(origin: Place, target: Place) -> None:
    run_id = origin[1].create_run("0").info.run_id
    assert [bring_some(origin, target).problems for _ in range(2)] == [[], []]
    origin[1].log_batch(run_id, metrics=[Metric("late", 1.0, 1, 1)])
    origin[1].update_run(run_id, status=RunStatus.FINISHED)

    for _ in range(2):
        [problem] = bring_some(origin, target).problems
        assert problem.startswith(f"the run {run_id} is RUNNING in the store and FINISHED in the source")

    assert target[1].get_run(run_id).data.metrics == {}
