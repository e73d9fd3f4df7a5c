"""Versions of registered models that name another version as their source, as copies do."""

import re
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge.importing import bring
from runstone.bridge.store_source import StoreSource
from runstone.entities import RunStatus
from tests.bridge.stores import Place, bring_all, bring_in, export, put_file


def run_with_files(place: Place, name: str = "one") -> str:
    """A run with a file, in an experiment of its own; returns its id."""
    address, store = place
    run = store.create_run(store.create_experiment(name))
    put_file(address, run.info.artifact_uri, "model/MLmodel", b"flavors: {}")
    store.update_run(run.info.run_id, status=RunStatus.FINISHED)
    return str(run.info.run_id)


def version(store: Any, name: str, source: str, run_id: str) -> None:
    """Add a version to a registered model, which may be a new one."""
    if name not in {each.name for each in store.search_registered_models()}:
        store.create_registered_model(name)
    store.create_model_version(name, source, run_id=run_id)


def owners(store: Any) -> dict[tuple[str, str], str]:
    """The run whose files each version has."""
    found = {}
    for each in store.search_model_versions():
        place = store.get_model_version_download_uri(each.name, each.version)
        run = re.fullmatch(r".*?([0-9a-f]{32})(?:/artifacts)?/model", place)
        found[each.name, each.version] = run[1] if run else place
    return found


@pytest.mark.parametrize("is_bundle", [False, True])
def test_copies_keep_their_files_where_the_number_is_taken(
    tmp_path: Path, origin: Place, target: Place, is_bundle: bool
) -> None:
    mine, others = run_with_files(origin), run_with_files(target, "other")
    version(target[1], "A", f"runs:/{others}/model", others)
    for name, source in (("A", f"runs:/{mine}/model"), ("B", "models:/A/1"), ("C", "models:/B/1")):
        version(origin[1], name, source, mine)
    bundle = export(*origin, "one", tmp_path / "a.zip")

    for _ in range(2):
        brought = bring_in(bundle, *target) if is_bundle else bring_all(origin, target)

    assert owners(target[1]) == {("A", "1"): others, ("A", "2"): mine, ("B", "1"): mine, ("C", "1"): mine}
    assert target[1].get_model_version("B", "1").source == "models:/A/2"
    assert (brought.model_versions, brought.problems) == (0, [])


def test_copies_come_after_what_they_are_copies_of(origin: Place, target: Place) -> None:
    run_id = run_with_files(origin)
    for name, source in (
        ("staging", f"runs:/{run_id}/model"),
        ("prod", "models:/staging/1"),
        ("prod", f"runs:/{run_id}/model"),
        ("staging", "models:/prod/2"),
    ):
        version(origin[1], name, source, run_id)
    origin[1].set_registered_model_alias("prod", "champion", "1")

    brought = bring_all(origin, target)

    assert brought.problems == []
    there = {(each.name, each.version): each.source for each in target[1].search_model_versions()}
    assert (len(there), there["prod", "1"], there["staging", "2"]) == (4, "models:/staging/1", "models:/prod/2")
    assert set(owners(target[1]).values()) == {run_id}
    assert target[1].get_registered_model("prod").aliases == {"champion": "1"}


@pytest.mark.parametrize("is_bundle", [False, True])
def test_copy_of_what_is_gone_keeps_its_files(tmp_path: Path, origin: Place, target: Place, is_bundle: bool) -> None:
    run_id = run_with_files(origin)
    version(origin[1], "A", f"runs:/{run_id}/model", run_id)
    version(origin[1], "B", "models:/A/1", run_id)
    origin[1].rename_registered_model("A", "Z")
    version(origin[1], "A", "s3://bucket/another", run_id)
    version(origin[1], "C", "models:/A/1", run_id)
    origin[1].delete_registered_model("A")
    bundle = export(*origin, "one", tmp_path / "a.zip")

    for _ in range(2):
        brought = bring_in(bundle, *target) if is_bundle else bring_all(origin, target)

    assert owners(target[1]) == {("B", "1"): run_id, ("Z", "1"): run_id, ("C", "1"): "s3://bucket/another"}
    assert (brought.model_versions, brought.problems) == (0, [])


def test_copy_of_a_version_that_is_not_brought_is_told(
    monkeypatch: pytest.MonkeyPatch, origin: Place, target: Place
) -> None:
    run_id, others = run_with_files(origin), run_with_files(target, "other")
    version(target[1], "A", f"runs:/{others}/model", others)
    version(origin[1], "A", f"runs:/{run_id}/model", run_id)
    version(origin[1], "B", "models:/A/1", run_id)
    source = StoreSource(*origin)
    alone = origin[1].get_model_version("B", "1")
    monkeypatch.setattr(source, "model_versions", lambda name: [alone] if name == "B" else [])

    brought = bring(source, target[1], tracking_uri=target[0])

    assert brought.problems == [
        "the version 1 of the registered model 'B' is not whole: it is a copy of 'models:/A/1', which was not brought"
    ]
    assert owners(target[1]) == {("A", "1"): others}
