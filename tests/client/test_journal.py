"""What a script logs is written down at once and sent later: what it may rely on."""

import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

import runstone
from runstone.client import Client
from runstone.client.connection import open_journals
from runstone.entities import Entry, Param, RunStatus, Tag
from runstone.entities.tag import END
from runstone.errors import BackendUnavailable, InvalidValue, ParamChanged, RunDeleted, RunNotFound
from runstone.journal import folder as folders
from runstone.journal.folder import RunFacts, journals_of
from runstone.journal.writer import Writer
from runstone.stores import resolve
from runstone.stores.base import TrackingStore

pytestmark = pytest.mark.usefixtures("chosen")


@pytest.fixture
def store(address: str) -> Iterator[Any]:
    """The same store by a way of its own, which sends nothing."""
    opened = resolve.open_store(address)
    yield opened
    opened.close()


def folder_of(run_id: str) -> Path:
    return Path(".runstone/runs") / run_id


def test_value_is_in_the_file_when_the_call_returns() -> None:
    run = runstone.start_run()

    runstone.log_metric("loss", 0.25, step=3, timestamp=1000)

    lines = (folder_of(run.info.run_id) / "journal.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["metrics"] == [{"key": "loss", "value": 0.25, "timestamp": 1000, "step": 3}]
    assert json.loads((folder_of(run.info.run_id) / "run.json").read_text())["run_id"] == run.info.run_id


def test_values_are_sent_without_being_asked_for(store: TrackingStore) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.25)

    for _ in range(200):
        if store.get_run(run.info.run_id).data.metrics:
            break
        threading.Event().wait(0.05)

    assert store.get_run(run.info.run_id).data.metrics == {"loss": 0.25}


def test_reading_sees_what_was_logged_before(chosen: Client) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.25)
    runstone.log_param("lr", 0.1)

    assert chosen.get_run(run.info.run_id).data.metrics == {"loss": 0.25}
    runstone.set_tag("stage", "late")
    assert runstone.search_runs(filter_string="tags.stage = 'late'", output_format="list")[0].data.params == {
        "lr": "0.1"
    }


def test_nothing_is_left_in_the_folder_when_a_run_has_ended(store: TrackingStore) -> None:
    with runstone.start_run() as run:
        runstone.log_metrics({"a": 1.0, "b": 2.0})

    assert not folder_of(run.info.run_id).exists()
    assert store.get_run(run.info.run_id).data.metrics == {"a": 1.0, "b": 2.0}
    assert Path(".runstone/.gitignore").read_text() == "*\n"


def test_param_that_changes_is_refused_at_the_callers_line() -> None:
    runstone.start_run()
    runstone.log_param("lr", 0.1)
    runstone.log_param("lr", 0.1)

    with pytest.raises(ParamChanged, match=r"'0\.1'"):
        runstone.log_param("lr", 0.2)
    with pytest.raises(ParamChanged):
        runstone.log_params({"depth": 3, "lr": 0.3})
    runstone.log_param("depth", 4)


def test_what_the_store_refuses_is_raised_at_the_end_of_the_run(store: TrackingStore) -> None:
    run = runstone.start_run()
    store.log_batch(run.info.run_id, params=[Param("lr", "0.1")])
    runstone.log_param("lr", 0.2)
    runstone.log_metric("loss", 0.5)

    with pytest.raises(ParamChanged, match=r"'0\.1'.*'0\.2'"):
        runstone.end_run()

    found = store.get_run(run.info.run_id)
    assert (found.data.metrics, found.info.status) == ({"loss": 0.5}, "FINISHED")
    assert [refusal.error for refusal in store.journal_refusals(run.info.run_id)] == ["ParamChanged"]


def test_what_the_store_refuses_is_raised_by_flush_and_wait_once(store: TrackingStore) -> None:
    run = runstone.start_run()
    store.log_batch(run.info.run_id, params=[Param("lr", "0.1")])

    waiting = runstone.log_param("lr", 0.2, synchronous=False)
    with pytest.raises(ParamChanged):
        waiting.wait()
    runstone.flush_async_logging()


def test_synchronous_call_raises_at_once(store: TrackingStore) -> None:
    run = runstone.start_run()
    store.log_batch(run.info.run_id, params=[Param("lr", "0.1")])

    with pytest.raises(ParamChanged):
        runstone.log_param("lr", 0.2, synchronous=True)


def test_several_refusals_are_all_told(store: TrackingStore, caplog: pytest.LogCaptureFixture) -> None:
    run = runstone.start_run()
    store.log_batch(run.info.run_id, params=[Param(key, "1") for key in "ab"])
    runstone.log_param("a", 2)
    runstone.log_param("b", 2)

    with caplog.at_level(logging.WARNING), pytest.raises(ParamChanged, match="'a'"):
        runstone.flush_async_logging()

    assert "'b'" in caplog.text


def test_param_that_was_refused_is_not_taken_for_the_one_that_the_run_has(store: TrackingStore) -> None:
    run = runstone.start_run()
    store.log_batch(run.info.run_id, params=[Param("lr", "0.1")])
    with pytest.raises(ParamChanged):
        runstone.log_params({"lr": 0.2, "depth": 3}, synchronous=True)

    runstone.log_params({"lr": 0.1, "depth": 4}, synchronous=True)

    assert store.get_run(run.info.run_id).data.params == {"lr": "0.1", "depth": "4"}


def test_flush_sends_every_run_whatever_is_refused_of_one(
    chosen: Client, store: TrackingStore, caplog: pytest.LogCaptureFixture
) -> None:
    run_ids = [chosen.create_run("0").info.run_id for _ in range(3)]
    store.delete_run(run_ids[0])
    store.log_batch(run_ids[1], params=[Param("lr", "0.1")])
    for run_id in run_ids:
        chosen.log_param(run_id, "lr", 0.2)

    with caplog.at_level(logging.WARNING), pytest.raises(RunDeleted):
        runstone.flush_async_logging()

    assert store.get_run(run_ids[2]).data.params == {"lr": "0.2"}
    assert f"the run {run_ids[1]}: the param 'lr'" in caplog.text


def test_run_that_was_deleted_meanwhile_says_so_at_its_end_and_keeps_its_journal(store: TrackingStore) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.5)
    store.delete_run(run.info.run_id)

    with pytest.raises(RunDeleted):
        runstone.end_run()

    assert journals_of(folder_of(run.info.run_id))


@pytest.mark.parametrize("is_resumed", [False, True])
def test_run_that_was_begun_and_is_gone_before_anything_of_it_arrived_keeps_its_journal(
    store: Any, is_resumed: bool
) -> None:
    """As where the server is restored from a copy that is older than the run."""
    run_id = store.create_run("0").info.run_id if is_resumed else None
    with runstone.start_run(run_id) as run:
        runstone.flush_async_logging()
        folder = folder_of(run.info.run_id)
        open_journals.of(runstone.get_tracking_uri(), run.info.run_id).retire()
        store.delete_run(run.info.run_id)
        store.empty_trash(run_ids=[run.info.run_id])
        open_journals.begin_in_child()
        runstone.log_metric("loss", 0.5)
        for _ in range(2):
            with pytest.raises(RunNotFound):
                runstone.flush_async_logging()
            assert journals_of(folder)
        with pytest.raises(RunNotFound):
            runstone.end_run()

    assert journals_of(folder)


def test_what_a_former_process_has_left_of_a_run_is_said_before_it_is_resumed(store: Any) -> None:
    run_id = store.create_run("0").info.run_id
    folder = folder_of(run_id)
    within = folders.root()
    facts = RunFacts(run_id=run_id, tracking_uri=folders.seen_from(within, runstone.get_tracking_uri()))
    with folders.alone(within):
        folders.make(within, facts)
    writer = Writer(folder, run_id, most_bytes=1 << 30, durable=False)
    writer.append(Entry(n=1, tags=[Tag("stage", "first"), Tag(END, "RuntimeError")], status=RunStatus.FAILED))
    writer.close()

    with runstone.start_run(run_id):
        runstone.set_tag("stage", "second")
        assert not writer.path.exists() or writer.path.read_bytes().count(b"first") == 0

    run = store.get_run(run_id)
    assert (run.info.status, run.data.tags["stage"], run.data.tags.get(END)) == (RunStatus.FINISHED, "second", None)


def test_run_that_never_was_is_told_and_leaves_nothing() -> None:
    client = runstone.Client()
    client.log_metric("0" * 32, "loss", 0.5)

    with pytest.raises(RunNotFound):
        runstone.flush_async_logging()

    assert not folder_of("0" * 32).exists()
    runstone.flush_async_logging()


@pytest.mark.parametrize("run_id", ["../../outside", "a/b", "", "x" * 65, "ä"])
def test_id_that_is_no_name_of_a_folder_is_refused(run_id: str) -> None:
    with pytest.raises((RunNotFound, InvalidValue)):
        runstone.Client().log_metric(run_id, "loss", 0.5)


def test_threads_log_to_one_run(store: TrackingStore) -> None:
    run = runstone.start_run()

    def log(number: int) -> None:
        for step in range(200):
            runstone.log_metric(f"loss{number}", step, step=step, run_id=run.info.run_id)

    threads = [threading.Thread(target=log, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runstone.end_run()

    for number in range(4):
        history = store.metric_history(run.info.run_id, f"loss{number}")
        assert [metric.step for metric in history] == list(range(200))


def test_child_of_a_fork_logs_to_the_run_by_a_journal_of_its_own(store: TrackingStore) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.0, step=0)

    child = os.fork()
    if child == 0:  # pragma: no cover  # measured in the parent alone
        status = 1
        try:
            runstone.log_metric("loss", 1.0, step=1)
            files = len(journals_of(folder_of(run.info.run_id)))
            runstone.flush_async_logging()
            status = 0 if files == 2 else 2
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    runstone.log_metric("loss", 2.0, step=2)
    runstone.end_run()

    assert [metric.step for metric in store.metric_history(run.info.run_id, "loss")] == [0, 1, 2]


def test_what_the_child_of_a_fork_logs_is_sent_without_being_asked_for(store: TrackingStore) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.0)

    child = os.fork()
    if child == 0:  # pragma: no cover  # measured in the parent alone
        runstone.log_metric("of the child", 1.0)
        threading.Event().wait()
    for _ in range(200):
        if "of the child" in store.get_run(run.info.run_id).data.metrics:
            break
        threading.Event().wait(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert store.get_run(run.info.run_id).data.metrics["of the child"] == 1.0


def test_end_of_a_run_sends_what_a_child_has_left_that_ended_without_a_word(store: TrackingStore) -> None:
    with runstone.start_run() as run:
        child = os.fork()
        if child == 0:  # pragma: no cover  # measured in the parent alone
            for step in range(10):
                runstone.log_metric("loss", step, step=step)
            os._exit(0)  # as a worker of a pool that is terminated
        assert os.waitpid(child, 0)[1] == 0

    assert [metric.step for metric in store.metric_history(run.info.run_id, "loss")] == list(range(10))
    assert store.get_run(run.info.run_id).info.status is RunStatus.FINISHED
    assert not folder_of(run.info.run_id).exists()


def test_end_of_a_run_tells_what_a_child_has_left_that_cannot_be_read(
    store: TrackingStore, caplog: pytest.LogCaptureFixture
) -> None:
    with runstone.start_run() as run:
        runstone.log_metric("loss", 0.0)
        child = os.fork()
        if child == 0:  # pragma: no cover  # measured in the parent alone
            runstone.log_metric("of the child", 1.0)
            (folder_of(run.info.run_id) / "run.json").write_text("{")
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0

    assert store.get_run(run.info.run_id).info.status is RunStatus.FINISHED
    assert "still waits" in caplog.text
    assert journals_of(folder_of(run.info.run_id))


def test_end_of_the_process_sends_what_a_child_has_left_of_a_run_that_goes_on(store: TrackingStore) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.0, step=0)
    child = os.fork()
    if child == 0:  # pragma: no cover  # measured in the parent alone
        runstone.log_metric("loss", 1.0, step=1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

    open_journals.close()

    assert [metric.step for metric in store.metric_history(run.info.run_id, "loss")] == [0, 1]
    assert store.get_run(run.info.run_id).info.status is RunStatus.RUNNING


def test_thread_that_sends_outlives_any_error(
    store: TrackingStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = runstone.start_run()

    def fail() -> None:
        raise KeyError(run.info.run_id)  # as for a variable that is removed while a library reads all of them

    monkeypatch.setattr(open_journals, "make_durable", fail)
    wait_for(lambda: f"KeyError('{run.info.run_id}')" in caplog.text)
    runstone.log_metric("loss", 0.5)
    wait_for(lambda: "loss" in store.get_run(run.info.run_id).data.metrics)

    assert caplog.text.count("KeyError") == 1


def wait_for(is_so: Callable[[], bool]) -> None:
    until = monotonic() + 20
    while not is_so():
        assert monotonic() < until
        threading.Event().wait(0.05)


def test_call_that_the_end_of_the_run_overtakes_is_sent_all_the_same(address: str, store: TrackingStore) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.0, step=0)
    journal = open_journals.of(address, run.info.run_id)  # as a thread has it that is in the middle of a call
    runstone.end_run()

    journal.metric("loss", 1.0, 0, 1)
    open_journals.flush_all()

    assert {metric.step for metric in store.metric_history(run.info.run_id, "loss")} == {0, 1}


def test_flush_does_not_wait_for_what_others_log_meanwhile() -> None:
    run = runstone.start_run()
    is_flushed, logged = threading.Event(), 0

    def log() -> None:
        nonlocal logged
        while not is_flushed.is_set() and logged < 300_000:
            runstone.log_metric("loss", 0.5, step=logged, run_id=run.info.run_id)
            logged += 1

    thread = threading.Thread(target=log)
    thread.start()
    runstone.flush_async_logging()
    is_flushed.set()
    thread.join()

    assert logged < 300_000


def test_folder_that_cannot_be_written_makes_calls_wait_and_warns_once(
    store: TrackingStore, caplog: pytest.LogCaptureFixture
) -> None:
    Path(".runstone").write_text("in the way")
    run = runstone.start_run()

    with caplog.at_level(logging.WARNING):
        for step in range(3):
            runstone.log_metric("loss", 0.5, step=step)
        runstone.log_param("lr", 0.1)
        assert store.get_run(run.info.run_id).data.params == {"lr": "0.1"}
        runstone.end_run()

    assert caplog.text.count("every call waits") == 1
    assert len(store.metric_history(run.info.run_id, "loss")) == 3
    assert store.get_run(run.info.run_id).info.status == "FINISHED"


def test_full_journal_makes_calls_wait(
    store: TrackingStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_MAX_MB", "1")
    run = runstone.start_run()

    with caplog.at_level(logging.WARNING):
        for step in range(200):
            runstone.set_tag(f"tag{step}", "x" * 8000)
        runstone.end_run()

    assert "RUNSTONE_JOURNAL_MAX_MB" in caplog.text
    assert sum(key.startswith("tag") for key in store.get_run(run.info.run_id).data.tags) == 200


@pytest.mark.parametrize("fsync", ["always", "interval", "never"])
def test_values_arrive_whenever_the_disk_is_asked(
    store: TrackingStore, monkeypatch: pytest.MonkeyPatch, fsync: str
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_FSYNC", fsync)
    with runstone.start_run() as run:
        runstone.log_metric("loss", 0.5)
        open_journals.make_durable()

    assert store.get_run(run.info.run_id).data.metrics == {"loss": 0.5}


def test_large_journal_is_removed_when_it_is_sent(store: TrackingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.journal.run_journal.LARGE_BYTES", 10_000)
    with runstone.start_run() as run:
        for step in range(450):
            runstone.log_metric("loss", 0.5, step=step)
            if step % 150 == 149:
                runstone.flush_async_logging()
                left = journals_of(folder_of(run.info.run_id))  # the thread may have removed one before
                assert sum(path.stat().st_size for path in left) <= 10_000

    assert len(store.metric_history(run.info.run_id, "loss")) == 450


def test_run_without_its_store_is_made_when_the_store_is_back(
    address: str, store: TrackingStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(_: Client) -> None:
        raise BackendUnavailable("the server does not answer")

    with monkeypatch.context() as away:
        away.setattr(Client, "_check_store", gone)
        with caplog.at_level(logging.WARNING):
            run = runstone.start_run(run_name="on its own")
    runstone.log_metric("loss", 0.5)
    runstone.log_text("a note", "note.txt")
    runstone.end_run()

    assert "is kept in" in caplog.text
    found = store.get_run(run.info.run_id)
    assert (found.info.run_name, found.info.status, found.data.metrics) == ("on its own", "FINISHED", {"loss": 0.5})
    assert [file.path for file in Client(address).list_artifacts(run.info.run_id)] == ["note.txt"]
    assert not folder_of(run.info.run_id).exists()


def test_run_that_was_just_opened_can_be_taken_for_lost(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/beats.db"
    runstone.set_tracking_uri(uri)
    found: list[str] = []

    with closing(resolve.open_embedded_store(uri, artifact_root=str(tmp_path))) as store:
        for _ in range(2):  # the second one while the thread that sends is at work
            run_id = runstone.start_run(nested=True).info.run_id
            for _ in range(100):
                threading.Event().wait(0.05)
                found += store.mark_lost(0)
                if run_id in found:
                    break

            assert run_id in found
