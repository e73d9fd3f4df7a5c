"""The program's side of a worker, with real processes."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, cast

import numpy
import pandas as pd
import psutil
import pytest

from runstone.errors import InvalidState, InvalidValue, PredictionFailed, WorkerFailed
from runstone.workers import start
from runstone.workers.process import Worker
from tests.workers.conversations import SPEC

SAY = f"""
import sys, time
sys.path.insert(0, {str(Path(start.__file__).parents[2])!r})
from runstone.workers import protocol
out, inp = sys.stdout.buffer, sys.stdin.buffer
ready = {{"type": "ready", "protocol": 2, "language": "python", "version": "3"}}
protocol.read(inp)
"""


def started(folder: Path, **options: Any) -> Worker:
    return Worker([sys.executable, "-I", start.__file__, str(folder)], what="the model", **options)


def played(script: str, **options: Any) -> Worker:
    """A process that says what the script lets it say."""
    return Worker([sys.executable, "-c", SAY + script], what="the model", **options)


@pytest.fixture(scope="module")
def worker(echo_folder: Path) -> Iterator[Worker]:
    """One worker for all tests that leave it alive."""
    made = started(echo_folder)
    yield made
    made.close()


def test_answer_is_what_the_model_gives(worker: Worker) -> None:
    frame = pd.DataFrame({"x": [1.0], "level": pd.Categorical(["b"], ["b", "a"])})

    answer = worker.predict(frame, {"by": 2})

    pd.testing.assert_frame_equal(answer, frame.assign(x=3.0))
    assert worker.facts["language"] == "python"


def test_failure_of_the_model_brings_its_traceback_and_the_next_answer_comes(worker: Worker) -> None:
    with pytest.raises(PredictionFailed, match="ValueError: asked to fail") as raised:
        worker.predict("fail")

    assert raised.value.exception == "ValueError"
    assert "in predict" in raised.value.remote_traceback
    assert "In the process of the model" in raised.value.__notes__[0]
    assert worker.predict([1, "x"]) == [1, "x"]


def test_data_of_an_unknown_kind_are_refused_before_anything_is_sent(worker: Worker) -> None:
    with pytest.raises(InvalidValue, match=r"^\{1\} is a set"):
        worker.predict({1})

    assert worker.predict(1) == 1


def test_what_the_model_prints_is_shown_here(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    answer = worker.predict("print")
    worker.predict(1)

    assert answer == "print"
    seen = ""
    while "printed" not in seen:
        seen += capfd.readouterr().err


def test_threads_get_each_its_own_answer(worker: Worker) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(worker.predict, range(200)))

    assert answers == list(range(200))


def test_large_data_are_not_doubled_often(echo_folder: Path) -> None:
    frame = pd.DataFrame(numpy.random.default_rng(1).random((12_500_000, 1)), columns=["x"])  # 100 MB
    worker = started(echo_folder)
    before = psutil.Process().memory_info().rss

    answer = worker.predict(frame)

    grown = psutil.Process().memory_info().rss - before
    theirs = psutil.Process(worker.pid).memory_info()
    worker.close()
    assert answer["x"].iloc[-1] == frame["x"].iloc[-1]
    assert grown < 250e6, f"{grown / 1e6:.0f} MB"
    assert theirs.rss < 700e6, f"{theirs.rss / 1e6:.0f} MB"


def test_killed_worker_is_told_and_not_asked_again(echo_folder: Path) -> None:
    worker = started(echo_folder)
    os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(WorkerFailed, match="the process of the model was killed by signal 9"):
        worker.predict(1)
    with pytest.raises(InvalidState, match="the process of the model has ended; load the model again"):
        worker.predict(1)


def test_closed_worker_ends(echo_folder: Path) -> None:
    worker = started(echo_folder)

    worker.close()
    worker.close()

    assert not psutil.pid_exists(worker.pid)
    with pytest.raises(InvalidState, match="has ended"):
        worker.predict(1)


def test_forgotten_worker_ends(echo_folder: Path) -> None:
    worker = started(echo_folder)
    pid = worker.pid

    del worker
    gc.collect()

    assert not psutil.pid_exists(pid)


def test_fork_leaves_the_worker_of_its_parent_alone(echo_folder: Path) -> None:
    worker = started(echo_folder)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # what only this test can see: the fork leaves the worker of its parent alone
        try:
            worker.predict(1)
        except InvalidState as error:
            os.write(writing, str(error).encode())
        worker.close()
        os._exit(0)
    os.waitpid(child, 0)

    assert b"belongs to the process" in os.read(reading, 1000)
    os.close(reading)
    os.close(writing)
    assert worker.predict(2) == 2
    worker.close()


def test_worker_ends_with_its_program(echo_folder: Path) -> None:
    script = f"""
import sys
from runstone.workers.process import Worker
worker = Worker([sys.executable, "-I", {start.__file__!r}, {str(echo_folder)!r}], what="the model")
print(worker.pid, flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        worker = psutil.Process(int(cast("IO[bytes]", program.stdout).readline()))
        program.kill()

    _, alive = psutil.wait_procs([worker], timeout=30)

    assert alive == []


def test_model_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="is no folder of a model"):
        started(tmp_path)


def test_process_that_ends_at_once_is_told_with_what_it_printed() -> None:
    with pytest.raises(WorkerFailed, match=r"ended with 3; it printed last:\n  no library"):
        Worker(
            [sys.executable, "-c", "import sys; print('no library', file=sys.stderr); sys.exit(3)"], what="the model"
        )


def test_process_that_speaks_otherwise_is_refused(tmp_path: Path) -> None:
    script = f"sys.stdout.buffer.write(open({str(SPEC / 'bad-magic.bin')!r}, 'rb').read())"

    with pytest.raises(WorkerFailed, match="no message of the protocol of workers"):
        played(script)
    with pytest.raises(WorkerFailed, match=r"speaks the protocol of workers 3, and this Runstone 2"):
        played('protocol.write(out, {**ready, "protocol": 3})')
    with pytest.raises(WorkerFailed, match="was to say 'ready', and said 'prediction'"):
        played('protocol.write(out, {"type": "prediction"})')


def test_worker_that_takes_too_long_is_ended() -> None:
    worker = played("protocol.write(out, ready); time.sleep(600)", timeout=20)
    worker.timeout = 0.2  # the start of a process may take longer than that

    with pytest.raises(WorkerFailed, match=r"gave no answer within 0\.2 s, and was ended"):
        worker.predict(1)

    assert not psutil.pid_exists(worker.pid)


def test_interrupted_answer_ends_the_worker() -> None:
    stuck = SAY + "protocol.write(out, ready); inp.read(4); sys.stderr.write('asked\\n'); time.sleep(600)"
    script = f"""
import sys
from runstone.errors import InvalidState
from runstone.workers.process import Worker
worker = Worker([sys.executable, "-c", {stuck!r}], what="the model")
for _ in range(2):
    try:
        worker.predict(1)
    except (KeyboardInterrupt, InvalidState) as error:
        print(worker.pid, type(error).__name__, flush=True)
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        asked = cast("IO[str]", program.stderr).readline()
        program.send_signal(signal.SIGINT)
        told = [line.split() for line in cast("IO[str]", program.stdout)]

    assert asked == "asked\n"
    assert [name for _, name in told] == ["KeyboardInterrupt", "InvalidState"]
    assert not psutil.pid_exists(int(told[0][0]))


def test_worker_that_does_not_end_by_itself_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.workers.process._GRACE", 0.2)
    worker = played("protocol.write(out, ready); sys.stdout.close(); time.sleep(600)")

    worker.close()

    assert not psutil.pid_exists(worker.pid)
