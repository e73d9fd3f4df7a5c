"""How a journal gets to a store that fails, is restored, or has lost the run."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from runstone.entities import Applied, Entry, Metric, Param
from runstone.errors import BackendError, BackendUnavailable, JournalFull, ParamChanged, RunNotFound
from runstone.journal import folder as folders
from runstone.journal import leftovers, models
from runstone.journal.folder import RunFacts, journals_of
from runstone.journal.models import ModelFacts
from runstone.journal.run_journal import RunJournal
from runstone.journal.writer import Writer
from runstone.stores.journals import Entries
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.store import SqlStore


class Forgetful(SqlStore):
    """A store whose next answer gets lost on the way."""

    loses = False
    appends = 0

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        self.appends += 1
        applied = super().append_journal(run_id, writer, entries, follows=follows)
        if self.loses:
            self.loses = False
            raise BackendUnavailable("the answer is lost")
        return applied


@pytest.fixture
def store(sqlite_uri: str) -> Iterator[Forgetful]:
    opened = Forgetful(sqlite_uri)
    yield opened
    opened.close()


class Hanging(SqlStore):
    """A store that takes entries, and answers some time."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.answers = Event()

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        applied = super().append_journal(run_id, writer, entries, follows=follows)
        self.answers.wait(10)
        return applied


def sql(store: SqlStore, statement: str) -> list[tuple[object, ...]]:
    return store._session.write(lambda connection: driver_of(connection).execute(statement).fetchall())


def steps_of(store: SqlStore, run_id: str) -> list[int]:
    return [metric.step for metric in store.metric_history(run_id, "loss")]


def test_value_after_a_lost_answer_is_not_taken_for_the_one_before(tmp_path: Path, store: Forgetful) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path / "in-the-way", RunFacts(run_id=run_id), lambda: store)
    journal.metric("loss", 0.5, 0, 0)

    store.loses = True
    with pytest.raises(BackendUnavailable):
        journal.metric("loss", 0.5, 0, 1)
    journal.metric("loss", 0.5, 0, 2)

    assert steps_of(store, run_id) == [0, 1, 2]


def test_whoever_flushes_waits_for_a_store_that_hangs_no_longer_than_was_chosen(
    tmp_path: Path, sqlite_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "0.5")
    with closing(Hanging(sqlite_uri)) as store:
        run_id = store.create_run("0").info.run_id
        journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
        journal.metric("loss", 0.5, 0, 0)

        before = monotonic()
        for _ in range(2):  # the second one while the first request is under way
            with pytest.raises(BackendUnavailable, match=r"within 0\.5 s"):
                journal.flush()
        took = monotonic() - before
        store.answers.set()
        journal.metric("loss", 0.5, 0, 1)
        journal.flush()

        assert took < 5
        assert steps_of(store, run_id) == [0, 1]


def test_files_of_a_run_that_follow_one_another_are_counted_as_one(tmp_path: Path, store: Forgetful) -> None:
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    for step in range(4):
        journal.metric("loss", 0.5, 0, step)
        assert not journal.retire()
        journal.flush()
        assert journal.retire()

    assert steps_of(store, run_id) == [0, 1, 2, 3]
    assert sql(store, "SELECT applied FROM journal") == [(4,)]


def test_file_that_goes_on_with_one_that_is_gone_is_taken_by_a_store_that_was_restored(
    tmp_path: Path, store: Forgetful
) -> None:
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    journal.metric("loss", 0.5, 0, 0)
    journal.flush()
    journal.retire()
    sql(store, "DELETE FROM journal")

    for step in (1, 2):
        journal.metric("loss", 0.5, 0, step)
    journal.flush()
    journal.metric("loss", 0.5, 0, 3)
    sql(store, "DELETE FROM journal")
    journal.close()
    leftovers.send(leftovers.find(tmp_path)[0], store, "")

    assert steps_of(store, run_id) == [0, 1, 2, 3]
    assert sql(store, "SELECT applied FROM journal") == [(4,)]


def test_file_that_was_left_to_others_keeps_its_numbers_to_itself(tmp_path: Path, store: Forgetful) -> None:
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    journal.metric("loss", 0.5, 0, 0)
    next(iter(journals_of(journal.folder))).write_text("")  # by another program
    journal.flush()

    journal.metric("loss", 0.5, 0, 1)
    journal.flush()

    assert steps_of(store, run_id) == [1]
    assert sql(store, "SELECT applied FROM journal") == [(1,)]


def test_metrics_go_to_the_store_where_nothing_can_be_written(tmp_path: Path, store: Forgetful) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path / "in-the-way", RunFacts(run_id=run_id), lambda: store)

    journal.metrics({"loss": 0.5, "error": 2}, 7, 3)

    found = [metric for key in ("loss", "error") for metric in store.metric_history(run_id, key)]
    assert found == [Metric("loss", 0.5, 7, 3), Metric("error", 2.0, 7, 3)]


def test_run_that_the_store_had_and_has_no_more_keeps_its_journal(tmp_path: Path, store: Forgetful) -> None:
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    journal.metric("loss", 0.5, 0, 0)
    journal.flush()
    store.delete_run(run_id)
    store.empty_trash(run_ids=[run_id])
    journal.metric("loss", 0.5, 0, 1)

    with pytest.raises(RunNotFound):
        journal.flush()

    assert journals_of(journal.folder)
    journal.close()


def test_run_that_was_made_here_stays_while_nothing_of_it_is_sent(tmp_path: Path) -> None:
    facts = RunFacts(run_id="a" * 32, is_new=True, experiment_id="0")
    with folders.alone(tmp_path):
        folder = folders.make(tmp_path, facts)

    journal = RunJournal(tmp_path, facts, None)
    journal.retire()

    assert folders.facts_of(folder) == facts


def test_journal_that_is_left_to_others_is_on_the_disk(
    tmp_path: Path, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino))
    journal = RunJournal(tmp_path, RunFacts(run_id=store.create_run("0").info.run_id), lambda: store)
    journal.metric("loss", 0.5, 0, 0)
    synced.clear()

    journal.close()

    folder = journal.folder
    files = [*journals_of(folder), folder / "run.json", folder, folder.parent, tmp_path, tmp_path.parent]
    assert synced == [each.stat().st_ino for each in files]


@pytest.mark.parametrize(("mode", "count"), [("always", 1), ("interval", 0), ("never", 0)])
def test_facts_of_a_run_are_on_the_disk_at_once_where_all_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, count: int
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setenv("RUNSTONE_JOURNAL_FSYNC", mode)

    with folders.alone(tmp_path):
        folders.make(tmp_path, RunFacts(run_id="a" * 32))

    assert len(synced) == count


@pytest.mark.parametrize(("mode", "count"), [("always", 2), ("interval", 2), ("never", 0)])
def test_facts_of_a_model_are_on_the_disk_at_once_unless_nothing_is_asked_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, count: int
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setenv("RUNSTONE_JOURNAL_FSYNC", mode)

    folder = models.make(tmp_path / "runs" / "a", ModelFacts(model_id="m-" + "0" * 32))
    models.change(folder, lambda facts: facts)

    assert len(synced) == count


class Unsettled(SqlStore):
    """A store whose disk does not take what it has acknowledged."""

    fails = True

    def make_durable(self) -> None:
        if self.fails:
            raise BackendUnavailable("the disk did not take it")
        super().make_durable()


def test_journal_stays_until_the_store_has_it_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Unsettled(f"sqlite:///{tmp_path}/runstone.db")) as store:
        journal = RunJournal(tmp_path, RunFacts(run_id=store.create_run("0").info.run_id), lambda: store)
        journal.metric("loss", 0.5, 0, 0)
        journal.flush()

        assert not journal.retire()
        assert journals_of(journal.folder)
        store.fails = False
        assert journal.retire()

        assert not journal.folder.exists()


def test_journal_asks_nothing_of_the_stores_disk_where_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_FSYNC", "never")
    with closing(Unsettled(f"sqlite:///{tmp_path}/runstone.db")) as store:
        journal = RunJournal(tmp_path, RunFacts(run_id=store.create_run("0").info.run_id), lambda: store)
        journal.metric("loss", 0.5, 0, 0)
        journal.flush()

        assert journal.retire()


def test_full_journal_has_room_again_once_all_of_it_was_sent(
    tmp_path: Path, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_MAX_MB", "1")
    journal = RunJournal(tmp_path, RunFacts(run_id=store.create_run("0").info.run_id), lambda: store)
    for step in range(25_000):  # two and a half times what the file may hold
        journal.metric("loss", 0.5, 0, step)
    journal.flush()

    assert steps_of(store, journal.facts.run_id) == list(range(25_000))
    assert store.appends < 100


def test_value_that_a_full_journal_has_no_room_for_is_stored_whatever_was_refused_before(
    tmp_path: Path, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_MAX_MB", "1")
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, params=[Param("lr", "1")])
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    journal.log(params=[Param("lr", "2")])
    for step in range(15_000):
        journal.metric("loss", 0.5, 0, step)

    with pytest.raises(ParamChanged):
        journal.flush()

    assert steps_of(store, run_id) == list(range(15_000))


def test_folder_that_the_disk_does_not_take_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setenv("RUNSTONE_JOURNAL_FSYNC", "always")
    journal = RunJournal(tmp_path, RunFacts(run_id="a" * 32, is_new=True, experiment_id="0"), None)

    with pytest.raises(JournalFull, match="cannot be written: Input/output error"):
        journal.metric("loss", 0.5, 0, 0)


def test_journal_that_the_disk_does_not_give_back_is_told(
    tmp_path: Path, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = RunJournal(tmp_path, RunFacts(run_id=store.create_run("0").info.run_id), lambda: store)
    journal.metric("loss", 0.5, 0, 0)
    with monkeypatch.context() as broken:
        broken.setattr(os, "pread", _fail)
        with pytest.raises(BackendError, match=r"the journal .*journal\.jsonl cannot be read: Input/output error"):
            journal.flush()

    journal.flush()

    assert steps_of(store, journal.facts.run_id) == [0]
    assert journal.retire()


def _fail(*_: object) -> bytes:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_line_that_was_damaged_before_it_was_sent_is_told_and_its_file_is_kept(
    tmp_path: Path, store: Forgetful, caplog: pytest.LogCaptureFixture
) -> None:
    journal = RunJournal(tmp_path, RunFacts(run_id=store.create_run("0").info.run_id), lambda: store)
    for step in range(3):
        journal.metric("loss", 0.5, 0, step)
    [path] = journals_of(journal.folder)
    text = path.read_bytes()
    with path.open("r+b") as file:
        file.seek(text.index(b'"step":1'))
        file.write(b'"stop":1')

    journal.flush()

    assert steps_of(store, journal.facts.run_id) == [0, 2]
    assert f"{path}: line 3: " in caplog.text
    assert not journal.retire()
    journal.close()
    [left] = leftovers.find(tmp_path)
    assert leftovers.send(left, store, "sqlite:///runstone.db").damages["damaged-journal.jsonl"][0].line == 3


def test_damaged_line_is_told_once_however_often_it_is_tried(
    tmp_path: Path, store: Forgetful, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    journal.metric("loss", 0.5, 0, 1)
    journal.metric("loss", 0.5, 0, 2)
    (path,) = journals_of(journal.folder)
    path.write_bytes(path.read_bytes().replace(b'"step":1', b'"step":7'))
    for _ in range(2):
        store.loses = True
        with pytest.raises(BackendUnavailable):
            journal.flush()

    journal.flush()
    journal.metric("loss", 0.5, 0, 3)
    journal.flush()

    assert [told.getMessage() for told in caplog.records] == [
        f"{path}: line 2: the line is not what was written: its checksum differs"
    ]
    assert steps_of(store, run_id) == [2, 3]
    journal.close()


@pytest.mark.timeout(60)  # as it was, it asked the store for ever
@pytest.mark.parametrize(("change", "damaged"), [("cut", []), ("written to", [6])])
def test_journal_that_another_program_changes_goes_on_in_a_file_of_its_own(
    change: str, damaged: list[int], tmp_path: Path, store: Forgetful, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    for step in range(4):
        journal.metric("loss", 0.5, 0, step)
    (path,) = journals_of(journal.folder)
    if change == "cut":
        os.truncate(path, path.stat().st_size - 5)
    else:
        with path.open("ab") as file:
            file.write(b"x" * 300)
        journal.metric("loss", 0.5, 0, 4)

    journal.flush()
    journal.metric("loss", 0.5, 0, 5)
    journal.flush()

    assert steps_of(store, run_id)[:3] == [0, 1, 2]
    assert steps_of(store, run_id)[-1] == 5
    assert f"the journal {path} was changed by another program" in caplog.text
    assert journal.retire()
    assert journals_of(journal.folder) == [path]  # for `sync`, which tells what cannot be read
    journal.close()
    (leftover,) = leftovers.find(tmp_path)
    damages = leftovers.send(leftover, store, "sqlite:///").damages.values()
    assert [damage.line for told in damages for damage in told] == damaged


def test_param_that_is_refused_before_its_call_returns_does_not_have_that_value(
    tmp_path: Path, store: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, params=[Param("lr", "0.1")])
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    append = Writer.append

    def append_and_send(writer: Writer, entry: Entry) -> int:
        n = append(writer, entry)
        journal.send()  # as the thread that sends may, at any time
        return n

    monkeypatch.setattr(Writer, "append", append_and_send)
    journal.log(params=[Param("lr", "0.2")])
    with pytest.raises(ParamChanged):
        journal.flush()

    journal.log(params=[Param("lr", "0.1")])
    journal.flush()

    assert journal.params == {"lr": "0.1"}


def test_param_of_a_call_that_fails_may_be_logged_with_another_value(tmp_path: Path, store: Forgetful) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path / "in-the-way", RunFacts(run_id=run_id), None)
    with pytest.raises(JournalFull):
        journal.log(params=[Param("lr", "0.2")])

    (tmp_path / "in-the-way").unlink()
    journal.log(params=[Param("lr", "0.1")])

    assert journal.params == {"lr": "0.1"}
