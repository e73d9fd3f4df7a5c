"""Registered models, by the genuine client on our server: what it sees, and what our own client sees after it."""

from pathlib import Path
from typing import Any

import pytest

from runstone.stores.rest.tracking import RestStore
from tests.peers.genuine import run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def seen(address: str, folder: Path) -> Any:
    return run_script("models", address, folder)


def test_made_model_reads_back(seen: Any) -> None:
    assert seen["made"] == ["wheat", {"crop": "grain"}, "first", True]


def test_versions_are_made_of_a_runs_files_and_of_other_places(seen: Any) -> None:
    run_id, artifact_uri = seen["run"]

    assert seen["one"] == {
        "name": "wheat",
        "version": "1",
        "stage": "None",
        "description": "one",
        "source": f"{artifact_uri}/model",
        "status": "READY",
        "tags": {"a": "b"},
        "aliases": [],
    }
    assert seen["two"][:2] == ["2", True]
    assert run_id in seen["two"][2]
    assert seen["uri"] == "s3://bucket/wheat"


def test_changes_are_seen(seen: Any, store: RestStore) -> None:
    ours = store.get_registered_model("wheat")

    assert seen["got"] == ["better", {"year": "2026"}, {"champion": "3"}]
    assert (ours.description, ours.tags, ours.aliases) == ("better", {"year": "2026"}, {"champion": "3"})
    assert seen["three"]["description"] == "three"
    assert seen["three"]["tags"] == {"c": "d"}
    assert seen["three"]["aliases"] == ["champion"]


def test_stages_move(seen: Any) -> None:
    assert seen["three"]["stage"] == "Production"
    assert seen["latest"] == [["1", "Archived"], ["2", "None"], ["3", "Production"]]
    assert seen["production"] == ["3"]


def test_searches_find_what_they_say(seen: Any) -> None:
    assert seen["models"] == ["wheat", "barley"]
    assert seen["by_tag"] == ["barley"]
    assert seen["versions"] == ["barley 1", "barley 2", "barley 3"]
    assert seen["of_run"] == ["1", "2"]
    assert [len(page) for page in seen["pages"]] == [2, 1]
    assert sorted(version for page in seen["pages"] for version in page) == ["1", "2", "3"]


def test_version_is_copied_to_another_model(seen: Any, store: RestStore) -> None:
    assert seen["copy"] == ["copies", "1", "models:/wheat/3"]
    assert store.get_model_version_download_uri("copies", "1") == "s3://bucket/wheat"


def test_number_of_a_deleted_version_is_not_given_again(seen: Any) -> None:
    assert seen["next"] == "4"


def test_refusals_have_their_codes(seen: Any) -> None:
    assert seen["refused"] == {
        "taken": "RESOURCE_ALREADY_EXISTS",
        "unknown": "RESOURCE_DOES_NOT_EXIST",
        "bad_name": "INVALID_PARAMETER_VALUE",
        "no_version": "RESOURCE_DOES_NOT_EXIST",
        "no_alias": "INVALID_PARAMETER_VALUE",
        "bad_stage": "INVALID_PARAMETER_VALUE",
        "bad_filter": "INVALID_PARAMETER_VALUE",
        "local_source": "INVALID_PARAMETER_VALUE",
    }
