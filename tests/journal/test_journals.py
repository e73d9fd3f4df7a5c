"""What the thread that sends does for one run while another has much to send."""

from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from threading import Event, current_thread
from time import monotonic, sleep

import pytest

from runstone.entities import Applied
from runstone.journal.journals import Journals
from runstone.stores.journals import Entries
from runstone.stores.sql.store import SqlStore

REQUEST_S = 0.2
VALUES = 30_000


class Slow(SqlStore):
    """A store that takes its time with entries, and knows when it heard of runs."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.heard: list[tuple[float, set[str]]] = []

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        sleep(REQUEST_S)
        return super().append_journal(run_id, writer, entries, follows=follows)

    def beat(self, run_ids: Sequence[str]) -> None:
        self.heard.append((monotonic(), set(run_ids)))
        super().beat(run_ids)


def test_runs_give_signs_of_life_while_one_of_them_has_much_to_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("BEAT_S", "_TURN_S", "_ROUND_OF_MANY_S"):
        monkeypatch.setattr(f"runstone.journal.journals.{name}", REQUEST_S)
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(Slow(uri)) as store:
        busy, quiet = (store.create_run("0").info.run_id for _ in range(2))
        journals = Journals(lambda _: store)
        for run in (busy, quiet):
            journals.of(uri, run).lives = True

        for step in range(VALUES):
            journals.of(uri, busy).metric("loss", 0.5, 0, step)
        while journals.of(uri, busy).waits:
            sleep(REQUEST_S / 10)
        journals.close()

        times = [at for at, runs in store.heard if quiet in runs]
        assert len(times) > 1
        assert max(behind - before for before, behind in pairwise([*times, monotonic()])) < 10 * REQUEST_S
        assert len(store.metric_history(busy, "loss")) == VALUES


class Hanging(SqlStore):
    """A store that does not answer a sign of life for some time, and knows which threads send."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.hangs, self.answers = Event(), Event()
        self.senders: list[str] = []

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        self.senders.append(current_thread().name)
        return super().append_journal(run_id, writer, entries, follows=follows)

    def beat(self, run_ids: Sequence[str]) -> None:
        self.hangs.set()
        assert self.answers.wait(30)
        super().beat(run_ids)


def test_thread_that_a_server_held_beyond_the_end_sends_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "0.05")
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(Hanging(uri)) as store:
        run = store.create_run("0").info.run_id
        journals = Journals(lambda _: store)
        journals.of(uri, run).lives = True
        assert store.hangs.wait(30)
        thread = journals._thread
        journals.close()
        assert thread is not None
        thread.name = "the former"

        # Nobody sends but a flush, and the former thread if it could.
        monkeypatch.setattr("runstone.journal.journals._ROUND_S", 60)
        journals.of(uri, run).metric("loss", 0.5, 0, 1)
        store.answers.set()
        thread.join(30)
        journals.close()

    assert "the former" not in store.senders
    assert store.senders
    assert caplog.text == ""


def test_values_that_keep_coming_gather_for_a_round_after_each_that_has_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("runstone.journal.journals._ROUND_S", 60)  # the rounds are made here
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri)) as store:
        run = store.create_run("0").info.run_id
        journals = Journals(lambda _: store)
        journal = journals.of(uri, run)
        stored = []
        for step in range(4):
            journal.metric("loss", 0.5, 0, step)
            assert journals._look_after(uri, run, journal)
            stored.append(len(store.metric_history(run, "loss")))
        journals.close()

        assert stored == [1, 1, 3, 3]
        assert len(store.metric_history(run, "loss")) == 4
