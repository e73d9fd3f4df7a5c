"""A machine that loses its power keeps what ``RUNSTONE_JOURNAL_FSYNC`` promises, run and values alike."""

import os
import random
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from runstone.entities import RunStatus
from runstone.stores.resolve import open_embedded_store, open_store
from tests.faults.disks import losing_disk
from tests.faults.loggers import numbers_of, send_all
from tests.faults.servers import Server
from tests.faults.trainers import Countdown, Trainer, check, work_all

# Run after run, each of which ends; what a call has returned for is said with the time.
LOGGING = """
from time import monotonic, sleep

import runstone

while True:
    run_id = runstone.start_run().info.run_id
    for step in range(40):
        runstone.log_metric("loss", step / 8, step=step)
        print(run_id, step, monotonic(), flush=True)
        sleep(0.002)
    runstone.end_run()
    print(run_id, "ended", monotonic(), flush=True)
    sleep(0.1)
"""
WAIT_S = 60
CUTS, CLIENTS = 5, 4
# How much of the last a loss of power may cost; the thread that asks the disk comes each second, if it is not kept.
MODES = {"always": 0.0, "interval": 2.5}


@pytest.mark.slow
@pytest.mark.parametrize("is_offline", ["0", "1"])
@pytest.mark.parametrize("mode", MODES)
def test_loss_of_power_costs_no_more_than_is_promised(tmp_path: Path, mode: str, is_offline: str) -> None:
    disk_folder = tmp_path / "disk"
    with losing_disk(disk_folder) as disk:
        (disk_folder / "project").mkdir()
        os.sync()
        environment = {**os.environ, "RUNSTONE_JOURNAL_FSYNC": mode, "RUNSTONE_OFFLINE": is_offline}
        process = subprocess.Popen(
            [sys.executable, "-c", LOGGING],
            cwd=disk_folder / "project",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it finds that it cannot write any more
            text=True,
        )
        assert process.stdout is not None
        said = [process.stdout.readline()]
        threading.Event().wait(MODES[mode] + random.Random(mode + is_offline).uniform(0.5, 2))
        latest = monotonic() - MODES[mode]
        disk.cut()
        process.kill()
        said += process.communicate(timeout=WAIT_S)[0].splitlines()
        disk.give_back()

        acknowledged: dict[str, list[str]] = {}
        for run_id, what, moment in (line.split() for line in said if line.count(" ") == 2):
            if float(moment) < latest:
                acknowledged.setdefault(run_id, []).append(what)
        uri = f"sqlite:///{disk_folder}/project/runstone.db"
        with closing(open_store(uri)) as store:
            sent = send_all(disk_folder / "project", store, uri)
            for run_id, calls in acknowledged.items():
                found = numbers_of(store, run_id)
                assert found == list(range(len(found)))
                assert len(found) >= len([call for call in calls if call != "ended"])
                assert ("ended" in calls) <= (store.get_run(run_id).info.status is RunStatus.FINISHED)

    calls_in_all = sum(map(len, acknowledged.values()))
    where = "its power cut" if disk.is_mounted else "killed, since no disk may be mounted here"
    print(f"{mode}, {where}: {len(acknowledged)} runs, {calls_in_all} calls")
    assert calls_in_all > 20
    assert not any(told.refused for told in sent)


@pytest.mark.slow
def test_server_that_loses_its_power_has_all_that_it_answered(tmp_path: Path) -> None:
    chance, trainers = random.Random(1), list[Trainer]()
    with losing_disk(tmp_path / "disk") as disk:
        uri = f"sqlite:///{disk.folder}/runstone.db"
        server = Server(uri, disk.folder / "files")

        def lose_power() -> None:
            server.kill()
            disk.cut()

        for cut in range(CUTS):
            with server:
                trainers += [Trainer(f"{cut}-{number}") for number in range(CLIENTS)]
                work_all(trainers[-CLIENTS:], server.address, Countdown(chance.randint(1, 24), lose_power))
            disk.give_back()
        with closing(open_embedded_store(uri, artifact_root=str(tmp_path))) as store:
            counts = check(store, trainers)

    print(f"{CUTS} times {'its power cut' if disk.is_mounted else 'killed, since no disk may be mounted'}: {counts}")
    assert counts["runs"] + counts.get("runs without an answer", 0) == CUTS * CLIENTS
