"""A full disk, the client's or the server's, costs nothing that was acknowledged, and is told."""

import logging
import os
from contextlib import closing
from pathlib import Path

import pytest

from runstone.errors import BackendUnavailable
from runstone.journal.folder import journals_of
from runstone.stores.resolve import open_store
from tests.faults.disks import small_disk
from tests.faults.loggers import send_all
from tests.faults.scribes import Scribe
from tests.faults.servers import Server

KIB = 1 << 10


@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 100, 20 * KIB])
def test_full_disk_of_the_client_makes_calls_wait_for_the_server(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, room: int
) -> None:
    with (
        small_disk(tmp_path / "disk") as disk,
        Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files") as server,
        closing(open_store(server.address)) as store,
    ):
        scribe = Scribe(disk.folder / ".runstone", store.create_run("0").info.run_id, store)
        disk.fill(os.getpid(), leave=room)
        try:
            with caplog.at_level(logging.WARNING):
                scribe.log(400)
        finally:
            disk.make_room(os.getpid())
        scribe.log(100)
        scribe.journal.flush()
        counted = scribe.check(store)
        assert scribe.journal.retire()

    print(f"{room} bytes of room: {counted} calls, {len(scribe.refused)} refused")
    assert counted == 500
    assert caplog.text.count("until then every call waits for the store") == 1


@pytest.mark.slow
def test_full_disk_of_the_client_and_no_server_is_told_by_each_call(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files") as server:
            store = open_store(server.address)
            scribe = Scribe(disk.folder / ".runstone", store.create_run("0").info.run_id, store)
            scribe.log(20)
        disk.fill(os.getpid(), leave=4 * KIB)
        try:
            scribe.log(200)
        finally:
            disk.make_room(os.getpid())
        store.close()
        with (
            Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files") as server,
            closing(open_store(server.address)) as store,
        ):
            scribe.journal.close()
            send_all(disk.folder, store, server.address)
            counted = scribe.check(store)

    print(f"{counted} calls, {len(scribe.refused)} refused")
    assert 20 < counted < 220
    assert counted + len(scribe.refused) == 220
    assert "does not answer" in scribe.refused[0] or "cannot be reached" in scribe.refused[0]


@pytest.mark.slow
def test_full_disk_of_the_server_leaves_all_in_the_journal(tmp_path: Path) -> None:
    told = ""
    with small_disk(tmp_path / "disk") as disk:
        path = disk.folder / "runstone.db"
        with (
            Server(f"sqlite:///{path}", tmp_path / "files") as server,
            closing(open_store(server.address)) as store,
        ):
            scribe = Scribe(tmp_path, store.create_run("0").info.run_id, store)
            disk.fill(server.pid, leave=1000 * KIB)
            for _ in range(300):
                scribe.log(100)
                try:
                    scribe.journal.flush()
                except BackendUnavailable as error:
                    told = str(error)
                    break
            scribe.log(100)
            assert journals_of(scribe.journal.folder)
            disk.make_room(server.pid)
            scribe.journal.flush()
            counted = scribe.check(store)

    print(f"{counted} calls")
    assert f"the disk that holds the database {path}" in told
    assert scribe.refused == []
    assert counted == len(scribe.acknowledged)


@pytest.mark.slow
def test_full_disk_offline_is_told_and_what_was_acknowledged_is_sent(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with small_disk(tmp_path / "disk") as disk, closing(open_store(uri)) as store:
        scribe = Scribe(disk.folder / ".runstone", store.create_run("0").info.run_id, None)
        disk.fill(os.getpid(), leave=20 * KIB)
        try:
            scribe.log(500)
        finally:
            disk.make_room(os.getpid())
        scribe.log(20)
        scribe.journal.close()
        send_all(disk.folder, store, uri)
        counted = scribe.check(store)

    print(f"{counted} calls, {len(scribe.refused)} refused")
    assert 20 < counted < 520
    assert counted + len(scribe.refused) == 520
    assert "cannot be written: No space left" in scribe.refused[0] or "File too large" in scribe.refused[0]
