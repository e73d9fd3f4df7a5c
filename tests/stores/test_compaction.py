"""Compaction: no reader sees a difference, whatever happens in the middle of it."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from runstone.entities import Metric, RunStatus, Series
from runstone.errors import Unsupported
from runstone.stores.sql import compaction, history, tails
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.session import Session
from runstone.stores.sql.store import SqlStore

KILLS = 20
TIMEOUT_S = 60
KEYS = ["acc", "loss", "lr"]
POINTS = st.lists(
    st.builds(
        Metric,
        st.sampled_from(KEYS),
        st.sampled_from([0.0, -0.0, 1.5, -2.5, nan, inf, -inf]),
        st.integers(0, 4),
        st.integers(-2, 2),
    ),
    min_size=1,
    max_size=12,
)

Seen = tuple[list[list[tuple[str, int, int, str]]], list[Series]]


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """A store on either database."""
    on_file = request.param == "sqlite"
    uri = f"sqlite:///{request.getfixturevalue('path')}" if on_file else request.getfixturevalue("postgres_uri")
    with closing(SqlStore(uri)) as store:
        yield store


@pytest.fixture
def file_store(path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(f"sqlite:///{path}")) as store:
        yield store


def new_run(store: SqlStore, status: RunStatus = RunStatus.FINISHED) -> str:
    run = store.create_run("0").info.run_id
    store.update_run(run, status=status, end_time=1)
    return run


def seen(store: SqlStore, run: str) -> Seen:
    """All that a reader can see of the metrics of a run: whole histories, histories by pages, curves."""
    histories = []
    for key in KEYS:
        for size in (None, 3):
            token, found = "", []
            while True:
                page = store.metric_history(run, key, max_results=size, page_token=token)
                found += [(point.key, point.timestamp, point.step, repr(point.value)) for point in page]
                token = page.token or ""
                if not token:
                    break
            histories.append(found)
        stretches = [metric for stretch in store.metric_stretches(run, key) for metric in stretch.as_metrics()]
        histories.append([(point.key, point.timestamp, point.step, repr(point.value)) for point in stretches])
    thinned = store.metric_series([run], KEYS, points=5)
    return histories, [*store.metric_series([run], KEYS, start_step=-1, end_step=1), *thinned]


def text(what: Seen) -> str:
    return repr(what)  # equal texts are equal to the last bit, NaN and -0.0 included


def sizes(store: SqlStore) -> tuple[int, int]:
    """How many points lie in the tail, and how many in chunks."""

    def query(connection: Connection) -> tuple[int, int]:
        tail, chunk = (
            driver_of(connection).execute(f"SELECT coalesce(sum(size), 0) FROM {table}").fetchone()[0]
            for table in ("tail", "chunk")
        )
        return tail, chunk

    return store._session.read(query)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runstone.db"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.one_of(POINTS, st.none()), min_size=1, max_size=8))
def test_compaction_changes_nothing_for_a_reader(tmp_path: Path, batches: list[list[Metric] | None]) -> None:
    with (
        closing(SqlStore(f"sqlite:///{tmp_path}/plain.db")) as plain,
        closing(SqlStore(f"sqlite:///{tmp_path}/compacted.db")) as compacted,
    ):
        first, second = new_run(plain), new_run(compacted)

        for batch in batches:
            if batch is None:
                compacted.compact()
            else:
                plain.log_batch(first, metrics=batch)
                compacted.log_batch(second, metrics=batch)
        compacted.compact()

        assert text(seen(compacted, second)).replace(second, first) == text(seen(plain, first))


def test_compacted_points_are_all_in_chunks_and_repeats_are_gone(store: SqlStore) -> None:
    run = new_run(store)
    for _ in range(2):
        store.log_batch(run, metrics=[Metric("m", step / 7, step, step) for step in range(100)])

    moved = store.compact()

    assert moved == 200
    assert sizes(store) == (0, 100)


def test_long_series_takes_eight_bytes_a_point_and_short_ones_sixteen(store: SqlStore) -> None:
    values = random.Random(1)
    long, short = new_run(store), new_run(store)
    time = 1_700_000_000_000
    for first in range(0, 100_000, 1000):
        batch = []
        for step in range(first, first + 1000):
            time += values.randrange(1, 40)
            batch.append(Metric("m", 1 / (step + 1) + values.gauss(0, 0.01), time, step))
        store.log_batch(long, metrics=batch)
    for step in range(20):
        store.log_batch(
            short, metrics=[Metric(f"m{key}", values.gauss(0, 1), time + 1000 * step, step) for key in range(10)]
        )

    store.compact()

    query = "SELECT sum(length(points)) * 1.0 / sum(size) FROM chunk GROUP BY run_id ORDER BY run_id"
    measured = store._session.read(lambda connection: driver_of(connection).execute(query).fetchall())
    assert measured[0][0] <= 8
    assert measured[1][0] <= 16


def test_small_batch_and_a_run_that_goes_on_are_left_alone_in_the_background(store: SqlStore) -> None:
    small, going = new_run(store), new_run(store, RunStatus.RUNNING)
    store.log_batch(small, metrics=[Metric("m", 1.0, 1, 1)])
    for step in range(100):
        store.log_batch(going, metrics=[Metric("m", 1.0, step, step)])

    found = store._session.read(lambda connection: compaction.due(connection, 10**15))

    assert found == []


def test_run_whose_tail_is_long_is_due_while_it_goes_on(store: SqlStore) -> None:
    run = new_run(store, RunStatus.RUNNING)
    for _ in range(17):
        store.log_batch(run, metrics=[Metric("m", 1.0, step, step) for step in range(1000)])

    found = store._session.read(lambda connection: compaction.due(connection, 0))

    assert len(found) == 1


def test_run_that_two_compact_at_once_is_compacted_once(store: SqlStore) -> None:
    run = new_run(store)
    store.log_batch(run, metrics=[Metric("m", step / 7, step, step) for step in range(1000)])
    before = text(seen(store, run))
    with closing(Session(store._session.database)) as other:
        [number] = other.read(lambda connection: compaction.due_at_once(connection, 10))
        late, _ = other.read(compaction._taking(number))

        store.compact()
        with pytest.raises(compaction._Overtaken):
            other.write(lambda connection: compaction._put(connection, late))

    assert sizes(store) == (0, 1000)
    assert text(seen(store, run)) == before


def test_readers_and_writers_go_on_during_compaction(store: SqlStore) -> None:
    run = new_run(store, RunStatus.RUNNING)
    done = threading.Event()
    failures: list[BaseException] = []

    def compact() -> None:
        try:
            while not done.is_set():
                store.compact()
        except BaseException as error:  # noqa: BLE001  # the test shows whatever it was
            failures.append(error)

    thread = threading.Thread(target=compact)
    thread.start()
    try:
        for number in range(60):
            store.log_batch(run, metrics=[Metric("m", float(step), number, step) for step in range(50)])
            assert len(store.metric_history(run, "m")) == 50 * (number + 1)
    finally:
        done.set()
        thread.join(TIMEOUT_S)

    assert failures == []
    assert sum(sizes(store)) == 3000


# Compacts copies of a database; each copy is killed at a later statement than the one before, until one is not killed.
KILLED_AT_EACH_STATEMENT = """
import itertools, os, shutil, signal, sys
from sqlalchemy import Engine, event
from runstone.stores.sql.store import SqlStore
from tests.stores.test_compaction import seen, text

source, copy, run = sys.argv[1:]

def look():
    store = SqlStore(f"sqlite:///{copy}")
    try:
        return text(seen(store, run))
    finally:
        store.close()

def compact(last):
    left = itertools.count(last, -1)
    def count(statement):
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    store = SqlStore(f"sqlite:///{copy}")
    event.listen(Engine, "connect", lambda driver, _: driver.set_trace_callback(count))
    store.compact()
    store.close()
    os._exit(0)

shutil.copy(source, copy)
before = look()
for last in itertools.count():
    for left in ("", "-wal", "-shm"):
        if os.path.exists(copy + left):
            os.remove(copy + left)
    shutil.copy(source, copy)
    child = os.fork()
    if child == 0:
        try:
            compact(last)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if look() != before:
        sys.exit(f"a reader sees a difference after a kill at statement {last}")
    if status == 0:
        print(last)
        break
"""


@pytest.mark.slow
@pytest.mark.usefixtures("unmeasured_children")  # what is killed tells no coverage
def test_kill_at_any_statement_changes_nothing_for_a_reader(tmp_path: Path) -> None:
    source = tmp_path / "source.db"
    with closing(SqlStore(f"sqlite:///{source}")) as store:
        run = new_run(store)
        for part in range(3):
            points = [Metric(key, step / 7, step, step) for key in KEYS for step in range(100 * part, 100 * part + 130)]
            store.log_batch(run, metrics=points)
            if part == 0:
                store.compact()

    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EACH_STATEMENT, str(source), str(tmp_path / "copy.db"), run],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 10


# Logs numbered batches and compacts after every second one; says which are acknowledged.
VICTIM = """
import sys
from runstone.entities import Metric
from runstone.stores.sql.store import SqlStore

uri, run, start = sys.argv[1:]
store = SqlStore(uri)
for number in range(int(start), 10**6):
    store.log_batch(run, metrics=[Metric(f"m{key}", float(number), number, number) for key in range(20)])
    print(number, flush=True)
    if number % 2:
        store.compact()
"""


@pytest.mark.slow
@pytest.mark.usefixtures("unmeasured_children")  # what is killed tells no coverage
def test_nothing_acknowledged_is_lost_or_doubled_by_kills_during_compaction(file_store: SqlStore, path: Path) -> None:
    run = new_run(file_store, RunStatus.RUNNING)
    chance = random.Random(7)
    acknowledged: list[int] = []

    for _ in range(KILLS):
        start = (acknowledged[-1] if acknowledged else -1) + 2  # the one that was under way may be there
        command = [sys.executable, "-c", VICTIM, f"sqlite:///{path}", run, str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as victim:
            assert victim.stdout is not None
            acknowledged += [int(victim.stdout.readline()) for _ in range(chance.randrange(1, 30))]
            victim.kill()
            acknowledged += [int(line) for line in victim.stdout if line.endswith("\n")]

    steps = [point.step for point in file_store.metric_history(run, "m7")]
    assert len(steps) == len(set(steps))
    assert set(acknowledged) <= set(steps)
    assert len(steps) <= len(acknowledged) + KILLS


def test_thread_compacts_what_is_due_unless_it_is_paused(store: SqlStore) -> None:
    compactor = compaction.Compactor(store._session, every_s=0.01)
    run = new_run(store)
    store.pause_compaction(paused=True)
    for _ in range(2):
        store.log_batch(run, metrics=[Metric("m", step / 7, step, step) for step in range(1000)])
    before = text(seen(store, run))

    compactor.start()
    while_paused = [sizes(store) for _ in range(50)]
    store.pause_compaction(paused=False)
    deadline = time.monotonic() + TIMEOUT_S
    while sizes(store) != (0, 1000) and time.monotonic() < deadline:
        pass
    compactor.stop()

    assert set(while_paused) == {(2000, 0)}
    assert sizes(store) == (0, 1000)
    assert text(seen(store, run)) == before


def test_paused_database_is_not_compacted_in_the_background(store: SqlStore) -> None:
    store.pause_compaction(paused=True)
    paused = store._session.read(compaction.is_paused)

    store.pause_compaction(paused=False)

    assert paused
    assert not store._session.read(compaction.is_paused)


def test_lease_is_with_one_compactor_until_it_expires(store: SqlStore) -> None:
    first, second = compaction.Compactor(store._session), compaction.Compactor(store._session)
    moment = 1_800_000_000_000

    held = [
        store._session.write(lambda connection, who=who, now=now: who._has_lease(connection, now))  # type: ignore[misc]  # defaults bind
        for who, now in [(first, moment), (second, moment + 1), (first, moment + 2), (second, moment + 10**6)]
    ]

    assert held == [True, False, True, True]


def test_plain_install_reads_what_is_not_compacted_and_says_what_the_rest_takes(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store)
    store.log_batch(run, metrics=[Metric(key, step / 7, step, step) for key in KEYS for step in range(100)])
    expected = text(seen(store, run))
    monkeypatch.setattr(history, "reader", lambda: tails.RunPoints)

    found = text(seen(store, run))
    store.compact()

    assert found == expected
    with pytest.raises(Unsupported, match=r"runstone\[server\]"):
        store.metric_history(run, "acc")
