"""The system's ``write`` for the lines of a journal, without letting the interpreter go.

``os.write`` lets it go for the call. Whoever waits for the interpreter is woken each time, and a microsecond later
finds it taken again: in a loop that logs each millisecond, the thread that sends waited for seconds, and each call took
10 microseconds more, to wake it.
"""

import os

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
