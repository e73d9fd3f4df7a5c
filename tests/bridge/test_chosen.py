"""Some experiments of a source, with what belongs to them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge.chosen import Chosen
from runstone.bridge.fence import Fence
from runstone.bridge.importing import bring, steps_of
from runstone.bridge.mlflow_database import MlflowDatabase
from runstone.bridge.mlflow_folder import MlflowFolder
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.errors import ExperimentNotFound
from tests.bridge.stores import new_store
from tests.bridge.test_left_out import ROWS
from tests.bridge.test_mlflow_connection import TABLES, database
from tests.bridge.test_mlflow_folder import EXPERIMENT, META, OTHER, RUN, put
from tests.bridge.test_round_trip import fill, one_run


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """A store with two experiments of one run each, of whose files versions of a model of their own were made."""
    with new_store("sqlite", tmp_path / "origin") as (address, store):
        fill(address, store, "wanted", [one_run()])
        fill(address, store, "other", [one_run(), one_run(name="second", versions=2)])
        yield address, store


def test_models_of_what_is_chosen_come_along_and_no_others(tmp_path: Path, origin: tuple[str, Any]) -> None:
    source = Chosen(StoreSource(*origin), ["wanted"])
    with new_store("sqlite", tmp_path / "target") as (address, store):
        brought = bring(source, store, tracking_uri=address)
        models = [(each.name, each.version) for each in store.search_model_versions()]

    assert (brought.experiments, brought.runs, brought.logged_models, brought.problems) == (1, 1, 1, [])
    assert models == [("registered 0", "1")]


def test_version_keeps_its_number_where_those_before_it_stay_behind(tmp_path: Path, origin: tuple[str, Any]) -> None:
    source = Chosen(StoreSource(*origin), ["other"])
    with new_store("sqlite", tmp_path / "target") as (address, store):
        brought = bring(source, store, tracking_uri=address)
        models = sorted((each.name, each.version) for each in store.search_model_versions())

    assert brought.problems == []
    assert models == [("registered 0", "2"), ("registered 1", "1"), ("registered 1", "2")]


def test_name_that_no_experiment_has_is_refused_at_once(origin: tuple[str, Any]) -> None:
    with pytest.raises(ExperimentNotFound, match="'wonted'"):
        Chosen(StoreSource(*origin), ["wanted", "wonted"])


@pytest.mark.parametrize("kind", ["store", "database", "folder"])
def test_runs_are_counted_without_being_read(tmp_path: Path, origin: tuple[str, Any], kind: str) -> None:
    source: Source = StoreSource(*origin)
    wanted = 3
    if kind == "database":
        source, wanted = (
            MlflowDatabase(database(tmp_path, TABLES + ROWS.replace("'bad' || char(7)", "'bad'")), Fence([])),
            2,
        )
    if kind == "folder":
        put(tmp_path / "0" / "meta.yaml", EXPERIMENT)
        put(tmp_path / "0" / RUN / "meta.yaml", META.format(run=RUN))
        put(tmp_path / "0" / OTHER / "meta.yaml", META.format(run=OTHER))
        source, wanted = MlflowFolder(tmp_path), 2

    with closing(source):
        assert steps_of(source, dry_run=True) == wanted
        assert steps_of(source, dry_run=False) == 2 * wanted
