"""A process that is killed while it logs loses nothing of what its calls have returned for."""

import random
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from runstone.journal import leftovers
from runstone.journal.folder import journals_of
from runstone.stores.resolve import open_store
from tests.faults.loggers import Logger, check, numbers_of, send_all
from tests.faults.servers import Server

# 1,000 kills in all.
SEEDS = range(4)
KILLS_OFFLINE, KILLS_ONLINE = 170, 80
AT_ONCE = 5
MOST_S = 0.02


def kill_some(uri: str, folder: Path, chance: random.Random, *, is_offline: bool) -> list[Logger]:
    """Start a few processes and kill each at a time of its own, now and then before it has a run."""
    loggers = [Logger(uri, folder, is_offline=is_offline) for _ in range(AT_ONCE)]
    for logger in loggers:
        if chance.random() < 0.9:
            logger.wait_until_it_logs()
        threading.Event().wait(chance.uniform(0, MOST_S))
        logger.kill()
    return loggers


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_process_keeps_what_it_logged_offline(tmp_path: Path, seed: int) -> None:
    uri, chance = f"sqlite:///{tmp_path}/runstone.db", random.Random(seed)
    loggers: list[Logger] = []
    while len(loggers) < KILLS_OFFLINE:
        loggers += kill_some(uri, tmp_path, chance, is_offline=True)

    with closing(open_store(uri)) as store:
        sent = send_all(tmp_path, store, uri)
        counts = check(store, loggers)

    print(f"seed {seed}: {len(loggers)} kills, {counts}")
    assert not any(told.damages or told.refused for told in sent)
    assert counts["calls acknowledged"] > 10 * KILLS_OFFLINE
    assert leftovers.find(tmp_path / ".runstone") == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_process_keeps_what_it_logged_while_it_was_sent(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    loggers: list[Logger] = []
    with Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files") as server:
        while len(loggers) < KILLS_ONLINE:
            loggers += kill_some(server.address, tmp_path, chance, is_offline=False)
        with closing(open_store(server.address)) as store:
            send_all(tmp_path, store, server.address)
            counts = check(store, loggers)

    print(f"seed {seed}: {len(loggers)} kills, {counts}")
    assert counts["calls acknowledged"] > 10 * KILLS_ONLINE
    assert leftovers.find(tmp_path / ".runstone") == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_file_that_is_cut_at_a_random_byte_keeps_all_lines_before_it(tmp_path: Path, seed: int) -> None:
    uri, chance = f"sqlite:///{tmp_path}/runstone.db", random.Random(seed)
    loggers = [logger for _ in range(10) for logger in kill_some(uri, tmp_path, chance, is_offline=True)]
    whole: dict[str, int] = {}
    for leftover in leftovers.find(tmp_path / ".runstone"):
        for path in journals_of(leftover.folder):
            text = path.read_bytes()[: chance.randrange(leftover.size + 1)]
            path.write_bytes(text)
            whole[leftover.facts.run_id] = max(0, text.count(b"\n") - 1)

    with closing(open_store(uri)) as store:
        sent = send_all(tmp_path, store, uri)
        found = {run_id: numbers_of(store, run_id) for run_id in whole}

    print(f"seed {seed}: {len(whole)} files cut, {sum(whole.values())} calls whole")
    assert len(whole) > len(loggers) // 2
    assert not any(told.damages for told in sent)
    assert found == {run_id: list(range(count)) for run_id, count in whole.items()}


SCRIPT = """
import os, signal, runstone
with runstone.start_run() as run:
    print(run.info.run_id, flush=True)
    for step in range(500):
        runstone.log_metric("loss", step / 8, step=step)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_offline", ["0", "1"])
def test_500_points_then_sigkill_500_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_offline: str) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", f"sqlite:///{tmp_path}/runstone.db")
    monkeypatch.setenv("RUNSTONE_OFFLINE", is_offline)

    killed = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    synced = subprocess.run(
        [sys.executable, "-m", "runstone", "sync"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )

    assert killed.returncode == -9
    assert killed.stderr == ""
    with closing(open_store(f"sqlite:///{tmp_path}/runstone.db")) as store:
        history = store.metric_history(killed.stdout.strip(), "loss")
    print(f"{len(history)} of 500 points kept")
    assert [(metric.step, metric.value) for metric in history] == [(step, step / 8) for step in range(500)]
    assert killed.stdout.strip() in synced.stdout
