"""Several processes on one file, and processes that are killed."""

import multiprocessing
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Applied, Entry, Metric, Param, Tag
from runstone.stores.sql.store import SqlStore

TIMEOUT_S = 120
BATCH = 20

# Logs batches, each of BATCH points at one time, and says which are acknowledged. Ends when it is killed.
VICTIM = f"""
import sys
from runstone.entities import Metric, Param
from runstone.stores.sql.store import SqlStore

uri, run, how, start = sys.argv[1:]
store = SqlStore(uri, durable=how == "durable")
number = int(start)
while True:
    def change(number=number):
        store.log_batch(run, metrics=[Metric(f"m{{key}}", float(number), number, number) for key in range({BATCH})],
                        params=[Param(f"p{{number}}", "x" * 1000)])
    store.submit(change).result() if how == "submitted" else change()
    print(number, flush=True)
    number += 1
"""


def _log_in_process(uri: str, run: str, number: int) -> None:
    store = SqlStore(uri)
    for step in range(50):
        store.log_batch(run, metrics=[Metric("all", float(number), step, step), Metric(f"m{number}", 1.0, step, step)])
    store.close()


@pytest.mark.slow
def test_four_processes_write_one_file_without_error(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri)) as store:
        run = store.create_run("0").info.run_id
    context = multiprocessing.get_context("spawn")

    children = [context.Process(target=_log_in_process, args=(uri, run, number)) for number in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(TIMEOUT_S)

    assert [child.exitcode for child in children] == [0] * 4
    with closing(SqlStore(uri)) as store:
        assert len(store.metric_history(run, "all")) == 200
        assert all(len(store.metric_history(run, f"m{number}")) == 50 for number in range(4))


def _send_in_process(uri: str, run: str) -> None:
    with closing(SqlStore(uri)) as store:
        for start in range(0, 200, 10):
            numbers = range(start + 1, start + 11)
            entries = [Entry(n=n, params=[Param("p", str(n % 2))], tags=[Tag("t", str(n))]) for n in numbers]
            store.append_journal(run, "w", entries, follows=start)


@pytest.mark.slow
def test_entries_that_four_processes_send_are_applied_once(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri)) as store:
        run = store.create_run("0").info.run_id
    context = multiprocessing.get_context("spawn")

    children = [context.Process(target=_send_in_process, args=(uri, run)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(TIMEOUT_S)

    assert [child.exitcode for child in children] == [0] * 4
    with closing(SqlStore(uri)) as store:
        assert store.append_journal(run, "w", []) == Applied(applied=200)
        assert [told.n for told in store.journal_refusals(run)] == list(range(2, 201, 2))
        # Whoever came later passed over what was there: an older entry set the tag again nowhere.
        assert store.get_run(run).data.tags["t"] == "199"


def _open_and_name(uri: str, number: int) -> None:
    with closing(SqlStore(uri)) as store:
        store.create_experiment(f"e{number}")


@pytest.mark.slow
def test_four_processes_make_one_database(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/folder/runstone.db"
    context = multiprocessing.get_context("spawn")

    children = [context.Process(target=_open_and_name, args=(uri, number)) for number in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(TIMEOUT_S)

    assert [child.exitcode for child in children] == [0] * 4
    with closing(SqlStore(uri)) as store:
        names = {experiment.name for experiment in store.search_experiments()}
    assert names == {"Default", "e0", "e1", "e2", "e3"}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["embedded", "submitted", "durable"])
@pytest.mark.usefixtures("unmeasured_children")  # what is killed tells no coverage
def test_killed_process_loses_nothing_that_was_acknowledged(tmp_path: Path, how: str) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri)) as store:
        run = store.create_run("0").info.run_id
    chance = random.Random(how)
    acknowledged: list[int] = []

    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", VICTIM, uri, run, how, str(1000 * (len(acknowledged) + 1))],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        wanted = chance.randint(5, 60)
        told = [int(child.stdout.readline()) for _ in range(wanted)]
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split("\n")[:-1]
        child.stdout.close()
        child.wait(TIMEOUT_S)
        acknowledged += [*told, *map(int, rest)]

    with closing(sqlite3.connect(tmp_path / "runstone.db")) as driver:
        assert driver.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(SqlStore(uri)) as store:
        histories = [[metric.step for metric in store.metric_history(run, f"m{key}")] for key in range(BATCH)]
        params = store.get_run(run).data.params
    assert set(acknowledged) <= set(histories[0])
    assert all(history == histories[0] for history in histories), "a batch is there in part"
    assert len(set(histories[0])) == len(histories[0])
    assert {f"p{step}" for step in histories[0]} == params.keys()
    # At most the one batch that was under way at each kill is there without having been acknowledged.
    assert len(histories[0]) - len(acknowledged) <= 3
