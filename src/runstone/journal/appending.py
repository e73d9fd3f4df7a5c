"""Append lines to a journal: the system's ``write``, and the short way for usual metrics.

``appending.c`` beside it says the same, to the byte, and takes three fifths of the time; once it is compiled, Python
imports that in place of this. Where it could not be compiled, this serves.

``os.write`` lets the interpreter go for the call. Whoever waits for it is woken each time, and a microsecond later
finds it taken again: in a loop that logs each millisecond, the thread that sends waited for seconds, and each call took
10 microseconds more, to wake it.
"""

import os
import threading
from math import isfinite
from time import time_ns
from zlib import crc32

from msgspec.json import Encoder

from runstone.journal.format import Values

try:
    import ctypes
except ImportError:  # a Python that was built without libffi

    def write(file: int, text: bytes, size: int) -> int:
        """Write a text of so many bytes; returns how many were written, or -1."""
        try:
            return os.write(file, text[:size])
        except OSError:
            return -1

else:
    # Types of arguments are not declared, which would take half a microsecond: a C int is widened to the size that is
    # wanted, and no line is longer than that.
    write = ctypes.PyDLL(None).write
    write.restype = ctypes.c_ssize_t

_encode = Encoder().encode
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1


class Appending:
    """A journal that is written, as far as the short way for usual metrics needs it.

    Attributes:
        file: Descriptor of the file.
        n: Number of the entry that was written last.
        size: Bytes that were written.
        most_bytes: Size that the file may grow to.
    """

    file: int
    n: int
    size: int
    most_bytes: int

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[str] = set()  # of metrics, that were found right
        self._is_whole = True  # nothing stands in the file behind the last entry

    def usual_metrics(self, values: dict[str, float], timestamp: int | None, step: int | None) -> int:
        """Append values of metrics of one step, all or none, in the time that training loops have.

        They log the same few names: each is checked once, by the writer, and then only the file can be at fault.

        Args:
            values: Numbers by name, one or more; nobody else changes it meanwhile.
            timestamp: Milliseconds since the Unix epoch, UTC; now if ``None``.
            step: An int64; 0 if ``None``.

        Returns:
            The number of their entry; 0 where nothing was written, because anything about them is unusual.
        """
        if timestamp is None:
            timestamp = time_ns() // 1_000_000
        elif type(timestamp) is not int or not 0 <= timestamp <= _INT64_MAX:
            return 0
        if step is None:
            step = 0
        elif type(step) is not int or not _INT64_MIN <= step <= _INT64_MAX:
            return 0
        names = self._names
        for key, value in values.items():
            if type(key) is not str or key not in names or type(value) is not float or not isfinite(value):
                return 0
        with self._lock:
            n = self.n + 1
            # What `line_of` does: a call more takes a sixth of the time where work has left the caches cold.
            text = _encode(Values(n, values, timestamp, step))[:-1]
            line = text + b',"crc":"%08x"}\n' % crc32(text)
            length = len(line)
            size = self.size + length
            if not self._is_whole or size > self.most_bytes:
                return 0
            self._is_whole = False
            if write(self.file, line, length) != length:
                return 0
            self.n, self.size, self._is_whole = n, size, True
            return n
