"""A run that a notebook left open ends as its last cell did, when the kernel is shut down, restarted or killed."""

import json
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from runstone.entities import Run, RunStatus
from runstone.entities.tag import END, TRACEBACK
from runstone.stores.resolve import open_store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ipykernel") is None, reason="ipykernel is not installed: run `make setup`"),
]

# Plays a notebook: runs cells in a real kernel, then ends the kernel, perhaps amid a cell.
NOTEBOOK = """
import json, os, sys, time
from pathlib import Path

from jupyter_client import KernelManager

cells, amid, verb, at_once = json.loads(sys.argv[1])
kernel = KernelManager(shutdown_wait_time=60)  # a machine under load is slow, and the kernel would be killed
kernel.start_kernel()
client = kernel.client()
client.start_channels()
client.wait_for_ready(timeout=60)
for cell in cells:
    # Else the kernel drops a cell that comes within moments of one that failed; a user is slower than that.
    reply = client.execute(cell, reply=True, timeout=60, stop_on_error=False)
    assert reply["content"]["status"] != "aborted", cell
if amid:
    client.execute(amid)
    while not Path("begun").exists():
        time.sleep(0.02)
getattr(kernel, verb)(now=at_once)
kernel.shutdown_kernel(now=True)
os._exit(0)  # ZeroMQ may wait for ever for what nobody reads
"""
START = "import runstone; run = runstone.start_run(); runstone.log_metric('loss', 0.5, step=0)"
LOOP = """
import time
from pathlib import Path
for step in range(1, 21):
    runstone.log_metric('loss', 0.5, step=step)
Path('begun').touch()
time.sleep(60)
"""


def play(
    folder: Path, cells: list[str], *, amid: str = "", verb: str = "shutdown_kernel", at_once: bool = False
) -> Run:
    """Run cells, end the kernel, and see what became of the run."""
    order = json.dumps([cells, amid, verb, at_once])
    subprocess.run([sys.executable, "-c", NOTEBOOK, order], cwd=folder, check=True, timeout=120, capture_output=True)
    return latest_run(folder)


def latest_run(folder: Path, place: int = -1) -> Run:
    """The run that was started last, or at another place among all."""
    with closing(open_store(f"sqlite:///{folder}/runstone.db")) as store:
        return store.search_runs(["0"], order_by=["start_time"])[place]


def test_run_whose_last_cell_failed_is_failed(tmp_path: Path) -> None:
    run = play(tmp_path, [START, "loss = 1 / 0"])

    assert run.info.status is RunStatus.FAILED
    assert run.data.tags[END] == "ZeroDivisionError: division by zero"
    assert "loss = 1 / 0" in run.data.tags[TRACEBACK]


def test_run_whose_cell_was_mended_and_run_again_is_finished(tmp_path: Path) -> None:
    run = play(tmp_path, [START, "loss = 1 / 0", "loss = 1 / 1"], verb="restart_kernel")

    assert run.info.status is RunStatus.FINISHED
    assert END not in run.data.tags


def test_run_whose_kernel_is_restarted_amid_a_cell_is_killed_and_keeps_all(tmp_path: Path) -> None:
    run = play(tmp_path, [START], amid=LOOP, verb="restart_kernel")

    with closing(open_store(f"sqlite:///{tmp_path}/runstone.db")) as store:
        history = store.metric_history(run.info.run_id, "loss")
    assert [metric.step for metric in history] == list(range(21))
    assert run.info.status is RunStatus.KILLED
    assert run.data.tags[END] == "interrupted by Ctrl-C"


def test_run_of_a_script_that_failed_in_a_notebook_is_failed_until_a_cell_works(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(f"{START}; raise ValueError('no data')")

    assert play(tmp_path, ["%run train.py"]).data.tags[END] == "ValueError: no data"
    assert play(tmp_path, ["%run train.py", "loss = 1"]).info.status is RunStatus.FINISHED


def test_run_of_a_script_that_failed_in_ipython_is_failed(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(f"{START}; raise ValueError('no data')")
    ended = subprocess.run(
        [sys.executable, "-m", "IPython", "train.py"], cwd=tmp_path, check=False, capture_output=True
    )

    assert ended.returncode == 1
    assert latest_run(tmp_path).data.tags[END] == "ValueError: no data"


def test_run_whose_kernel_was_killed_is_lost_at_the_next_start(tmp_path: Path) -> None:
    play(tmp_path, [START], verb="restart_kernel", at_once=True)
    play(tmp_path, [START, "runstone.end_run()"])

    run = latest_run(tmp_path, -2)
    assert run.info.status is RunStatus.FAILED
    assert run.data.tags[END].startswith("lost: its process was gone")
