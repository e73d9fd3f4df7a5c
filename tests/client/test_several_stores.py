"""What a process logs to several stores, or to one by several spellings of its address."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

import runstone
from runstone.journal import folder as folders
from runstone.journal import leftovers
from runstone.server.listen import ServerOptions
from runstone.stores import resolve
from runstone.testing.server import running_server


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with running_server(ServerOptions(store_uri=f"sqlite:///{tmp_path}/served.db")) as address:
        yield address


def test_what_is_logged_by_one_spelling_of_a_server_is_read_by_another(server: str) -> None:
    run_id = runstone.Client(server).create_run("0").info.run_id
    runstone.Client(f"{server}/").log_metric(run_id, "loss", 0.5)

    assert runstone.Client(server).get_run(run_id).data.metrics == {"loss": 0.5}


def test_what_is_logged_by_one_spelling_of_a_file_is_read_by_another(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    spellings = ["sqlite:///runs.db", f"sqlite:///{tmp_path}/runs.db", f"sqlite:///{tmp_path}/below/../runs.db"]
    run_id = runstone.Client(spellings[0]).create_run("0").info.run_id
    for number, uri in enumerate(spellings):
        runstone.Client(uri).log_metric(run_id, "loss", number, step=number)

        assert {runstone.Client(each).get_run(run_id).data.metrics["loss"] for each in spellings} == {number}


def test_what_waits_for_a_store_is_sent_once_that_is_logged_to(tmp_path: Path) -> None:
    stores = [f"sqlite:///{tmp_path}/{name}.db" for name in ("first", "second")]
    run_ids = [runstone.Client(uri).create_run("0").info.run_id for uri in stores]
    for uri, run_id in zip(stores, run_ids, strict=True):
        code = (
            f"import os, runstone; runstone.Client({uri!r}).log_metric({run_id!r}, 'x', 1.0); os.kill(os.getpid(), 9)"
        )
        subprocess.run([sys.executable, "-c", code], check=False)

    for uri, run_id in zip(stores, run_ids, strict=True):
        runstone.Client(uri).log_metric(runstone.Client(uri).create_run("0").info.run_id, "y", 1.0)
        with closing(resolve.open_store(uri)) as store:
            end = monotonic() + 30
            while not store.get_run(run_id).data.metrics and monotonic() < end:
                sleep(0.05)
            assert store.get_run(run_id).data.metrics == {"x": 1.0}


def test_what_is_logged_to_a_copy_of_a_store_goes_to_that_copy(tmp_path: Path) -> None:
    first, copy = (f"sqlite:///{tmp_path}/{name}.db" for name in ("first", "copy"))
    run_id = runstone.Client(first).create_run("0").info.run_id
    with (
        closing(sqlite3.connect(tmp_path / "first.db")) as source,
        closing(sqlite3.connect(tmp_path / "copy.db")) as to,
    ):
        source.backup(to)
    code = (
        "import os, runstone\n"
        f"runstone.Client({first!r}).log_metric({run_id!r}, 'of the first', 1.0)\n"
        f"runstone.Client({copy!r}).log_metric({run_id!r}, 'of the copy', 2.0)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)

    for uri in (first, copy):
        with closing(resolve.open_store(uri)) as opened:
            leftovers.recover(folders.root(), [uri], {uri: opened}.__getitem__)
            key = "of the first" if uri == first else "of the copy"
            assert list(opened.get_run(run_id).data.metrics) == [key]
    assert leftovers.find(folders.root()) == []
