"""Threads, forks and processes that log to one run, and a clock that is set back, lose nothing of each other."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import runstone
from runstone.journal import leftovers
from runstone.stores.resolve import open_store
from tests.faults.forks import context
from tests.faults.loggers import WAIT_S, send_all
from tests.faults.servers import Server

PROCESSES, TIMES, CALLS = 4, 15, 20


def _resume(uri: str, folder: str, run_id: str, key: str) -> None:
    """Go on with a run, log, and end it, again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        runstone.set_tracking_uri(uri)
        for time in range(TIMES):
            with runstone.start_run(run_id=run_id):
                for step in range(time * CALLS, (time + 1) * CALLS):
                    runstone.log_metric(key, step / 8, step=step)
                    runstone.log_param(f"{key}.{step}", step)


@pytest.mark.slow
def test_processes_that_go_on_with_one_run_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    with (
        Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files") as server,
        closing(open_store(server.address)) as store,
    ):
        run_id = store.create_run("0").info.run_id
        children = [
            context.Process(target=_resume, args=(server.address, str(tmp_path), run_id, f"loss{number}"))
            for number in range(PROCESSES)
        ]
        for child in children:
            child.start()
        for child in children:
            child.join(WAIT_S)
        steps = [[metric.step for metric in store.metric_history(run_id, f"loss{n}")] for n in range(PROCESSES)]
        run = store.get_run(run_id)

    print(f"{PROCESSES} processes, each resumed one run {TIMES} times: {sum(map(len, steps))} values")
    assert [child.exitcode for child in children] == [0] * PROCESSES
    assert steps == [list(range(TIMES * CALLS))] * PROCESSES
    assert len(run.data.params) == PROCESSES * TIMES * CALLS
    assert run.info.status == "FINISHED"
    assert leftovers.find(tmp_path / ".runstone") == []


def _log_only(uri: str, folder: str, run_id: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        runstone.set_tracking_uri(uri)
        for step in range(200):
            runstone.log_metric("loss", step / 8, step=step, run_id=run_id)


@pytest.mark.slow
def test_child_of_multiprocessing_sends_all_before_it_ends(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(open_store(uri)) as store:
        run_id = store.create_run("0").info.run_id
        child = context.Process(target=_log_only, args=(uri, str(tmp_path), run_id))
        child.start()
        child.join(WAIT_S)

        assert [metric.step for metric in store.metric_history(run_id, "loss")] == list(range(200))
    assert leftovers.find(tmp_path / ".runstone") == []


FORKS = """
import multiprocessing, os, signal, sys, threading
import runstone

def log(name):
    for step in range(200):
        runstone.log_metric(name, step / 8, step=step, run_id=run_id)

def log_in_threads(name):
    threads = [threading.Thread(target=log, args=(f"{name}.{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

run_id = runstone.start_run().info.run_id
parent = threading.Thread(target=log_in_threads, args=("parent",))
parent.start()
child = os.fork()  # while threads log and one sends
if child == 0:
    log_in_threads("forked")
    os.kill(os.getpid(), signal.SIGKILL)
worker = multiprocessing.get_context("fork").Process(target=log_in_threads, args=("worker",))
worker.start()
log("main")
worker.join()
os.waitpid(child, 0)
parent.join()
print(run_id)
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_offline", ["0", "1"])
def test_threads_and_forks_log_to_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_offline: str) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", uri)
    monkeypatch.setenv("RUNSTONE_OFFLINE", is_offline)

    ran = subprocess.run(
        [sys.executable, "-c", FORKS], cwd=tmp_path, capture_output=True, text=True, timeout=WAIT_S, check=False
    )

    assert ran.stderr == ""
    names = ["main", *(f"{who}.{number}" for who in ("parent", "forked", "worker") for number in range(3))]
    with closing(open_store(uri)) as store:
        if is_offline == "0":  # only the one that was killed has not sent all by itself
            assert len(leftovers.find(tmp_path / ".runstone")) <= 1
            assert len(store.metric_history(ran.stdout.strip(), "worker.0")) == 200
        send_all(tmp_path, store, uri)
        found = {name: [m.step for m in store.metric_history(ran.stdout.strip(), name)] for name in names}
    print(f"{len(names)} threads of three processes: {sum(map(len, found.values()))} values")
    assert found == {name: list(range(200)) for name in names}


CLOCK = """
import itertools, time
back = itertools.count(0, -60)
now, now_ns = time.time, time.time_ns
time.time = lambda: now() + next(back)
time.time_ns = lambda: now_ns() + next(back) * 10**9
import runstone
with runstone.start_run() as run:
    for step in range(300):
        runstone.log_metric("loss", step / 8, step=step)
        runstone.set_tag("last", step)
print(run.info.run_id)
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_offline", ["0", "1"])
def test_clock_that_is_set_back_between_calls_changes_neither_order_nor_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_offline: str
) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", uri)
    monkeypatch.setenv("RUNSTONE_OFFLINE", is_offline)

    ran = subprocess.run(
        [sys.executable, "-c", CLOCK], cwd=tmp_path, capture_output=True, text=True, timeout=WAIT_S, check=True
    )

    with closing(open_store(uri)) as store:
        send_all(tmp_path, store, uri)
        run = store.get_run(ran.stdout.strip())
        history = store.metric_history(ran.stdout.strip(), "loss")
    times = [metric.timestamp for metric in sorted(history, key=lambda metric: metric.step)]
    print(f"clock set back 60 s before each of {len(history)} values")
    assert len(history) == 300
    assert run.info.status == "FINISHED"
    assert times == sorted(set(times), reverse=True)
    assert (run.data.metrics["loss"], run.data.tags["last"]) == (299 / 8, "299")
