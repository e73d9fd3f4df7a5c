"""A disk that is full is told in a sentence, costs nothing that was acknowledged, and is no reason to start again."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runstone.errors import BackendUnavailable
from runstone.stores.resolve import open_store
from runstone.stores.sql import backups
from runstone.stores.sql.store import SqlStore
from tests.faults.disks import small_disk
from tests.faults.servers import Server
from tests.faults.trainers import Trainer, batch, check
from tests.server.web import Web

MIB = 1 << 20
FILES = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.mark.slow
def test_full_disk_of_the_database_costs_nothing_acknowledged(tmp_path: Path) -> None:
    trainer = Trainer("on-a-full-disk")
    refused = 0

    with small_disk(tmp_path / "disk") as disk:
        path = disk.folder / "runstone.db"
        with Server(f"sqlite:///{path}", tmp_path / "files") as server:
            web = Web(server.address)
            trainer.run_id = web.new_run(run_name=trainer.name)
            disk.fill(server.pid, leave=MIB)
            for number in range(3000):
                answer = web.post("runs/log-batch", **batch(trainer.run_id, number))
                if answer.status == 200:
                    trainer.acknowledged.append(number)
                    continue
                refused += 1
                assert answer.status == 503
                assert answer.code == "TEMPORARILY_UNAVAILABLE"
                assert f"the disk that holds the database {path}" in answer.json["message"]
                if refused == 20:
                    break
            assert web.get("runs/get", f"run_id={trainer.run_id}").status == 200  # what is there can be read
            disk.make_room(server.pid)
            for number in range(5000, 5100):
                assert web.post("runs/log-batch", **batch(trainer.run_id, number)).status == 200
                trainer.acknowledged.append(number)
            with closing(open_store(server.address)) as store:
                counts = check(store, [trainer])
            assert server.stop() == 0
        with closing(sqlite3.connect(path)) as driver:
            damage = driver.execute("PRAGMA integrity_check").fetchone()
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    print(f"{refused} batches refused, {counts}")
    assert refused
    assert damage == ("ok",)


def test_full_disk_of_a_copy_is_told_by_its_name_and_leaves_nothing(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'runstone.db'}"
    SqlStore(uri).close()

    with small_disk(tmp_path / "disk") as disk:
        copy = disk.folder / "copy.db"
        disk.fill(os.getpid(), leave=8192)
        try:
            with pytest.raises(BackendUnavailable, match=f"the disk that holds the database {copy}"):
                backups.back_up(uri, copy)
        finally:
            disk.make_room(os.getpid())
        left = list(disk.folder.iterdir())

    assert left == []


@pytest.mark.slow
def test_full_disk_of_the_files_leaves_no_half_file(tmp_path: Path) -> None:
    whole, large = b"w" * MIB, b"l" * (3 * MIB)

    with (
        small_disk(tmp_path / "disk") as disk,
        Server(f"sqlite:///{tmp_path}/runstone.db", disk.folder / "files") as server,
    ):
        web = Web(server.address)
        web.send("PUT", f"{FILES}/kept.bin", whole)
        disk.fill(server.pid, leave=2 * MIB)
        refused = web.send("PUT", f"{FILES}/folder/large.bin", large)
        replaced = web.send("PUT", f"{FILES}/kept.bin", large)
        listed = web.send("GET", FILES).json["files"]
        left = [path for path in (disk.folder / "files").rglob("*") if path.is_file()]
        kept = web.send("GET", f"{FILES}/kept.bin").body
        small = web.send("PUT", f"{FILES}/small.bin", b"s")
        disk.make_room(server.pid)
        after = web.send("PUT", f"{FILES}/folder/large.bin", large)
        read = web.send("GET", f"{FILES}/folder/large.bin").body

    for answer in (refused, replaced):
        assert answer.status in {500, 503}
        assert "look at the free space" in answer.json["message"]
    assert [file["path"] for file in listed] == ["kept.bin"]
    assert left == [disk.folder / "files" / "kept.bin"]
    assert kept == whole
    assert small.status == 200
    assert after.status == 200
    assert read == large
