"""A fork while a thread of ours imports something."""

import importlib
import os
import signal
import sys
import threading
from pathlib import Path
from time import monotonic, sleep

import pytest

from runstone import forking

SLOW = """
from threading import Event
import sys
sys.amid_it.set()
Event().wait(0.3)
"""


def ended(child: int) -> int | None:
    """The exit code of a child; ``None`` for one that goes on after some seconds, which is killed."""
    until = monotonic() + 10
    while monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def test_child_of_a_fork_imports_what_a_thread_was_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_load.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "amid_it", amid := threading.Event(), raising=False)

    def load() -> None:
        with forking.held_off():
            importlib.import_module("slow_to_load")

    thread = threading.Thread(target=load)
    thread.start()
    amid.wait()

    child = os.fork()
    if child == 0:  # pragma: no cover  # measured in the parent alone
        importlib.import_module("slow_to_load")
        with forking.held_off():
            os._exit(0)
    assert ended(child) == 0
    thread.join()
    with forking.held_off():
        pass


def test_fork_within_the_block_is_not_held_off() -> None:
    with forking.held_off():
        child = os.fork()
        if child == 0:  # pragma: no cover  # measured in the parent alone
            os._exit(0)
        assert ended(child) == 0


def test_fork_waits_for_a_thread_that_is_stuck_no_longer_than_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking, "_LONGEST_WAIT_S", 0.05)
    is_over = threading.Event()

    def hold() -> None:
        with forking.held_off():
            is_over.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    child = os.fork()
    if child == 0:  # pragma: no cover  # measured in the parent alone
        os._exit(0)
    is_over.set()
    thread.join()

    assert ended(child) == 0
    with forking.held_off():
        pass
