"""Artifacts, by the genuine fluent functions through our server."""

from pathlib import Path
from typing import Any

import pytest

from runstone.artifacts import resolve
from runstone.entities import ArtifactPath
from runstone.stores.rest.tracking import RestStore
from tests.peers.genuine import run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def seen(address: str, folder: Path) -> Any:
    return run_script("files", address, folder)


def test_list_has_names_kinds_and_sizes(seen: Any) -> None:
    root = {name: (is_dir, size) for name, is_dir, size in seen["root"]}

    assert {name for name, (is_dir, _) in root.items() if is_dir} == {"images", "notes", "plots", "single", "tree"}
    assert root["client.txt"] == (False, len("by the client"))
    assert root["notes"] == (True, None)
    assert seen["images"] == 2
    assert seen["empty"] == []


def test_folder_with_sub_folders_is_listed_level_by_level(seen: Any) -> None:
    assert seen["tree"] == [
        [["tree/deep", True, None], ["tree/top.txt", False, 3]],
        [["tree/deep/deeper", True, None], ["tree/deep/middle.bin", False, 1 << 20]],
        [["tree/deep/deeper/größe 1.txt", False, 10]],
    ]


def test_what_was_logged_is_loaded_again(seen: Any) -> None:
    assert seen["text"] == "Zeile\n"
    assert seen["dict"] == {"a": [1, 2]}
    assert seen["image"] == [4, 4]
    assert seen["table"] == {"x": [1, 2, 3], "y": ["a", "b", "c"], "run_id": [seen["run_id"]] * 3}
    assert seen["one"] == "by the client"


def test_downloaded_folder_is_the_one_that_was_logged(seen: Any) -> None:
    assert seen["same"] == {"top.txt": True, "deep/middle.bin": True, "deep/deeper/größe 1.txt": True}


def test_our_client_reads_the_same_bytes(seen: Any, store: RestStore, address: str) -> None:
    uri = store.get_run(seen["run_id"]).info.artifact_uri

    files = resolve.repository(uri, tracking_uri=address)
    text = b"".join(files.read(ArtifactPath("notes/read me.txt")))

    assert text == b"Zeile\n"
    assert seen["uri"] == f"{uri}/notes/read me.txt"


def test_missing_file_and_way_out_are_refused(seen: Any) -> None:
    assert seen["missing"] == "RESOURCE_DOES_NOT_EXIST"
    assert seen["up"] == "MlflowException"


def test_deleted_folder_is_gone(seen: Any) -> None:
    assert seen["after_deletion"] == [name for name, _, _ in seen["root"] if name != "tree"]
