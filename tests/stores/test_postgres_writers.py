"""Several servers on one PostgreSQL: whoever comes second waits or is told, and nobody meets a conflict."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from random import Random
from threading import Barrier

import psycopg
import pytest

from runstone.entities import Applied, Entry, Metric, Param, RunStatus, Tag
from runstone.errors import ExperimentExists, ParamChanged, RegisteredModelExists, RunDeleted, RunstoneError
from runstone.stores.sql.store import SqlStore
from tests.postgres import new_database

ROOT = Path(__file__).resolve().parents[2]
SERVERS = 4
KEYS = [f"k{number}" for number in range(12)]

WRITER = """
import sys
from random import Random
from runstone.entities import Metric, Param, Tag
from runstone.stores.sql.store import SqlStore

uri, name, *runs = sys.argv[1:]
store = SqlStore(uri)
random = Random(name)
sent = []
for step in range(40):
    keys = random.sample([f"k{number}" for number in range(12)], 4)
    batch = [Metric(key, float(step), int(name) * 1000 + step, step) for key in keys]
    run = random.choice(runs)
    tags = [Tag("last", name)]
    sent.append(store.submit(lambda run=run, batch=batch, tags=tags: store.log_batch(run, metrics=batch, tags=tags)))
for future in sent:
    future.result()
store.close()
"""


@pytest.fixture
def stores(postgres_uri: str) -> Iterator[list[SqlStore]]:
    with ExitStack() as stack:
        yield [stack.enter_context(closing(SqlStore(postgres_uri))) for _ in range(SERVERS)]


def at_once(changes: Sequence[Callable[[], object]]) -> list[object]:
    """Run changes at the same moment; returns results, and the errors of ours."""
    barrier = Barrier(len(changes))

    def one(change: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return change()
        except RunstoneError as error:
            return error

    with ThreadPoolExecutor(len(changes)) as pool:
        return list(pool.map(one, changes))


def kinds(outcomes: list[object]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_name_of_an_experiment_goes_to_one_of_those_who_ask_at_once(stores: list[SqlStore]) -> None:
    for turn in range(10):
        outcomes = at_once([partial(store.create_experiment, f"new {turn}") for store in stores])

        assert kinds(outcomes) == [ExperimentExists.__name__] * (SERVERS - 1) + ["str"]


def test_name_of_a_model_goes_to_one_of_those_who_ask_at_once(stores: list[SqlStore]) -> None:
    for turn in range(10):
        outcomes = at_once([partial(store.create_registered_model, f"new {turn}") for store in stores])

        assert kinds(outcomes) == ["RegisteredModel"] + [RegisteredModelExists.__name__] * (SERVERS - 1)


def test_param_keeps_the_value_of_whoever_was_first(stores: list[SqlStore]) -> None:
    for turn in range(10):
        run = stores[0].create_run("0").info.run_id
        given = [[Param(f"p{turn}", str(number))] for number in range(SERVERS)]
        outcomes = at_once(
            [partial(store.log_batch, run, params=params) for store, params in zip(stores, given, strict=True)]
        )

        [first] = [number for number, outcome in enumerate(outcomes) if outcome is None]
        assert kinds(outcomes) == ["NoneType"] + [ParamChanged.__name__] * (SERVERS - 1)
        assert stores[0].get_run(run).data.params == {f"p{turn}": str(first)}


def test_entries_that_several_send_at_once_are_applied_once(stores: list[SqlStore]) -> None:
    run = stores[0].create_run("0").info.run_id
    for start in range(0, 100, 10):
        # A tag that each entry sets anew, and a param that half of them would change.
        entries = [
            Entry(n=n, params=[Param("p", str(n % 2))], tags=[Tag("t", str(n))]) for n in range(start + 1, start + 11)
        ]
        outcomes = at_once([partial(store.append_journal, run, "w", entries, follows=start) for store in stores])

        assert outcomes == [outcomes[0]] * SERVERS
        assert isinstance(outcomes[0], Applied)
        assert outcomes[0].applied == start + 10

    assert [told.n for told in stores[0].journal_refusals(run)] == list(range(2, 101, 2))
    assert stores[0].get_run(run).data.params == {"p": "1"}


def test_run_whose_id_was_chosen_is_made_once_by_those_who_make_it_at_once(stores: list[SqlStore]) -> None:
    for turn in range(10):
        chosen = f"{turn:032x}"
        outcomes = at_once([partial(store.create_run, "0", run_name="mine", run_id=chosen) for store in stores])

        assert kinds(outcomes) == ["Run"] * SERVERS

    assert len(stores[0].search_runs(["0"])) == 10


def test_versions_of_a_model_are_counted_without_a_gap(stores: list[SqlStore]) -> None:
    stores[0].create_registered_model("churn")

    def create(store: SqlStore) -> list[int]:
        return [int(store.create_model_version("churn", "s3://bucket/model").version) for _ in range(5)]

    outcomes = at_once([partial(create, store) for store in stores])

    given = [version for versions in outcomes if isinstance(versions, list) for version in versions]
    assert sorted(given) == list(range(1, SERVERS * 5 + 1))


def test_run_that_is_deleted_meanwhile_takes_a_batch_or_refuses_it(stores: list[SqlStore]) -> None:
    for _ in range(5):
        run = stores[0].create_run("0").info.run_id

        def change(store: SqlStore, number: int, run: str = run) -> None:
            if number == 0:
                store.delete_run(run)
            else:
                store.log_batch(run, metrics=[Metric("m", float(number), number)])

        outcomes = at_once([partial(change, store, number) for number, store in enumerate(stores)])

        taken = sum(outcome is None for outcome in outcomes[1:])
        assert set(kinds(outcomes)) <= {"NoneType", RunDeleted.__name__}
        assert len(stores[0].metric_history(run, "m")) == taken


def test_groups_that_touch_the_same_runs_in_opposite_order_all_arrive(stores: list[SqlStore]) -> None:
    runs = [stores[0].create_run("0").info.run_id for _ in range(6)]

    def change(store: SqlStore, number: int) -> None:
        random = Random(number)
        futures = []
        for step in range(60):
            run, keys = random.choice(runs), random.sample(KEYS, 4)
            batch = [Metric(key, float(step), number * 1000 + step, step) for key in keys]
            futures.append(store.submit(partial(store.log_batch, run, metrics=batch)))
        for future in futures:
            future.result()

    outcomes = at_once([partial(change, store, number) for number, store in enumerate(stores)])

    assert outcomes == [None] * SERVERS
    counts = [len(stores[0].metric_history(run, key)) for run in runs for key in KEYS]
    assert sum(counts) == SERVERS * 60 * 4
    for run in runs:
        for key, value in stores[0].get_run(run).data.metrics.items():
            assert value == max(point.value for point in stores[0].metric_history(run, key))


def test_tables_are_made_once_by_those_who_come_first_together(empty_postgres_uri: str) -> None:
    with ThreadPoolExecutor(SERVERS) as pool:
        opened = list(pool.map(lambda _: SqlStore(empty_postgres_uri), range(SERVERS)))

    assert [store.get_experiment("0").name for store in opened] == ["Default"] * SERVERS
    for store in opened:
        store.close()


@pytest.mark.slow
def test_processes_that_write_to_the_same_runs_lose_nothing() -> None:
    with new_database() as uri, closing(SqlStore(uri)) as store:
        runs = [store.create_run("0").info.run_id for _ in range(3)]
        command = [sys.executable, "-c", WRITER, uri]

        writers = [
            subprocess.Popen([*command, str(number), *runs], stderr=subprocess.PIPE, cwd=ROOT)
            for number in range(SERVERS)
        ]

        ends = [(writer.communicate(timeout=120)[1].decode(), writer.returncode) for writer in writers]
        assert ends == [("", 0)] * SERVERS
        counts = [len(store.metric_history(run, key)) for run in runs for key in KEYS]
        assert sum(counts) == SERVERS * 40 * 4


@pytest.mark.parametrize("is_lost", [False, True])
def test_end_that_a_process_tells_meanwhile_holds_against_silence_and_late_signs_of_life(
    stores: list[SqlStore], postgres_uri: str, is_lost: bool
) -> None:
    first, second = stores[:2]
    run = first.create_run("0").info.run_id
    first.beat([run])
    time.sleep(0.01)
    if is_lost:
        assert run in first.mark_lost(0)
    look: Callable[[], object] = partial(second.beat, [run]) if is_lost else partial(second.mark_lost, 0)

    with ThreadPoolExecutor(1) as pool:

        def tell(end: Callable[[], object]) -> Future[object]:
            end()
            looking = pool.submit(look)
            while not waits_for_a_lock(postgres_uri) and not looking.done():
                pass
            return looking

        end = partial(first.update_run, run, status=RunStatus.FINISHED, end_time=5)
        first.submit(lambda: tell(end)).result().result()

    found = first.get_run(run).info
    assert (found.status, found.end_time) == (RunStatus.FINISHED, 5)


def waits_for_a_lock(uri: str) -> bool:
    """Whether a transaction on a database waits for another."""
    with closing(psycopg.connect(uri, autocommit=True)) as driver:
        query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return driver.execute(query).fetchone() is not None
