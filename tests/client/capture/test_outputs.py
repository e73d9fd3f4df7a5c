"""Standard output and error are listened to, and nobody who prints can tell."""

import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runstone.client.capture.outputs import Outputs, Tape, outputs


def tape(*, hears_all: bool = True) -> Tape:
    return Tape(threading.get_ident(), hears_all=hears_all)


@contextlib.contextmanager
def hearing() -> Iterator[Tape]:
    """What is printed meanwhile."""
    listening = tape()
    outputs.add(listening)
    try:
        yield listening
    finally:
        outputs.remove(listening)


@contextlib.contextmanager
def standing_for_stdout(stream: object) -> Iterator[None]:
    real = sys.stdout
    sys.stdout = stream
    try:
        yield
    finally:
        sys.stdout = real


def test_both_streams_are_heard_in_order_and_shown_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    with hearing() as heard:
        print("loss", 0.5, end="!\n")
        sys.stderr.write("a warning\n")
        sys.stdout.writelines(["one\n", "two\n"])

        assert heard.take() == "loss 0.5!\na warning\none\ntwo\n"
        assert heard.take() == ""
        assert capsys.readouterr() == ("loss 0.5!\none\ntwo\n", "a warning\n")


def test_handler_of_logging_that_holds_the_stream_is_heard() -> None:
    handler = logging.StreamHandler(sys.stderr)
    listening = tape()
    outputs.add(listening)

    handler.emit(logging.makeLogRecord({"msg": "epoch 1"}))
    outputs.remove(listening)

    assert listening.take() == "epoch 1\n"


def test_streams_are_as_they_were_when_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    before = dict(vars(sys.stdout)), sys.stdout, sys.stdout.write
    first, second = tape(), tape()

    outputs.add(first)
    outputs.add(second)
    assert (sys.stdout, sys.stdout.isatty(), type(sys.stdout.write("")) is int) == (before[1], False, True)
    outputs.remove(first)
    print("still heard")
    outputs.remove(second)
    print("not heard")

    assert (dict(vars(sys.stdout)), sys.stdout, sys.stdout.write) == before
    assert (first.take(), second.take()) == ("", "still heard\n")


def test_error_of_a_stream_is_the_programs_own() -> None:
    with hearing():
        closed = io.StringIO()
        closed.close()
        refusing = io.TextIOWrapper(io.BytesIO(), "ascii")
        for stream in (closed, refusing):
            with standing_for_stdout(stream):
                listening = tape()
                outputs.add(listening)

                with pytest.raises(ValueError, match=r"closed|ascii"):
                    print("größe")
                with pytest.raises((TypeError, ValueError)):
                    sys.stdout.write(3)  # type: ignore[arg-type]
                outputs.remove(listening)

                assert listening.take() == ""


def test_program_without_streams_has_nothing_to_hear() -> None:
    with standing_for_stdout(None):
        listening = tape()
        outputs.add(listening)
        print("into nothing")
        outputs.remove(listening)

    assert listening.take() == ""


class Fixed:
    """A stream that nobody can listen to."""

    __slots__ = ()

    def write(self, text: str) -> int:
        return len(text)


def test_stream_that_cannot_be_listened_to_is_told_and_the_other_one_is_heard() -> None:
    with standing_for_stdout(Fixed()):
        listening = tape()
        [told] = outputs.add(listening)
        print("nobody hears")
        print("a warning", file=sys.stderr)
        outputs.remove(listening)

    assert "Fixed; set RUNSTONE_CAPTURE_CONSOLE=false" in str(told)
    assert listening.take() == "a warning\n"
    assert "write" not in vars(sys.stderr)


def test_own_stream_of_the_program_is_heard_once_it_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    own = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", own)
    listening = tape()
    with standing_for_stdout(own):
        with contextlib.redirect_stdout(io.StringIO()):
            outputs.add(listening)
            print("redirected")
        outputs.listen()
        print("put back")
        with contextlib.redirect_stdout(io.StringIO()):
            outputs.listen()
            print("kept by the program for itself")
        outputs.remove(listening)
        outputs.listen()

    assert listening.take() == "redirected\nput back\n"
    assert "write" not in vars(own)


def test_text_that_passes_two_streams_is_heard_once() -> None:
    with hearing() as heard:

        class Doubled(io.StringIO):
            def write(self, text: str) -> int:
                return real.write(text)

        real = sys.stdout
        with standing_for_stdout(Doubled()):
            listening = tape()
            outputs.add(listening)
            print("once")
            outputs.remove(listening)

        assert heard.take() == "once\n"


def test_who_has_wrapped_write_as_well_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    theirs: list[str] = []
    first, second = tape(), tape()
    outputs.add(first)
    ours = sys.stdout.write

    def write(text: str) -> int:
        theirs.append(text)
        return ours(text)

    sys.stdout.write = write  # type: ignore[method-assign]
    outputs.remove(first)
    outputs.add(second)
    print("twice?")
    outputs.remove(second)

    assert sys.stdout.write is write
    assert "".join(theirs) == second.take() == capsys.readouterr().out == "twice?\n"
    del sys.stdout.write


@contextlib.contextmanager
def cell(stream: Any, seen: list[str]) -> Iterator[None]:
    """What IPython does around each cell."""
    original = stream.write

    def write(text: str) -> int:
        seen.append(text)
        return int(original(text))

    stream.write = write
    yield
    stream.write = original


class Events:
    """The events of IPython, as far as they are used."""

    def __init__(self) -> None:
        self.callbacks: dict[str, list[Callable[..., None]]] = {"pre_run_cell": []}

    def register(self, name: str, callback: Callable[..., None]) -> None:
        self.callbacks[name].append(callback)

    def unregister(self, name: str, callback: Callable[..., None]) -> None:
        self.callbacks[name].remove(callback)


def test_cells_of_a_notebook_are_heard_from_their_beginning_to_their_end(monkeypatch: pytest.MonkeyPatch) -> None:
    events, seen, heard = Events(), list[str](), tape()
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(events=events))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    shown = io.StringIO()
    with standing_for_stdout(shown):
        for n in range(6):
            with cell(sys.stdout, seen):
                for callback in events.callbacks["pre_run_cell"]:
                    callback("what is to be run")
                if n == 1:
                    outputs.add(heard)
                print(f"cell {n}")
                if n == 4:
                    outputs.remove(heard)
            if n == 3:
                outputs.listen()
                print("between cells")

    assert heard.take() == "cell 1\ncell 2\ncell 3\nbetween cells\ncell 4\n"
    assert "".join(seen) == "".join(f"cell {n}\n" for n in range(6))
    assert shown.getvalue() == "cell 0\ncell 1\ncell 2\ncell 3\nbetween cells\ncell 4\ncell 5\n"
    assert events.callbacks == {"pre_run_cell": []}


def test_thread_with_a_run_of_its_own_is_not_heard_by_the_run_of_another() -> None:
    of_main = tape()
    of_threads: list[Tape] = []
    both_listen, both_have_printed = threading.Barrier(2), threading.Barrier(2)

    def train(name: str) -> None:
        mine = tape(hears_all=False)
        of_threads.append(mine)
        outputs.add(mine)
        both_listen.wait()
        sys.stdout.write(f"{name}\n")
        loader = threading.Thread(target=sys.stdout.write, args=(f"loader of {name}\n",))
        loader.start()
        loader.join()
        both_have_printed.wait()
        outputs.remove(mine)

    outputs.add(of_main)
    threads = [threading.Thread(target=train, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("main")
    outputs.remove(of_main)

    heard = [sorted(set(mine.take().split("\n"))) for mine in of_threads]
    loaders = ["loader of a", "loader of b"]
    assert sorted(heard) == [["", "a", *loaders], ["", "b", *loaders]]
    assert sorted(of_main.take().split()) == sorted(["a", "b", "main", "loader", "of", "a", "loader", "of", "b"])


def test_child_of_a_fork_prints_without_being_heard() -> None:
    with hearing() as heard:
        reader, writer = os.pipe()

        child = os.fork()
        if child == 0:
            print("of the child")
            os.write(writer, f"{heard.take()!r} {'write' in vars(sys.stdout)}".encode())
            os._exit(0)
        os.waitpid(child, 0)

        assert os.read(reader, 100) == b"'' False"
        print("of the parent")
        assert heard.take() == "of the parent\n"


def test_thread_that_is_silent_is_not_heard() -> None:
    with hearing() as heard:
        outputs.be_silent()
        print("what sending says")
        outputs.be_heard()
        print("what training says")

        assert heard.take() == "what training says\n"


class Interrupted(Exception):
    """What a handler of a signal raises, as that of Ctrl-C does."""


def print_interrupted() -> None:
    """Print without end, interrupted 500 times at any place; tells what is heard of a line afterwards."""

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    signal.signal(signal.SIGALRM, interrupt)
    with standing_for_stdout(io.StringIO()), hearing() as heard:
        for n in range(500):
            with contextlib.suppress(Interrupted):
                signal.setitimer(signal.ITIMER_REAL, 2e-5 + n % 50 * 1e-6)
                while True:
                    print("training")
        heard.take()
        print("goes on")
        told = heard.take()
    print(told, end="")


def test_thread_that_is_interrupted_while_it_prints_is_heard_afterwards() -> None:
    # In a process that nobody measures: an interruption amid the measuring would leave its lock taken for ever.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    said = subprocess.run(
        [sys.executable, "-c", "from tests.client.capture.test_outputs import print_interrupted as p; p()"],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert said.stdout == "goes on\n"


def test_much_wakes_who_listens_and_too_much_is_left_out() -> None:
    listening, ears = tape(), Outputs()
    with standing_for_stdout(io.StringIO()):
        ears.add(listening)
        for _ in range(20):
            print("x" * (1 << 20), end="")
        ears.remove(listening)

    assert listening.wake.get_nowait() is False
    assert listening.wake.empty()
    assert listening.take() == "x" * (17 << 20) + (
        f"\n[{3 << 20} characters are left out here: they came faster than they could be stored]\n"
    )
