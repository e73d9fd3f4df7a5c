"""A process with pipes to its standard input and output, whose waits end with it and with a deadline."""

import codecs
import io
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, cast

from runstone import config
from runstone.errors import WorkerFailed

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

# Seconds that a process has to end by itself.
GRACE = 5.0
# Seconds that what it printed last has to be shown; a child of the process may hold the pipe open for long.
_LAST = 1.0
# Seconds that a wait has at once. The handler of a signal that comes just before a call that waits runs after it.
_SLICE = 0.2
# Characters, and lines, of what the process printed last that are kept for messages.
_KEPT = 4000
_LINES = 20


class Child:
    """A process in a group of its own; what it prints on its standard error is shown on this one's.

    Attributes:
        pid: Its number.
        requests: Its standard input.
        answers: Its standard output.
    """

    def __init__(self, command: Sequence[str], *, what: str) -> None:
        """Start it, without the secrets of this program.

        Args:
            command: What to run.
            what: What it does, for messages.

        Raises:
            WorkerFailed: It cannot be started.
        """
        try:
            process = subprocess.Popen(  # noqa: S603  # a list, of ours
                list(command),
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=config.without_secrets(),
                process_group=0,
            )
        except OSError as error:
            raise WorkerFailed(f"the process of {what} cannot be started: {error}") from error
        self._process = process
        self.pid = process.pid
        self._pipes = [_Pipe(cast("IO[bytes]", each), self.has_ended) for each in (process.stdin, process.stdout)]
        self.requests = io.BufferedWriter(self._pipes[0])
        self.answers = io.BufferedReader(self._pipes[1])
        self._printed: deque[str] = deque(maxlen=_KEPT)
        self._pump = threading.Thread(
            target=_pass_on, args=(process.stderr, self._printed), name="runstone-worker", daemon=True
        )
        self._pump.start()

    def has_ended(self) -> bool:
        """Whether it has."""
        return self._process.poll() is not None

    def wait_at_most(self, seconds: float | None) -> None:
        """Let waits for its pipes end with a ``TimeoutError`` so many seconds from now; never with ``None``."""
        for pipe in self._pipes:
            pipe.deadline = None if seconds is None else time.monotonic() + seconds

    def end(self) -> int | None:
        """Wait until it has ended, and kill it if it does not by itself.

        Returns:
            What it ended with, as ``subprocess`` says; ``None`` if it was killed here.
        """
        try:
            code = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
        self._pump.join(_LAST)
        return code

    def kill(self) -> None:
        """End it at once, and what it started."""
        if not self.has_ended():  # so that the number is still its own
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._pump.join(_LAST)

    def close(self) -> None:
        """Close its pipes; what was not written is not."""
        for pipe in self._pipes:
            pipe.close()

    def printed(self) -> list[str]:
        """The lines that it printed last."""
        return [line for line in "".join(self._printed.copy()).splitlines() if line.strip()][-_LINES:]


class _Pipe(io.RawIOBase):
    """One end of a pipe. A child of the process may hold the other one open: it ends with the process all the same."""

    def __init__(self, file: IO[bytes], has_ended: Callable[[], bool]) -> None:
        self._file = file
        self._has_ended = has_ended
        self.deadline: float | None = None
        os.set_blocking(file.fileno(), False)

    def readable(self) -> bool:
        return self._file.readable()

    def writable(self) -> bool:
        return self._file.writable()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        return os.readv(self._file.fileno(), [buffer]) if self._await(select.POLLIN) else 0

    def write(self, content: "ReadableBuffer") -> int:
        if not self._await(select.POLLOUT):
            raise BrokenPipeError
        return os.write(self._file.fileno(), content)

    def close(self) -> None:
        super().close()
        self._file.close()

    def _await(self, event: int) -> bool:
        """Whether something can be done, if only to see the end; else the process has ended."""
        state = select.poll()
        state.register(self._file.fileno(), event)
        while True:
            left = _SLICE if self.deadline is None else min(_SLICE, self.deadline - time.monotonic())
            if state.poll(max(left, 0) * 1000):
                return True
            if left <= 0:
                raise TimeoutError
            if self._has_ended():
                return bool(state.poll(0))  # for what it wrote at last


def _pass_on(stream: IO[bytes], printed: "deque[str]") -> None:
    """Show what the process prints as it comes, bars of progress too, where this one shows what it prints itself."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    with stream:
        while content := os.read(stream.fileno(), 1 << 16):
            text = decode(content)
            printed.extend(text)
            # Whatever stands for the standard error: were this pipe not emptied, the process would wait for ever.
            with suppress(Exception):
                sys.stderr.write(text)
                sys.stderr.flush()
