"""Versions of registered models that an import brings: where their files are, and which ones are there already."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.entities import LoggedModelStatus, RunStatus
from runstone.server.listen import ServerOptions
from runstone.stores.resolve import open_store
from runstone.testing.server import running_server
from tests.bridge.stores import Place, bring_all, bring_in, export, new_store, put_file


def run_with_a_model(place: Place, name: str = "one") -> tuple[str, str]:
    """A run with a file and a logged model, in an experiment of its own, and the registered model m; returns ids."""
    address, store = place
    experiment = store.create_experiment(name)
    run = store.create_run(experiment)
    put_file(address, run.info.artifact_uri, "model/a.txt", b"1")
    model = store.create_logged_model(experiment, name="tree", source_run_id=run.info.run_id)
    put_file(address, model.artifact_location, "MLmodel", b"flavors: {}")
    store.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    store.update_run(run.info.run_id, status=RunStatus.FINISHED)
    store.create_registered_model("m")
    return run.info.run_id, model.model_id


def numbers(store: Any) -> list[str]:
    return sorted(each.version for each in store.search_model_versions())


@pytest.mark.parametrize("is_bundle", [False, True])
def test_version_whose_address_is_of_another_place_is_found_by_its_ids(
    tmp_path: Path, origin: Place, target: Place, is_bundle: bool
) -> None:
    run_id, model_id = run_with_a_model(origin)
    store = origin[1]
    old = "/data/ada/before it was moved/runstone-artifacts/7"
    store.create_model_version("m", f"{old}/models/{model_id}/artifacts", run_id=run_id, model_id=model_id)
    store.create_model_version("m", f"file://{old}/{run_id}/artifacts/model", run_id=run_id)

    bundle = export(*origin, "one", tmp_path / "a.zip")
    brought = bring_in(bundle, *target) if is_bundle else bring_all(origin, target)

    first, second = (target[1].get_model_version("m", number) for number in "12")
    assert brought.problems == []
    assert (first.source, first.model_id) == (f"models:/{model_id}", model_id)
    there = target[1].get_logged_model(model_id).artifact_location
    assert target[1].get_model_version_download_uri("m", "1") == there
    files = target[1].get_run(run_id).info.artifact_uri
    assert second.source in {f"runs:/{run_id}/model", f"{files}/model"}


def test_version_of_a_logged_model_names_no_place_of_the_store(origin: Place, target: Place) -> None:
    run_id, model_id = run_with_a_model(origin)
    place = origin[1].get_logged_model(model_id).artifact_location
    origin[1].create_model_version("m", place, run_id=run_id, model_id=model_id)

    bring_all(origin, target)

    assert target[1].get_model_version("m", "1").source == f"models:/{model_id}"


def test_version_whose_files_were_not_brought_is_told_each_time(tmp_path: Path, origin: Place) -> None:
    run_id, _ = run_with_a_model(origin)
    origin[1].create_model_version("m", "/data/ada/elsewhere", run_id=run_id)
    told = (
        "the files of the version 1 of the registered model 'm' are those of no run and no logged model that was "
        "brought, and stay at /data/ada/elsewhere"
    )

    with new_store("sqlite", tmp_path) as target:
        for _ in range(2):
            assert bring_all(origin, target).problems == [told]


def test_versions_whose_numbers_are_taken_come_once(origin: Place, target: Place) -> None:
    for place, name in ((origin, "one"), (target, "other")):
        run_id, _ = run_with_a_model(place, name)
        for _ in range(2):
            place[1].create_model_version("m", f"runs:/{run_id}/model", run_id=run_id)

    for _ in range(3):
        bring_all(origin, target)

    assert numbers(target[1]) == ["1", "2", "3", "4"]


def test_versions_come_once_into_a_database_and_through_its_server(tmp_path: Path, origin: Place) -> None:
    run_id, model_id = run_with_a_model(origin)
    where = origin[1].get_run(run_id).info.artifact_uri
    for _ in range(2):
        origin[1].create_model_version("m", f"{where}/model", run_id=run_id)
        origin[1].create_model_version("m", f"models:/{model_id}")
    bundle = export(*origin, "one", tmp_path / "a.zip")
    address = f"sqlite:///{tmp_path}/runs.db"
    with closing(open_store(address)) as store:
        bring_in(bundle, address, store)

    with running_server(ServerOptions(store_uri=address)) as server, closing(open_store(server)) as store:
        again = bring_in(bundle, server, store)

        assert (again.model_versions, again.problems) == (0, [])
        assert numbers(store) == ["1", "2", "3", "4"]


def test_version_that_the_store_refuses_costs_no_other(tmp_path: Path, origin: Place) -> None:
    run_id, model_id = run_with_a_model(origin)
    origin[1].create_model_version("m", "/data/ada/elsewhere", run_id=run_id)
    origin[1].create_model_version("m", f"models:/{model_id}")
    origin[1].set_registered_model_alias("m", "bad", "1")
    origin[1].set_registered_model_alias("m", "good", "2")

    with new_store("rest", tmp_path) as target:
        for _ in range(2):
            [refused] = bring_all(origin, target).problems
            assert refused.startswith("the version 1 of the registered model 'm' is not whole: the source")
        assert target[1].get_registered_model("m").aliases == {"good": "2"}
        assert numbers(target[1]) == ["2"]


@pytest.mark.parametrize("is_bundle", [False, True])
@pytest.mark.parametrize("place", ["{there}", "mlflow-artifacts:/7/models/{model_id}/artifacts"])
def test_version_that_names_only_the_folder_of_a_logged_model_is_of_that_model(
    tmp_path: Path, origin: Place, target: Place, place: str, is_bundle: bool
) -> None:
    run_id, model_id = run_with_a_model(origin)
    there = origin[1].get_logged_model(model_id).artifact_location
    origin[1].create_model_version("m", place.format(there=there, model_id=model_id), run_id=run_id)
    bundle = export(*origin, "one", tmp_path / "a.zip")

    for _ in range(2):
        brought = bring_in(bundle, *target) if is_bundle else bring_all(origin, target)

    [made] = target[1].search_model_versions()
    assert (made.source, made.model_id, made.run_id) == (f"models:/{model_id}", model_id, run_id)
    assert (brought.model_versions, brought.problems) == (0, [])
