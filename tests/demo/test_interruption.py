"""Ctrl-C is held back, not lost."""

import signal
import threading

import pytest

from runstone.demo.interruption import uninterrupted


def _interrupted(times: int, done: list[str]) -> None:
    with uninterrupted():
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        done.append("the rest of the block")


def test_signal_takes_effect_when_the_block_is_left() -> None:
    done: list[str] = []

    with pytest.raises(KeyboardInterrupt):
        _interrupted(1, done)

    assert done == ["the rest of the block"]


def test_second_signal_is_not_held_back() -> None:
    done: list[str] = []

    with pytest.raises(KeyboardInterrupt):
        _interrupted(2, done)

    assert done == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_handlers_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with uninterrupted():
        within = signal.getsignal(signal.SIGTERM)

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert within not in before


def test_other_threads_leave_signals_alone() -> None:
    seen = []

    def look() -> None:
        with uninterrupted():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [signal.getsignal(signal.SIGINT)]
