"""The database restarts, is gone, or cuts a connection: clear errors, and it goes on by itself."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from random import Random
from threading import Event, Thread
from time import monotonic

import psycopg
import pytest

from runstone.entities import Metric, Param
from runstone.errors import BackendError, BackendUnavailable, InvalidValue
from runstone.stores.sql.store import SqlStore
from tests.postgres import Cluster, programs

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'runstone'
"""
CUT_AT_COMMIT = """
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON experiment DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION cut()
"""
NO_CUT = "DROP TRIGGER cut ON experiment; DROP FUNCTION cut()"
ROUNDS = 4


@pytest.fixture
def store(postgres_uri: str) -> Iterator[SqlStore]:
    with closing(SqlStore(postgres_uri)) as store:
        yield store


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: run `make postgres`")
    with closing(Cluster(is_durable=True)) as cluster:
        yield cluster


def run_sql(uri: str, statement: str) -> None:
    with closing(psycopg.connect(uri, autocommit=True)) as connection:
        connection.execute(statement.encode())


def test_calls_after_their_connections_were_cut_succeed(store: SqlStore, postgres_uri: str) -> None:
    run = store.create_run("0").info.run_id
    store.get_run(run)

    run_sql(postgres_uri, CUT)
    found = store.get_run(run)
    run_sql(postgres_uri, CUT)
    store.log_batch(run, metrics=[Metric("m", 1.0, 1)])

    assert found.info.run_id == run
    assert len(store.metric_history(run, "m")) == 1


def test_change_whose_connection_is_cut_is_run_again_and_done_once(store: SqlStore, postgres_uri: str) -> None:
    run = store.create_run("0").info.run_id
    begun: list[int] = []

    def change() -> None:
        store.log_batch(run, params=[Param("p", "1")])
        begun.append(1)
        if len(begun) == 1:
            run_sql(postgres_uri, CUT)
        store.log_batch(run, metrics=[Metric("m", 1.0, 1)])

    store.submit(change).result()

    assert len(begun) == 2
    assert store.get_run(run).data.params == {"p": "1"}
    assert len(store.metric_history(run, "m")) == 1


def test_commit_of_unknown_outcome_is_no_success(store: SqlStore, postgres_uri: str) -> None:
    run_sql(postgres_uri, CUT_AT_COMMIT)
    try:
        with pytest.raises(BackendUnavailable, match="not known whether it was"):
            store.create_experiment("maybe")
    finally:
        run_sql(postgres_uri, NO_CUT)

    store.create_experiment("surely")
    assert store.get_experiment_by_name("surely") is not None


def test_database_that_is_stopped_is_told_and_used_again_when_it_is_back(cluster: Cluster) -> None:
    with cluster.database() as uri, closing(SqlStore(uri)) as store:
        run = store.create_run("0").info.run_id
        cluster.stop()

        with pytest.raises(BackendUnavailable, match="cannot be reached") as reading:
            store.get_run(run)
        with pytest.raises(BackendUnavailable, match="cannot be reached"):
            store.log_batch(run, metrics=[Metric("m", 1.0, 1)])
        cluster.start()
        store.log_batch(run, metrics=[Metric("m", 2.0, 2)])

        assert "\n" not in reading.value.message
        assert [point.value for point in store.metric_history(run, "m")] == [2.0]


def test_database_that_is_stopped_or_hangs_is_seen_soon(cluster: Cluster) -> None:
    with cluster.database() as uri, closing(SqlStore(uri)) as store:
        store.check()
        os.kill(cluster.pid, signal.SIGSTOP)
        try:
            before = monotonic()
            with pytest.raises(BackendUnavailable, match="cannot be reached"):
                store.check()
            took = monotonic() - before
        finally:
            os.kill(cluster.pid, signal.SIGCONT)
        store.check()
        cluster.stop()

        with pytest.raises(BackendUnavailable, match="cannot be reached"):
            store.check()
        cluster.start()
        store.check()

    assert took < 8


def test_password_is_in_no_message(cluster: Cluster) -> None:
    uri = cluster.uri("nowhere").replace("runstone@", "ada:open-sesame@")

    with pytest.raises(BackendError) as refused:
        SqlStore(f"{uri}?password=open-sesame")
    with pytest.raises(InvalidValue) as unread:
        SqlStore(f"{uri}?colour=green&password=open-sesame")

    assert "open-sesame" not in refused.value.message + unread.value.message
    assert "ada:***@127.0.0.1" in refused.value.message


@pytest.mark.slow
def test_crashes_in_the_middle_of_batches_lose_nothing_that_was_acknowledged(cluster: Cluster) -> None:
    random = Random(7)
    with cluster.database() as uri, closing(SqlStore(uri)) as store:
        run = store.create_run("0").info.run_id
        acknowledged: set[int] = set()
        doubtful: set[int] = set()
        for turn in range(ROUNDS):
            crash, ended = Event(), Event()
            crash_at = random.randrange(5, 60)
            writers = [
                Thread(
                    target=log_until,
                    args=(store, run, turn * 8 + number, (crash_at, crash, ended, acknowledged, doubtful)),
                )
                for number in range(4)
            ]
            for writer in writers:
                writer.start()
            assert crash.wait(30)
            cluster.crash()
            ended.set()
            for writer in writers:
                writer.join(60)

        found = [int(point.value) for point in store.metric_history(run, "m")]
        assert len(found) == len(set(found))
        assert acknowledged <= set(found) <= acknowledged | doubtful
        assert len(acknowledged) > ROUNDS * 5


def log_until(store: SqlStore, run: str, writer: int, shared: tuple[int, Event, Event, set[int], set[int]]) -> None:
    """Log numbers that nobody else logs, until the database is back; note which were acknowledged."""
    crash_at, crash, ended, acknowledged, doubtful = shared
    number = writer * 100_000
    while not ended.is_set():
        number += 1
        try:
            store.log_batch(run, metrics=[Metric("m", float(number), number)])
            acknowledged.add(number)
        except BackendUnavailable:
            doubtful.add(number)
        if number % 100_000 >= crash_at:
            crash.set()
