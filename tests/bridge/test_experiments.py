"""Experiments that an import brings, of which some are in the trash."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge.marks import TO_BE_TRASHED
from runstone.entities import Experiment, LifecycleStage, RunStatus, ViewType
from runstone.stores.sql.store import SqlStore
from tests.bridge.stores import Place, bring_all


def experiment(store: Any, name: str, *, is_deleted: bool = False) -> tuple[str, str]:
    """An experiment with a run; returns the ids of both."""
    made = store.create_experiment(name)
    run = store.create_run(made)
    store.update_run(run.info.run_id, status=RunStatus.FINISHED)
    if is_deleted:
        store.delete_experiment(made)
    return made, run.info.run_id


def held(store: Any) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Experiments by name and stage, each with the ids and stages of its runs."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for each in store.search_experiments(view_type=ViewType.ALL):
        assert not any(tag.startswith(TO_BE_TRASHED) for tag in each.tags)
        if each.name != "Default":
            assert (each.name, each.lifecycle_stage) not in found
            runs = store.search_runs([each.experiment_id], view_type=ViewType.ALL)
            found[each.name, each.lifecycle_stage] = {(run.info.run_id, run.info.lifecycle_stage) for run in runs}
    return found


def named(store: Any, name: str) -> Experiment:
    found: Experiment = store.get_experiment_by_name(name)
    return found


def test_active_experiment_stays_in_use_beside_a_deleted_one_of_its_name(origin: Place, target: Place) -> None:
    _, gone = experiment(origin[1], "x", is_deleted=True)
    _, run = experiment(origin[1], "x")
    wanted = {("x", "active"): {(run, "active")}, ("x (deleted)", "deleted"): {(gone, "deleted")}}

    for _ in range(2):
        assert bring_all(origin, target).problems == []
        assert held(target[1]) == wanted


def test_deleted_experiment_leaves_one_alone_that_has_the_name_it_would_get(origin: Place, target: Place) -> None:
    _, gone = experiment(origin[1], "x", is_deleted=True)
    _, run = experiment(origin[1], "x")
    _, other = experiment(origin[1], "x (deleted)")

    for _ in range(2):
        bring_all(origin, target)
        assert held(target[1]) == {
            ("x", "active"): {(run, "active")},
            ("x (deleted)", "active"): {(other, "active")},
            ("x (deleted) (deleted)", "deleted"): {(gone, "deleted")},
        }


def test_experiment_that_was_taken_out_of_the_trash_since_stays_in_use(origin: Place, target: Place) -> None:
    number, run = experiment(origin[1], "x", is_deleted=True)
    bring_all(origin, target)
    there = named(target[1], "x").experiment_id
    target[1].restore_experiment(there)
    new = target[1].create_run(there).info.run_id
    origin[1].restore_experiment(number)
    later = origin[1].create_run(number).info.run_id
    origin[1].delete_experiment(number)

    bring_all(origin, target)

    assert held(target[1])["x", "active"] == {(run, "deleted"), (new, "active"), (later, "deleted")}


def test_run_of_a_deleted_experiment_is_added_to_the_one_in_the_trash(origin: Place, target: Place) -> None:
    number, run = experiment(origin[1], "x", is_deleted=True)
    bring_all(origin, target)
    origin[1].restore_experiment(number)
    later = origin[1].create_run(number).info.run_id
    origin[1].delete_experiment(number)

    bring_all(origin, target)

    assert held(target[1]) == {("x", "deleted"): {(run, "deleted"), (later, "deleted")}}


class Stopped(Exception):
    """Stands for the end of a process."""


class StoppedStore(SqlStore):
    """A store whose process ends at a change of an experiment: the one with the number ``last``."""

    last = 0

    def _count(self) -> None:
        self.last -= 1
        if self.last == 0:
            raise Stopped

    def create_experiment(self, *args: Any, **more: Any) -> str:
        made = super().create_experiment(*args, **more)
        self._count()
        return made

    def set_experiment_tag(self, *args: Any) -> None:
        super().set_experiment_tag(*args)
        self._count()

    def delete_experiment_tag(self, *args: Any) -> None:
        super().delete_experiment_tag(*args)
        self._count()

    def delete_experiment(self, *args: Any) -> None:
        super().delete_experiment(*args)
        self._count()

    def restore_experiment(self, *args: Any) -> None:
        super().restore_experiment(*args)
        self._count()


@pytest.mark.parametrize("was_there", [False, True])
@pytest.mark.parametrize("last", range(1, 7))
def test_import_that_is_stopped_at_any_change_of_an_experiment_goes_on(
    tmp_path: Path, origin: Place, last: int, was_there: bool
) -> None:
    number, run = experiment(origin[1], "x", is_deleted=True)
    address = f"sqlite:///{tmp_path}/runs.db"
    with closing(StoppedStore(address)) as store:
        if was_there:
            bring_all(origin, (address, store))
        store.last = last
        try:
            bring_all(origin, (address, store))
        except Stopped:
            if named(store, "x").lifecycle_stage is LifecycleStage.ACTIVE:
                origin[1].create_experiment("x")  # in use meanwhile; the one in the trash must not get in its way
        store.last = 0

        bring_all(origin, (address, store))

        stages = {(name.partition(" ")[0], stage): runs for (name, stage), runs in held(store).items()}
        assert stages["x", "deleted"] == {(run, "deleted")}
        assert stages.get(("x", "active"), set()) == set()
    assert origin[1].get_experiment(number).lifecycle_stage is LifecycleStage.DELETED
