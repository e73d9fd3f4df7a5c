"""The program's side of a worker, with real processes."""

import copy
import gc
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, cast

import numpy
import pandas as pd
import psutil
import pytest

from runstone.errors import InvalidState, InvalidValue, PredictionFailed, Unsupported, WorkerFailed
from runstone.workers.process import Worker
from tests.workers.conversations import SPEC
from tests.workers.processes import SAY, START, played, started


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


# An error that has no text.
NAMELESS = """
class Nameless(Exception):
    def __str__(self):
        raise RuntimeError("no text")
raise Nameless
"""


def test_odd_ends_of_the_model_s_code_are_told_and_the_next_answer_comes(
    obedient_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_TOKEN", "key to the store")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "password of the store")
    monkeypatch.setenv("WHEAT", "ripe")
    worker = started(obedient_folder)

    with pytest.raises(PredictionFailed, match=r"^SystemExit: 3\n"):
        worker.predict("raise SystemExit(3)")
    with pytest.raises(PredictionFailed, match=r"^Nameless: its text cannot be had: RuntimeError\n"):
        worker.predict(NAMELESS)
    with pytest.raises(PredictionFailed, match=r"^FileNotFoundError: caf\\udce9\n"):
        worker.predict("raise FileNotFoundError('caf\\udce9')")
    with pytest.raises(PredictionFailed, match=r"^ValueError: <x+\n\.\.\. 900,002 characters \.\.\.\nx+>\n") as raised:
        worker.predict("raise ValueError('<' + 'x' * 1_000_000 + '>')")
    assert len(raised.value.remote_traceback) < 200_000
    with pytest.raises(InvalidValue, match=r"^what the model answers cannot be sent: \{1\} is a set"):
        worker.predict("answer = {1}")
    there = worker.predict("import os; answer = dict(os.environ)")
    assert there["WHEAT"] == "ripe"
    assert not {"RUNSTONE_TRACKING_TOKEN", "MLFLOW_TRACKING_PASSWORD"} & set(there)

    worker.predict("print('50 %', end='\\r', flush=True)")
    seen = ""
    while "50 %\r" not in seen:  # it comes by a thread
        seen += capfd.readouterr().err
    with pytest.raises(
        WorkerFailed, match=r"was killed by SIGABRT; it printed last:(.|\n)*File \"<string>\", line 1 in <module>"
    ):
        worker.predict("import os; os.abort()")


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


def test_text_that_has_no_utf_8_is_refused_before_anything_is_sent(worker: Worker) -> None:
    with pytest.raises(InvalidValue, match=r"^in 'name': 'caf\\udce9' has a character that UTF-8 has not"):
        worker.predict({"name": "caf\udce9"})

    assert worker.predict(1) == 1


def test_too_long_a_list_is_refused_before_anything_is_sent(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.workers.protocol._LONGEST_HEADER", 1000)

    with pytest.raises(InvalidValue, match=r"bytes of JSON are too much for one message.*as a frame or an array"):
        worker.predict([1] * 1000)

    assert worker.predict(1) == 1


def test_worker_is_neither_pickled_nor_copied(worker: Worker) -> None:
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(Unsupported, match="so it cannot be pickled or copied; load the model again where"):
            copied(worker)


def test_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailed, match=r"the process of the model cannot be started: .*'/.*/none'"):
        Worker([str(tmp_path / "none")], what="the model")


def test_killed_worker_is_told_and_not_asked_again(echo_folder: Path) -> None:
    worker = started(echo_folder)
    os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(
        WorkerFailed, match="the process of the model was killed by SIGKILL, as the system does where memory"
    ):
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
worker = Worker([sys.executable, "-I", {START!r}, {str(echo_folder)!r}], what="the model")
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
    monkeypatch.setattr("runstone.workers.child.GRACE", 0.2)
    worker = played("protocol.write(out, ready); sys.stdout.close(); time.sleep(600)")

    worker.close()

    assert not psutil.pid_exists(worker.pid)
