"""What a run does to the handling of SIGTERM and SIGHUP: nothing outside of it, nothing in children."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone.client import Client
from runstone.entities import Run, RunStatus
from runstone.entities.tag import END

BEGIN = "import ctypes, multiprocessing, os, signal, sys, threading, time\nimport runstone\n"
# A mutex that its holder asks for again is a call that no signal leads out of, as that of OpenMP after a fork.
STUCK = """
def lock_twice(begun):
    native, mutex = ctypes.CDLL(None), ctypes.create_string_buffer(256)
    native.pthread_mutex_init(mutex, None)
    native.pthread_mutex_lock(mutex)
    sys.setswitchinterval(1000)  # the other thread goes on when this one has left Python for good
    waits = threading.Lock()
    waits.acquire()
    threading.Thread(target=lambda: (waits.acquire(), begun.set()), daemon=True).start()
    waits.release()
    native.pthread_mutex_lock(mutex)

def exit_code_of_terminated():
    forks = multiprocessing.get_context("fork")
    begun = forks.Event()
    child = forks.Process(target=lock_twice, args=(begun,))
    child.start()
    begun.wait(20)
    child.terminate()
    child.join(5)
    code = child.exitcode
    child.kill()
    return code
"""


def trained(folder: Path, script: str) -> tuple[int, str, str]:
    """Run a script in a folder; its exit code, what it printed and what it said of errors."""
    (folder / "train.py").write_text(BEGIN + script)
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def runs_in(folder: Path) -> list[Run]:
    return Client(f"sqlite:///{folder}/runstone.db").search_runs(["0"], order_by=["start_time"])


def test_forked_child_that_is_stuck_in_native_code_can_be_terminated(tmp_path: Path) -> None:
    script = f"""{STUCK}
with runstone.start_run():
    print(exit_code_of_terminated())
    runstone.log_metric("loss", 1)
"""

    code, said, errors = trained(tmp_path, script)

    [run] = runs_in(tmp_path)
    assert (code, said, errors) == (0, f"{-signal.SIGTERM}\n", "")
    assert (run.info.status, run.data.metrics) == (RunStatus.FINISHED, {"loss": 1})


def test_child_forked_by_another_thread_can_be_terminated(tmp_path: Path) -> None:
    script = f"""{STUCK}
with runstone.start_run():
    thread = threading.Thread(target=lambda: print(exit_code_of_terminated()))
    thread.start()
    thread.join()
"""

    assert trained(tmp_path, script) == (0, f"{-signal.SIGTERM}\n", "")


def test_parent_still_ends_its_run_when_terminated_after_its_child(tmp_path: Path) -> None:
    script = f"""{STUCK}
runstone.start_run()
exit_code_of_terminated()
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(20)
"""

    code, _, _ = trained(tmp_path, script)

    [run] = runs_in(tmp_path)
    assert code == -signal.SIGTERM
    assert (run.info.status, run.data.tags[END]) == (RunStatus.KILLED, "terminated by the signal SIGTERM")


def test_child_that_is_terminated_at_once_ends_at_once_and_ends_nothing(tmp_path: Path) -> None:
    script = """
with runstone.start_run() as run:
    codes = set()
    for _ in range(50):
        child = os.fork()
        if child == 0:
            time.sleep(2)
            os._exit(1)
        os.kill(child, signal.SIGTERM)
        codes.add(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        if codes != {-signal.SIGTERM}:
            break
    print(codes, signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, []))
    print(runstone.get_run(run.info.run_id).info.status)
"""

    assert trained(tmp_path, script) == (0, f"{{{-signal.SIGTERM}}} False\nRUNNING\n", "")


def test_thread_that_goes_on_in_a_child_and_fails_ends_nothing(tmp_path: Path) -> None:
    script = """
def fork():
    run = runstone.start_run()
    child = os.fork()
    if child == 0:
        try:
            raise ValueError("of the child")
        except ValueError as error:
            threading.excepthook(threading.ExceptHookArgs((ValueError, error, None, threading.current_thread())))
        os._exit(0)
    os.waitpid(child, 0)
    print(runstone.get_run(run.info.run_id).info.status)
    runstone.end_run()
thread = threading.Thread(target=fork)
thread.start()
thread.join()
"""

    code, said, _ = trained(tmp_path, script)

    assert (code, said) == (0, "RUNNING\n")


def test_run_of_a_child_is_ended_when_the_child_is_terminated(tmp_path: Path) -> None:
    script = """
def train(begun):
    runstone.start_run(run_name="child", nested=True)
    begun.set()
    time.sleep(20)
forks = multiprocessing.get_context("fork")
with runstone.start_run(run_name="parent"):
    begun = forks.Event()
    child = forks.Process(target=train, args=(begun,))
    child.start()
    begun.wait(20)
    child.terminate()
    child.join(10)
    print(child.exitcode)
"""

    code, said, _ = trained(tmp_path, script)

    states = {run.info.run_name: run.info.status for run in runs_in(tmp_path)}
    assert (code, said) == (0, f"{-signal.SIGTERM}\n")
    assert states == {"parent": RunStatus.FINISHED, "child": RunStatus.KILLED}


def test_what_the_store_has_refused_is_told_when_the_process_is_terminated(tmp_path: Path) -> None:
    script = """
from contextlib import closing
from runstone.entities import Param
from runstone.stores.resolve import open_store

with runstone.start_run() as run, closing(open_store(runstone.get_tracking_uri())) as store:
    store.log_batch(run.info.run_id, params=[Param("lr", "1")])
    runstone.log_param("lr", 2)
    os.kill(os.getpid(), signal.SIGTERM)
"""

    code, _, errors = trained(tmp_path, script)

    [run] = runs_in(tmp_path)
    assert (code, run.info.status) == (-signal.SIGTERM, RunStatus.KILLED)
    assert f"the run {run.info.run_id}: the param 'lr'" in errors


def test_child_keeps_the_handler_of_the_program(tmp_path: Path) -> None:
    script = """
def mine(*_): os._exit(7)
def wait(begun):
    begun.set()
    time.sleep(20)
forks = multiprocessing.get_context("fork")
with runstone.start_run():
    signal.signal(signal.SIGTERM, mine)
    begun = forks.Event()
    child = forks.Process(target=wait, args=(begun,))
    child.start()
    begun.wait(20)
    child.terminate()
    child.join(5)
    print(child.exitcode)
"""

    assert trained(tmp_path, script) == (0, "7\n", "")


def test_handler_that_calls_ours_after_its_own_work_ends_the_run(tmp_path: Path) -> None:
    script = """
runstone.start_run()
ours = signal.getsignal(signal.SIGTERM)
def mine(*arguments):
    print("saved", flush=True)
    ours(*arguments)
signal.signal(signal.SIGTERM, mine)
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(20)
"""

    code, said, _ = trained(tmp_path, script)

    [run] = runs_in(tmp_path)
    assert (code, said, run.info.status) == (-signal.SIGTERM, "saved\n", RunStatus.KILLED)


@pytest.mark.parametrize(
    ("last", "status", "reason"),
    [("pass", RunStatus.FINISHED, None), ("raise ValueError('too hot')", RunStatus.FAILED, "ValueError: too hot")],
)
@pytest.mark.parametrize("block", ["with runstone.start_run():", "runstone.start_run()\nif True:"])
def test_run_that_is_ending_when_its_process_is_terminated_ends_as_it_was_about_to(
    tmp_path: Path, block: str, last: str, status: RunStatus, reason: str | None
) -> None:
    script = f"""
from runstone.client.capture.capture import Capture
def take_long(self, last_words=""):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(20)
Capture.stop = take_long
{block}
    runstone.log_metric("loss", 0.5)
    {last}
"""

    code, _, _ = trained(tmp_path, script)

    [run] = runs_in(tmp_path)
    assert (code, run.info.status, run.data.metrics) == (-signal.SIGTERM, status, {"loss": 0.5})
    assert run.data.tags.get(END) == reason


def test_terminal_that_is_closed_ends_the_run(tmp_path: Path) -> None:
    script = """
runstone.start_run()
runstone.log_metric("loss", 0.5)
os.kill(os.getpid(), signal.SIGHUP)
time.sleep(20)
"""

    code, _, _ = trained(tmp_path, script)

    [run] = runs_in(tmp_path)
    assert (code, run.info.status, run.data.metrics) == (-signal.SIGHUP, RunStatus.KILLED, {"loss": 0.5})
    assert run.data.tags[END] == "terminated by the signal SIGHUP"


def test_program_that_outlives_its_terminal_goes_on_with_its_run(tmp_path: Path) -> None:
    script = """
signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
with runstone.start_run():
    os.kill(os.getpid(), signal.SIGHUP)
    runstone.log_metric("loss", 0.5)
print(signal.getsignal(signal.SIGHUP).name)
"""

    assert trained(tmp_path, script) == (0, "SIG_IGN\n", "")

    [run] = runs_in(tmp_path)
    assert (run.info.status, run.data.metrics) == (RunStatus.FINISHED, {"loss": 0.5})


@pytest.fixture
def default() -> Iterator[None]:
    """SIGTERM is handled as in a program that does nothing about it."""
    former = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, former)


def is_default() -> bool:
    return signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.usefixtures("default")
def test_handler_is_there_only_while_a_run_is_active() -> None:
    seen = [is_default()]
    with runstone.start_run():
        seen.append(is_default())
        with runstone.start_run(nested=True):
            seen.append(is_default())
        seen.append(is_default())
    seen.append(is_default())
    runstone.start_run()
    seen.append(is_default())
    runstone.end_run()
    seen.append(is_default())

    assert seen == [True, False, False, False, True, False, True]


@pytest.mark.usefixtures("default")
def test_handler_stays_while_another_thread_has_a_run() -> None:
    ready, done = threading.Event(), threading.Event()

    def train() -> None:
        with runstone.start_run():
            ready.set()
            done.wait(20)

    thread = threading.Thread(target=train)
    with runstone.start_run():
        thread.start()
        assert ready.wait(20)
    after_ours = is_default()
    done.set()
    thread.join()
    with runstone.start_run():
        pass

    assert (after_ours, is_default()) == (False, True)


@pytest.mark.usefixtures("default")
@pytest.mark.parametrize("handler", [lambda *_: None, signal.SIG_IGN], ids=["a function", "ignored"])
@pytest.mark.parametrize("moment", ["before", "during"])
def test_handlers_of_the_program_are_kept_whenever_they_were_set(handler: Any, moment: str) -> None:
    if moment == "before":
        signal.signal(signal.SIGTERM, handler)
    with runstone.start_run():
        if moment == "during":
            signal.signal(signal.SIGTERM, handler)
        inside = signal.getsignal(signal.SIGTERM)

    assert inside is handler
    assert signal.getsignal(signal.SIGTERM) is handler
