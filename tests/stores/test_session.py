"""Transactions: who writes when, what is committed together, and what a fork or an end does."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Metric, Param, Tag
from runstone.errors import BackendError, BackendUnavailable, ExperimentExists, InvalidState, ParamChanged, RunNotFound
from runstone.stores.sql.store import SqlStore

TIMEOUT_S = 60


@pytest.fixture(params=[False, True], ids=["embedded", "durable"])
def store(request: pytest.FixtureRequest, sqlite_uri: str) -> Iterator[SqlStore]:
    store = SqlStore(sqlite_uri, durable=request.param)
    yield store
    store.close()


@pytest.fixture
def run(store: SqlStore) -> str:
    return store.create_run("0").info.run_id


class Gate:
    """Holds the thread that writes, so that what is submitted meanwhile waits together."""

    def __init__(self, store: SqlStore) -> None:
        self._entered, self._open = threading.Event(), threading.Event()
        self.held = store.submit(self._wait)
        assert self._entered.wait(TIMEOUT_S)

    def _wait(self) -> None:
        self._entered.set()
        assert self._open.wait(TIMEOUT_S)

    def open(self) -> None:
        self._open.set()
        self.held.result(TIMEOUT_S)


def log(store: SqlStore, run: str, key: str) -> None:
    store.log_batch(run, metrics=[Metric(key, 1.0, 1)], tags=[Tag(key, "1")])


def test_submitted_change_gives_its_result(store: SqlStore) -> None:
    future = store.submit(lambda: store.create_experiment("submitted"))

    id = future.result(TIMEOUT_S)

    assert store.get_experiment(id).name == "submitted"


def test_error_of_a_submitted_change_is_its_futures(store: SqlStore) -> None:
    store.create_experiment("taken")

    future = store.submit(lambda: store.create_experiment("taken"))

    assert isinstance(future.exception(TIMEOUT_S), ExperimentExists)


def test_change_of_several_verbs_is_one_transaction(store: SqlStore, run: str) -> None:
    def change() -> None:
        log(store, run, "first")
        raise RuntimeError("second thoughts")

    error = store.submit(change).exception(TIMEOUT_S)

    assert isinstance(error, RuntimeError)
    assert store.metric_history(run, "first") == []
    assert "first" not in store.get_run(run).data.tags


def test_change_reads_what_it_wrote(store: SqlStore, run: str) -> None:
    def change() -> list[int]:
        found = []
        for number in range(3):
            store.log_batch(run, params=[Param(f"p{number}", "1")])
            found.append(len(store.get_run(run).data.params))
        return found

    assert store.submit(change).result(TIMEOUT_S) == [1, 2, 3]


def test_refused_verb_that_a_change_survives_leaves_nothing(store: SqlStore, run: str) -> None:
    def change() -> None:
        log(store, run, "before")
        with pytest.raises(ParamChanged):
            store.log_batch(run, tags=[Tag("refused", "1")], params=[Param("a", "1"), Param("a", "2")])
        log(store, run, "after")

    store.submit(change).result(TIMEOUT_S)

    assert {"before", "after"} <= store.get_run(run).data.tags.keys()
    assert "refused" not in store.get_run(run).data.tags


def test_refused_first_verb_that_a_change_survives_leaves_nothing(store: SqlStore, run: str) -> None:
    gate = Gate(store)

    def change() -> None:
        with pytest.raises(ParamChanged):
            store.log_batch(run, params=[Param("late", "1"), Param("late", "2")])
        with pytest.raises(ExperimentExists):
            store.create_experiment("Default")
        log(store, run, "after")

    earlier = store.submit(lambda: log(store, run, "earlier"))
    grouped = store.submit(change)
    gate.open()
    alone = [future.exception(TIMEOUT_S) for future in (earlier, grouped)]
    store.submit(change).result(TIMEOUT_S)

    assert alone == [None, None]
    data = store.get_run(run).data
    assert ({"earlier", "after"} <= data.tags.keys(), data.params) == (True, {})


def test_error_in_a_group_undoes_that_change_alone(store: SqlStore, run: str) -> None:
    gate = Gate(store)

    def bad(number: int) -> None:
        log(store, run, f"bad{number}")
        store.log_batch("no such run")

    good_ones = []
    bad_ones = []
    for number in range(10):
        good_ones.append(store.submit(lambda number=number: log(store, run, f"good{number}")))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        bad_ones.append(store.submit(lambda number=number: bad(number)))  # type: ignore[misc]  # the same
    gate.open()

    assert [future.exception(TIMEOUT_S) for future in good_ones] == [None] * 10
    assert all(isinstance(future.exception(TIMEOUT_S), RunNotFound) for future in bad_ones)
    tags = store.get_run(run).data.tags
    assert {f"good{number}" for number in range(10)} <= tags.keys()
    assert not any(name.startswith("bad") for name in tags)


def test_name_of_an_undone_change_is_taken_by_a_later_one(store: SqlStore, run: str) -> None:
    gate = Gate(store)

    def bad() -> None:
        log(store, run, "shared name")
        raise RuntimeError("no")

    undone = store.submit(bad)
    done = store.submit(lambda: log(store, run, "shared name"))
    gate.open()

    assert isinstance(undone.exception(TIMEOUT_S), RuntimeError)
    assert done.exception(TIMEOUT_S) is None
    assert len(store.metric_history(run, "shared name")) == 1
    assert store.get_run(run).data.metrics == {"shared name": 1.0}


def test_group_is_seen_by_others_only_when_committed(store: SqlStore, run: str) -> None:
    entered, seen = threading.Event(), threading.Event()

    def change() -> None:
        log(store, run, "a")
        entered.set()
        assert seen.wait(TIMEOUT_S)

    future = store.submit(change)
    assert entered.wait(TIMEOUT_S)
    during = store.metric_history(run, "a")
    seen.set()
    future.result(TIMEOUT_S)

    assert during == []
    assert len(store.metric_history(run, "a")) == 1


def test_cancelled_change_is_not_run(store: SqlStore, run: str) -> None:
    gate = Gate(store)
    future = store.submit(lambda: log(store, run, "cancelled"))

    assert future.cancel()
    gate.open()

    with pytest.raises(CancelledError):
        future.result(TIMEOUT_S)
    assert store.metric_history(run, "cancelled") == []


def test_many_threads_submit_and_write_without_loss(store: SqlStore, run: str) -> None:
    futures: list[Future[None]] = []

    def work(thread: int) -> None:
        for step in range(25):
            metric = Metric("m", float(thread), step, step)
            if thread % 2:
                futures.append(store.submit(lambda metric=metric: store.log_batch(run, metrics=[metric])))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            else:
                store.log_batch(run, metrics=[metric])
            store.get_run(run)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for future in futures:
        future.result(TIMEOUT_S)

    assert len(store.metric_history(run, "m")) == 200


def test_closing_finishes_what_was_submitted(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    store = SqlStore(uri, durable=True)
    futures = [store.submit(lambda number=number: store.create_experiment(f"e{number}")) for number in range(50)]  # type: ignore[misc]  # mypy cannot infer a lambda with a default

    store.close()

    assert all(future.done() and future.exception() is None for future in futures)
    with closing(SqlStore(uri)) as again:
        assert len(again.search_experiments()) == 51


def test_closed_store_says_so(store: SqlStore, run: str) -> None:
    store.close()
    store.close()

    with pytest.raises(InvalidState, match="closed"):
        store.get_run(run)
    with pytest.raises(InvalidState, match="closed"):
        store.log_batch(run)
    with pytest.raises(InvalidState, match="closed"):
        store.submit(lambda: None)


def test_change_cannot_close_its_own_store(store: SqlStore, run: str) -> None:
    error = store.submit(store.close).exception(TIMEOUT_S)

    assert isinstance(error, InvalidState)
    assert store.get_run(run).info.run_id == run


def test_closed_store_leaves_one_file(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    store.create_run("0")

    store.close()

    assert [path.name for path in tmp_path.iterdir()] == ["runstone.db"]


def test_locked_database_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    # The wait is a setting of the connection; a minute of it is too long for a test.
    store.submit(lambda: None).result(TIMEOUT_S)
    assert store._session._writer is not None
    store._session._writer.exec_driver_sql("PRAGMA busy_timeout = 1")

    with closing(sqlite3.connect(tmp_path / "runstone.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BackendUnavailable, match=r"runstone\.db stayed locked by another process"):
            store.create_experiment("blocked")
        other.execute("ROLLBACK")

    store.create_experiment("free again")
    store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_forked_child_uses_the_store_on_its_own(store: SqlStore, run: str) -> None:
    log(store, run, "before")
    context = multiprocessing.get_context("fork")

    children = [context.Process(target=_log_in_child, args=(store, run, number)) for number in range(3)]
    stop = threading.Event()
    busy = threading.Thread(target=_keep_logging, args=(store, run, stop))
    busy.start()
    for child in children:
        child.start()
    for child in children:
        child.join(TIMEOUT_S)
    stop.set()
    busy.join()

    assert [child.exitcode for child in children] == [0, 0, 0]
    assert all(len(store.metric_history(run, f"child{number}")) == 20 for number in range(3))
    log(store, run, "after")
    assert {"before", "after"} <= store.get_run(run).data.tags.keys()


def _keep_logging(store: SqlStore, run: str, stop: threading.Event) -> None:
    step = 0
    while not stop.is_set():
        store.submit(lambda step=step: store.log_batch(run, metrics=[Metric("busy", 1.0, step)])).result(TIMEOUT_S)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        store.get_run(run)
        step += 1


def _log_in_child(store: SqlStore, run: str, number: int) -> None:
    for step in range(10):
        store.log_batch(run, metrics=[Metric(f"child{number}", 1.0, step)])
        store.submit(
            lambda step=step: store.log_batch(run, metrics=[Metric(f"child{number}", 2.0, step)])  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        ).result(TIMEOUT_S)
    store.close()


def test_store_that_is_dropped_without_closing_ends_its_thread_with_the_process(tmp_path: Path) -> None:
    code = (
        "from runstone.stores.sql.store import SqlStore\n"
        f"store = SqlStore('sqlite:///{tmp_path}/runstone.db', durable=True)\n"
        "print(store.create_experiment('kept'))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)

    assert (done.stdout, done.stderr) == ("1\n", "")


def test_database_that_undoes_a_change_fails_all_of_it(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")

    def change() -> None:
        store.create_experiment("first")
        assert store._session._writer is not None
        store._session._writer.exec_driver_sql("ROLLBACK")  # as SQLite does by itself on a full disk
        with pytest.raises(BackendError, match="undid what was under way"):
            store.create_experiment("second")

    error = store.submit(change).exception(TIMEOUT_S)

    assert isinstance(error, BackendError)
    assert [experiment.name for experiment in store.search_experiments()] == ["Default"]
    store.close()


def test_error_of_a_query_leaves_its_connection_usable(store: SqlStore) -> None:
    for _ in range(20):
        with pytest.raises(RunNotFound):
            store.get_run("no such run")

    assert len(store.search_experiments()) == 1
