"""Nobody waits for a worker for ever: not for a signal, a full pipe, a child of the worker, or another thread."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, cast

import numpy
import psutil
import pytest

from runstone.errors import InvalidState, WorkerFailed
from tests.workers.processes import SAY, played, started

# More than a pipe holds.
LARGE = numpy.zeros(1_000_000)


def test_signal_that_wakes_no_call_is_seen_all_the_same() -> None:
    """Its handler runs in a thread that waits for nothing: as when it comes just before the call that waits."""
    stuck = SAY + "protocol.write(out, ready); inp.read(4); sys.stderr.write('asked\\n'); time.sleep(600)"
    script = f"""
import signal, sys, threading
from runstone.workers.process import Worker
worker = Worker([sys.executable, "-c", {stuck!r}], what="the model")
def interrupt():
    input()
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    worker.predict(1)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as program:
        asked = cast("IO[str]", program.stderr).readline()
        try:
            told, _ = program.communicate("\n", timeout=30)
        finally:
            program.kill()

    assert asked == "asked\n"
    assert told == "interrupted\n"


@pytest.mark.parametrize("data", [1, LARGE], ids=["small", "large"])
def test_process_that_does_not_read_is_not_waited_for(data: Any) -> None:
    worker = played("protocol.write(out, ready); time.sleep(600)", timeout=20)
    worker.timeout = 0.3

    with pytest.raises(WorkerFailed, match=r"gave no answer within 0\.3 s, and was ended"):
        worker.predict(data)

    assert not psutil.pid_exists(worker.pid)


def test_large_data_to_a_process_that_ends_are_told() -> None:
    worker = played("protocol.write(out, ready); inp.read(100_000); sys.exit('full')")

    with pytest.raises(WorkerFailed, match=r"ended with 1; it printed last:\n  full"):
        worker.predict(LARGE)


def test_interrupt_while_large_data_are_sent_ends_the_worker() -> None:
    stuck = SAY + "protocol.write(out, ready); inp.read(100_000); sys.stderr.write('asked\\n'); time.sleep(600)"
    script = f"""
import sys
import numpy
from runstone.workers.process import Worker
worker = Worker([sys.executable, "-c", {stuck!r}], what="the model")
try:
    worker.predict(numpy.zeros(1_000_000))
except KeyboardInterrupt:
    print(worker.pid, flush=True)
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", script], stdout=pipe, stderr=pipe, text=True) as program:
        cast("IO[str]", program.stderr).readline()
        program.send_signal(signal.SIGINT)
        told, said = program.communicate(timeout=30)

    assert said == ""
    assert not psutil.pid_exists(int(told))


def test_process_that_closes_its_output_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.workers.child.GRACE", 0.2)
    worker = played("import os; protocol.write(out, ready); os.close(1); time.sleep(600)")

    with pytest.raises(WorkerFailed, match="closed its standard output without an answer, and was ended"):
        worker.predict(1)

    assert not psutil.pid_exists(worker.pid)


def test_end_of_the_process_is_seen_though_a_child_of_it_holds_its_pipes() -> None:
    worker = played("""
import os, subprocess
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
protocol.write(out, {**ready, "child": child.pid}); protocol.read(inp); os._exit(7)
""")

    with pytest.raises(WorkerFailed, match="ended with 7"):
        worker.predict(1)

    psutil.Process(worker.facts["child"]).kill()


def test_killed_worker_takes_what_it_started_with_it() -> None:
    worker = played("""
import subprocess
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
protocol.write(out, {**ready, "child": child.pid}); time.sleep(600)
""")
    child = psutil.Process(worker.facts["child"])
    worker.timeout = 0.2

    with pytest.raises(WorkerFailed, match="gave no answer"):
        worker.predict(1)

    _, alive = psutil.wait_procs([child], timeout=30)
    assert alive == []


def test_close_ends_what_another_thread_waits_for() -> None:
    worker = played("protocol.write(out, ready); protocol.read(inp); sys.stderr.write('asked\\n'); time.sleep(600)")
    told: list[Exception] = []

    def ask() -> None:
        try:
            worker.predict(1)
        except InvalidState as error:
            told.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while not worker._turn.locked():
        pass
    worker.close()
    thread.join()

    assert "the process of the model was closed before it answered" in str(told[0])
    assert not psutil.pid_exists(worker.pid)


def test_interrupt_of_a_close_ends_a_process_that_takes_its_time() -> None:
    stuck = SAY + "protocol.write(out, ready); inp.read(1); sys.stderr.write('asked\\n'); time.sleep(600)"
    script = f"""
import sys
from runstone.workers.process import Worker
worker = Worker([sys.executable, "-c", {stuck!r}], what="the model")
print(worker.pid, flush=True)
worker.close()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        pid = int(cast("IO[bytes]", program.stdout).readline())
        cast("IO[bytes]", program.stderr).readline()
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=30)

    assert b"KeyboardInterrupt" in said
    assert not psutil.pid_exists(pid)


def test_fork_in_the_middle_of_an_answer_is_told(echo_folder: Path) -> None:
    worker = started(echo_folder)
    reading, writing = os.pipe()
    with worker._turn:  # as while another thread waits for an answer
        child = os.fork()
        if not child:
            try:
                worker.predict(1)
            except InvalidState as error:
                os.write(writing, str(error).encode())
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)

    assert b"belongs to the process" in os.read(reading, 1000)
    os.close(reading)
    worker.close()


@pytest.mark.parametrize(
    "code", ["time.sleep(600)", "threading.Thread(target=time.sleep, args=(600,)).start()"], ids=["answer", "thread"]
)
def test_worker_that_is_busy_ends_with_its_program(obedient_folder: Path, code: str) -> None:
    script = f"""
import sys
from tests.workers.processes import started
worker = started({str(obedient_folder)!r})
print(worker.pid, flush=True)
worker.predict({"import threading, time; print('asked'); " + code!r})
sys.stdin.read()
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe, stderr=pipe) as program:
        worker = psutil.Process(int(cast("IO[bytes]", program.stdout).readline()))
        cast("IO[bytes]", program.stderr).readline()
        program.kill()

    _, alive = psutil.wait_procs([worker], timeout=30)

    assert alive == []
