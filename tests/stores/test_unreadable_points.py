"""A run whose points cannot be read is told, and stands in the way of no other."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection

from runstone.entities import Metric, RunStatus
from runstone.errors import SchemaMismatch
from runstone.stores.sql import compaction
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.migrations import commands
from runstone.stores.sql.store import SqlStore

TIMEOUT_S = 60
# A chunk of several keys is joined with the new points, and so read.
POINTS = [Metric(key, step / 7, step, step) for key in "ab" for step in range(100)]


@pytest.fixture(params=["sqlite", "postgres"])
def uri(request: pytest.FixtureRequest) -> str:
    """The address of either database."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_uri"))
    return f"sqlite:///{request.getfixturevalue('tmp_path')}/runstone.db"


@pytest.fixture
def store(uri: str) -> Iterator[SqlStore]:
    with closing(SqlStore(uri)) as store:
        yield store


def new_run(store: SqlStore) -> str:
    run = store.create_run("0").info.run_id
    store.update_run(run, status=RunStatus.FINISHED, end_time=1)
    return run


def broken_and_whole_run(store: SqlStore) -> tuple[str, str]:
    """A run with a chunk that cannot be read, and one after it; both with a tail to compact."""
    broken, whole = new_run(store), new_run(store)
    store.log_batch(broken, metrics=POINTS)
    store.compact()

    def damage(connection: Connection) -> None:
        driver_of(connection).execute("UPDATE chunk SET points = ?", (b"broken",))

    store._session.write(damage)
    for run in (broken, whole):
        for _ in range(2):
            store.log_batch(run, metrics=POINTS)
    return broken, whole


def tail_of_others(store: SqlStore, run: str) -> int:
    """How many batches of other runs are in the tail."""
    query = "SELECT count(*) FROM tail JOIN run ON run.id = tail.run_id WHERE run.uuid <> ?"
    return store._session.read(lambda connection: int(driver_of(connection).execute(query, (run,)).fetchone()[0]))


def test_later_runs_are_compacted_at_once(store: SqlStore) -> None:
    broken, whole = broken_and_whole_run(store)

    with pytest.raises(SchemaMismatch, match=r"400 values were compressed.* 1 .*runstone db check"):
        store.compact()

    assert tail_of_others(store, broken) == 0
    assert len(store.metric_history(whole, "a")) == 100


def test_later_runs_are_compacted_in_the_background_and_the_log_tells_once(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    broken, _ = broken_and_whole_run(store)
    compactor = compaction.Compactor(store._session, every_s=0.01)

    compactor.start()
    deadline = time.monotonic() + TIMEOUT_S
    while tail_of_others(store, broken) and time.monotonic() < deadline:
        pass
    compactor.stop()

    told = [record.getMessage() for record in caplog.records if record.name == compaction.__name__]
    assert tail_of_others(store, broken) == 0
    assert len(told) == 1
    assert "cannot be compacted: a chunk of points cannot be read" in told[0]


def test_check_names_the_run(store: SqlStore, uri: str) -> None:
    before = commands.check(uri)
    broken, _ = broken_and_whole_run(store)

    [problem] = commands.check(uri)

    assert before == []
    assert problem.startswith(f"the metrics of the run {broken!r} cannot be read: a chunk of points")
