"""Whose turn it is to write, among the processes that share a database file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait in line while the block asks SQLite for the right to write.

    SQLite lets each process ask again and again, with longer and longer pauses, so that one that has just written is
    first again and one that has waited long may wait for ever. Here one process at a time asks, the others stand in
    line, and whoever has written goes behind them. The line is only a courtesy: SQLite itself keeps writers apart, and
    where the file is not there or cannot be locked, all ask at once as ever.

    Args:
        path: A file that the processes share and that SQLite takes no lock of its own on, since closing a file gives
            back all locks of a process: the write-ahead log.
    """
    place = _place_in_line(path)
    try:
        yield
    finally:
        if place is not None:
            os.close(place)  # lets the next one in


def _place_in_line(path: Path) -> int | None:
    if sys.platform == "win32":
        return None
    with suppress(OSError):
        place = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
        except OSError:
            os.close(place)
            raise
        return place
    return None
