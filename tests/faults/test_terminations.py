"""A process that is terminated while its server answers, is away, or hangs: what it captured is kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runstone.client import Client
from runstone.entities import Run, RunStatus
from runstone.entities.tag import END
from runstone.journal import leftovers
from runstone.stores.resolve import open_store
from tests.faults.servers import WAIT_S, Server, free_port

SCRIPT = """
import os, sys, threading
import runstone
runstone.set_tracking_uri(sys.argv[1])
with runstone.start_run() as run:
    while len(runstone.artifacts.list_artifacts(run_id=run.info.run_id, artifact_path="runstone")) < 2:
        threading.Event().wait(0.05)
    runstone.log_metric("loss", 0.5)
    runstone.flush_async_logging()
    print("epoch 1", flush=True)
    sys.stdin.readline()
    print("epoch 2", flush=True)
    os.write(1, b"go\\n")  # nobody hears this, and what was printed before has been heard
    threading.Event().wait(60)
"""
ON = {f"RUNSTONE_CAPTURE_{name}": "true" for name in ("CONSOLE", "ENVIRONMENT")}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "server").mkdir()
    started = Server(f"sqlite:///{tmp_path}/server/runs.db", tmp_path / "server" / "files", port=free_port())
    with started:
        yield started


def terminated(folder: Path, server: Server, happens: signal.Signals | None) -> tuple[int, str, float]:
    """Exit code of a run to whose server something happens before it is terminated, what it said, and how long it took.

    The server is killed or stopped when the run has said its first word.
    """
    begun = [sys.executable, "-c", SCRIPT, server.address]
    with subprocess.Popen(
        begun,
        cwd=folder,
        env=os.environ | ON,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "epoch 1\n"
        if happens is not None:
            os.kill(server.pid, happens)
        process.stdin.write("\n")
        process.stdin.flush()
        assert [process.stdout.readline() for _ in range(2)] == ["epoch 2\n", "go\n"]
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=WAIT_S)
    return process.returncode, said, time.monotonic() - began


def arrived(folder: Path, address: str) -> tuple[Run, str]:
    """The run, once all that waits is sent, and its console."""
    with closing(open_store(address)) as store:
        for leftover in leftovers.find(folder / ".runstone"):
            assert leftovers.send(leftover, store, address).complaints() == []
        [run] = store.search_runs(["0"])
    files = Client(address).download_artifacts(run.info.run_id, "runstone", folder / "got")
    assert Path(files, "environment.json").exists()
    return run, "".join(path.read_text() for path in sorted(Path(files, "console").iterdir()))


@pytest.mark.slow
def test_process_that_is_terminated_stores_what_it_captured(tmp_path: Path, server: Server) -> None:
    code, said, _ = terminated(tmp_path, server, None)

    nothing_waits = leftovers.find(tmp_path / ".runstone") == []
    run, console = arrived(tmp_path, server.address)
    assert (code, said, nothing_waits) == (-signal.SIGTERM, "", True)
    assert (run.info.status, run.data.tags[END]) == (RunStatus.KILLED, "terminated by the signal SIGTERM")
    assert console == "epoch 1\nepoch 2\n"


@pytest.mark.slow
def test_process_that_is_terminated_while_its_server_is_away_keeps_what_it_captured(
    tmp_path: Path, server: Server
) -> None:
    code, said, _ = terminated(tmp_path, server, signal.SIGKILL)
    server.kill()
    server.start()

    run, console = arrived(tmp_path, server.address)
    assert code == -signal.SIGTERM
    assert "goes on without" not in said
    assert (run.info.status, run.data.tags[END]) == (RunStatus.KILLED, "terminated by the signal SIGTERM")
    assert console == "epoch 1\nepoch 2\n"


@pytest.mark.slow
def test_process_that_is_terminated_while_its_server_hangs_ends_soon(tmp_path: Path, server: Server) -> None:
    code, _, took = terminated(tmp_path, server, signal.SIGSTOP)
    os.kill(server.pid, signal.SIGCONT)

    run, console = arrived(tmp_path, server.address)
    assert (code, run.info.status) == (-signal.SIGTERM, RunStatus.KILLED)
    assert run.data.metrics == {"loss": 0.5}
    assert console == "epoch 1\nepoch 2\n"
    assert took < 10
