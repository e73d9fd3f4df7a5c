"""A server that is killed, restored from a copy, or does not answer costs nothing that was logged."""

import random
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Applied
from runstone.errors import NotFound, RunDeleted, RunNotFound
from runstone.journal import leftovers
from runstone.journal.folder import RunFacts
from runstone.journal.journals import Journals
from runstone.stores.base import TrackingStore
from runstone.stores.journals import Entries
from runstone.stores.resolve import open_embedded_store, open_store
from runstone.stores.sql import backups
from runstone.stores.sql.store import SqlStore
from tests.faults.loggers import Logger, numbers_of, send_all
from tests.faults.scribes import Scribe, work_all
from tests.faults.servers import Server, free_port
from tests.faults.trainers import Countdown

# 200 kills in all.
SEEDS = range(4)
KILLS = 50
CLIENTS = 4
MOST_SENT = 24


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_server_that_is_killed_while_journals_are_sent_has_all_once(tmp_path: Path, seed: int) -> None:
    uri, chance = f"sqlite:///{tmp_path}/runstone.db", random.Random(seed)
    server = Server(uri, tmp_path / "files", port=free_port())

    with server:
        store = open_store(server.address)
        scribes = [Scribe(tmp_path, store.create_run("0").info.run_id, store) for _ in range(CLIENTS)]
        server.kill()
        for _ in range(KILLS):
            server.start()
            work_all(scribes, Countdown(chance.randint(1, MOST_SENT), server.kill))
            for scribe in scribes:
                scribe.log(3)  # while nobody is there
        server.start()
        for scribe in scribes:
            scribe.journal.flush()
            assert scribe.journal.retire()
        counts = [scribe.check(store) for scribe in scribes]
        store.close()

    print(f"seed {seed}: {KILLS} kills, {sum(counts)} calls")
    assert not any(scribe.refused for scribe in scribes)


@pytest.mark.slow
def test_server_that_is_restored_from_a_copy_is_sent_what_the_journal_has(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    server = Server(uri, tmp_path / "files", port=free_port())

    with server, closing(open_store(server.address)) as store:
        scribe = Scribe(tmp_path, store.create_run("0").info.run_id, store)
        scribe.log(50)
        scribe.journal.flush()
        backups.back_up(uri, tmp_path / "copy.db")
        scribe.log(50)
        scribe.journal.flush()
        server.stop()
        (tmp_path / "runstone.db").unlink()
        backups.restore(tmp_path / "copy.db", uri)
        server.start()
        assert numbers_of(store, scribe.run_id) == list(range(50))
        scribe.log(50)
        scribe.journal.flush()

        assert scribe.check(store) == 150


@pytest.mark.slow
def test_run_in_the_trash_is_sent_once_it_is_restored_and_a_purged_one_is_kept(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(open_embedded_store(uri, artifact_root=str(tmp_path))) as store:
        trashed, purged = [Scribe(tmp_path / ".runstone", store.create_run("0").info.run_id, store) for _ in range(2)]
        for scribe in (trashed, purged):
            scribe.log(20)
            scribe.journal.close()  # as the end of the process does
            store.delete_run(scribe.run_id)
        store.empty_trash(run_ids=[purged.run_id])
        left = {leftover.facts.run_id: leftover for leftover in leftovers.find(tmp_path / ".runstone")}

        with pytest.raises(RunDeleted):
            leftovers.send(left[trashed.run_id], store, uri)
        with pytest.raises(RunNotFound):
            leftovers.send(left[purged.run_id], store, uri)
        store.restore_run(trashed.run_id)
        leftovers.send(left[trashed.run_id], store, uri)

        assert trashed.check(store) == 20
        assert [leftover.facts.run_id for leftover in leftovers.find(tmp_path / ".runstone")] == [purged.run_id]
        with pytest.raises(NotFound):
            store.get_run(purged.run_id)


SCRIPT = """
import runstone
with runstone.start_run(run_name="alone") as run:
    for step in range(500):
        runstone.log_metric("loss", step / 8, step=step)
print(run.info.run_id)
"""


@pytest.mark.slow
def test_server_that_comes_after_the_process_has_ended_is_sent_all_by_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", f"http://127.0.0.1:{port}")

    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    with (
        Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files", port=port) as server,
        closing(open_store(server.address)) as store,
    ):
        synced = subprocess.run(
            [sys.executable, "-m", "runstone", "sync"], cwd=tmp_path, capture_output=True, timeout=60, check=False
        )
        run = store.get_run(ended.stdout.strip())
        steps = [metric.step for metric in store.metric_history(run.info.run_id, "loss")]

    print(f"server away for a whole run: {len(steps)} values")
    assert (
        f"does not answer: [Errno 111] Connection refused; what is logged is kept in {tmp_path}/.runstone"
        in ended.stderr
    )
    assert (synced.returncode, synced.stderr) == (0, b"")
    assert (run.info.run_name, run.info.status, steps) == ("alone", "FINISHED", list(range(500)))


@pytest.mark.slow
def test_server_that_comes_back_is_sent_all_by_itself(tmp_path: Path) -> None:
    port = free_port()
    logger = Logger(f"http://127.0.0.1:{port}", tmp_path, is_offline=False, calls=2000)
    logger.wait_until_it_logs()

    with (
        Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files", port=port) as server,
        closing(open_store(server.address)) as store,
    ):
        run_id = _waited(store)
        for _ in range(600):
            if len(numbers_of(store, run_id)) == 2000:
                break
            threading.Event().wait(0.05)
        found = numbers_of(store, run_id)
        logger.kill()
        send_all(tmp_path, store, server.address)

        assert logger.run_id == run_id
        assert logger.acknowledged == 2000
        assert found == numbers_of(store, run_id) == list(range(2000))


def _waited(store: TrackingStore) -> str:
    """The id of the one run of a store, once it is there."""
    for _ in range(600):
        found = store.search_runs(["0"])
        if found:
            return str(found[0].info.run_id)
        threading.Event().wait(0.05)
    raise AssertionError("the run did not come")


class Silent(SqlStore):
    """A store that has been asked, and does not answer."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        self.is_asked.set()
        self.may_answer.wait()
        return super().append_journal(run_id, writer, entries, follows=follows)


def test_no_call_waits_for_a_store_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(Silent(uri)) as store:
        run_id = store.create_run("0").info.run_id
        journals = Journals(lambda _: store)
        journal = journals.of(uri, run_id, RunFacts(run_id=run_id))
        journal.metric("loss", 0.0, 0, 0)
        assert store.is_asked.wait(60)
        for number in range(1, 10_000):
            journal.metric("loss", number / 8, number, number)
        has_answered = store.may_answer.is_set()
        store.may_answer.set()
        journals.close()

        assert not has_answered
        assert len(store.metric_history(run_id, "loss")) == 10_000
