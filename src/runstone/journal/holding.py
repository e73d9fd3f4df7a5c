"""Who has the file of a journal: its writer by a lock, or who sends it once that is gone."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep, time

from runstone.errors import Unsupported
from runstone.journal import reader
from runstone.journal.format import Header
from runstone.stores.pulses import SILENCE_S

LOOK_S = 0.2  # longer than anybody has a file who only looks whether it is written


@contextmanager
def held(path: Path, lock: int, *, within_s: float = 0) -> Iterator[int | None]:
    """The file of a journal that nobody else writes or sends; ``None`` if somebody does, or it is gone.

    Args:
        path: The file.
        lock: ``LOCK_EX`` to send it, ``LOCK_SH`` to look whether somebody writes, which others may do as well.
        within_s: How long somebody may still have it.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        is_held = _lock(file, lock, monotonic() + within_s)
        yield file if is_held and _is_there(path, file) and not _lives_elsewhere(file) else None
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)  # a fork of this moment has the file as well
        os.close(file)


def _lock(file: int, lock: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(file, lock | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= until:
                return False
            sleep(LOOK_S / 10)
        else:
            return True


def _is_there(path: Path, file: int) -> bool:
    """Whether nobody has sent and removed it before we held it, and perhaps begun another by its name."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def is_written(path: Path) -> bool:
    """Whether a process that lives writes a journal, or somebody sends it."""
    with held(path, fcntl.LOCK_SH) as file:
        return file is None


def _lives_elsewhere(file: int) -> bool:
    """Whether a process without locks, as R's, is writing."""
    try:
        header, _, _ = reader.begin(file)
    except Unsupported:
        return False  # whoever sends it is told
    # A language that has no locks says by writing that it lives.
    return header is not None and _may_live(header) and time() - os.fstat(file).st_mtime < SILENCE_S


def _may_live(header: Header) -> bool:
    if header.made_by.startswith("runstone-python"):
        return False  # its lock would say so
    if header.host != socket.gethostname():
        return True
    try:
        os.kill(header.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
