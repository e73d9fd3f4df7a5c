"""Several processes on one database."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from runstone.entities import Metric, Tag
from runstone.stores.resolve import open_store
from runstone.stores.sql.store import SqlStore
from tests.faults.servers import WAIT_S, Server
from tests.faults.trainers import Trainer, check, work_all

WRITERS = 4
ALL_BATCHES = 4000
# The least of what all have written that one has, when four write as fast as they can: a fair share is a quarter.
LEAST_SHARE = 0.1


def _write(uri: str, run_id: str, left: "Synchronized[int]", start: Barrier) -> None:
    """Log batches to a run until all writers together have logged enough."""
    store = SqlStore(uri)
    number = 0
    start.wait(WAIT_S)
    while _take(left):
        store.log_batch(run_id, metrics=[Metric(f"m{key}", float(number), number, number) for key in range(5)])
        number += 1
    store.close()


def _take(left: "Synchronized[int]") -> bool:
    with left.get_lock():
        left.value -= 1
        return left.value >= 0


@pytest.mark.slow
def test_four_processes_write_the_file_of_a_server_and_none_is_starved(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    context = multiprocessing.get_context("spawn")
    left: Synchronized[int] = context.Value("i", ALL_BATCHES)
    start = context.Barrier(WRITERS)
    trainers = [Trainer(f"by-the-server-{number}") for number in range(2)]

    with Server(uri, tmp_path / "files") as server, closing(open_store(server.address)) as store:
        run_ids = [store.create_run("0").info.run_id for _ in range(WRITERS)]
        children = [context.Process(target=_write, args=(uri, run_id, left, start)) for run_id in run_ids]
        for child in children:
            child.start()
        work_all(trainers, server.address, lambda: left.value > 0)
        for child in children:
            child.join(WAIT_S)
        histories = [[m.step for m in store.metric_history(run_id, f"m{key}")] for run_id in run_ids for key in (0, 4)]
        counts = check(store, trainers)

    written = [len(history) for history in histories[::2]]
    print(f"batches of each process {written}, by the server {[len(trainer.acknowledged) for trainer in trainers]}")
    assert [child.exitcode for child in children] == [0] * WRITERS
    assert counts.get("batches without an answer", 0) == 0
    assert sum(written) == ALL_BATCHES
    assert all(history == list(range(len(history))) for history in histories)
    assert min(written) >= LEAST_SHARE * ALL_BATCHES
    assert all(trainer.acknowledged for trainer in trainers)


@pytest.mark.slow
def test_two_servers_on_one_database_keep_all_once(database_uri: str, tmp_path: Path) -> None:
    trainers = [Trainer(f"trainer-{number}") for number in range(8)]

    with Server(database_uri, tmp_path) as one, Server(database_uri, tmp_path) as two:
        with ThreadPoolExecutor(2) as pool:
            halves = [(one, trainers[::2]), (two, trainers[1::2])]
            working = [pool.submit(work_all, half, server.address, _so_many(400)) for server, half in halves]
            for work in working:
                work.result(WAIT_S)
        with closing(open_store(one.address)) as store:
            counts = check(store, trainers)
        with closing(open_store(two.address)) as store:
            store.log_batch(str(trainers[0].run_id), tags=[Tag("told-to", "two")])
        with closing(open_store(one.address)) as store:
            found = store.search_runs(["0"], filter_string="tags.`told-to` = 'two'")

    print(counts)
    assert counts["runs"] == 8
    assert counts.get("batches without an answer", 0) == 0
    assert [run.info.run_id for run in found] == [trainers[0].run_id]


def _so_many(count: int) -> Callable[[], bool]:
    left = iter(range(count))
    return lambda: next(left, None) is not None
