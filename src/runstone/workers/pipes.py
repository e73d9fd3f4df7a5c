"""One end of a pipe to another process, waited for in short turns."""

import io
import os
import select
import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

# Seconds of a turn. A signal that comes just before a call that waits is seen when the call ends: so none waits long.
_TURN = 0.2


class Pipe(io.RawIOBase):
    """A pipe that nobody waits for beyond a point in time, nor beyond the end of the process at its other end.

    A child of that process may hold its end open; what is read then ends with the process all the same.

    Args:
        file: The end that is here, unbuffered.
        has_ended: Whether the process at the other end has ended.

    Attributes:
        deadline: When whoever waits is told so, as ``time.monotonic`` counts; ``None`` for never.
    """

    def __init__(self, file: IO[bytes], has_ended: Callable[[], bool]) -> None:
        self._file = file
        self._has_ended = has_ended
        self.deadline: float | None = None
        os.set_blocking(file.fileno(), False)

    def readable(self) -> bool:
        """Whether it can be read from."""
        return self._file.readable()

    def writable(self) -> bool:
        """Whether it can be written to."""
        return self._file.writable()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what there is, once there is something; 0 bytes at the end.

        Raises:
            TimeoutError: The deadline has passed.
        """
        return os.readv(self._file.fileno(), [buffer]) if self._await(select.POLLIN) else 0

    def write(self, content: "ReadableBuffer") -> int:
        """Write as much as there is place for, once there is some.

        Raises:
            BrokenPipeError: The other process has ended.
            TimeoutError: The deadline has passed.
        """
        if not self._await(select.POLLOUT):
            raise BrokenPipeError
        return os.write(self._file.fileno(), content)

    def close(self) -> None:
        """Close it; what a buffer before it still holds is never written."""
        super().close()
        self._file.close()

    def _await(self, event: int) -> bool:
        """Whether something can be done, if only to see the end; else the other process has ended."""
        state = select.poll()
        state.register(self._file.fileno(), event)
        while True:
            left = _TURN if self.deadline is None else min(_TURN, self.deadline - time.monotonic())
            if state.poll(max(left, 0) * 1000):
                return True
            if left < 0:
                raise TimeoutError
            if self._has_ended():
                return bool(state.poll(0))  # for what it wrote at last
