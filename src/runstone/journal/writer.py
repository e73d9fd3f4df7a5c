"""Append to a journal: what returned without an error is in the file."""

import errno
import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path
from time import time
from uuid import uuid4

from msgspec.structs import replace

from runstone.entities import Entry, ModelMetric
from runstone.errors import JournalFull
from runstone.journal.appending import Appending, write
from runstone.journal.folder import unwritable
from runstone.journal.format import VERSION, Header, line_of
from runstone.journal.reader import Position

_MADE_BY = "runstone-python"
# How a run has ended is written to a journal that has grown as far as it may as well.
_ROOM_FOR_THE_END = 1 << 16


class Writer(Appending):
    """The journal of one run that this process writes; may be used from several threads.

    Attributes:
        path: The file.
        file: Its descriptor. Its lock says that this process lives and will send what stands there.
        writer: The word in its header.
        n: Number of the entry that was written last.
        size: Bytes that were written.
        most_bytes: Size that the file may grow to.
        is_removed: Whether the file is gone, or left; nothing is written any more then.
        is_sent: Whether it is gone because all of it was sent, so that another file may go on with its numbers.
    """

    def __init__(
        self, folder: Path, run_id: str, *, most_bytes: int, durable: bool, former: "Writer | None" = None
    ) -> None:
        """Make a journal beside those that other processes may have of the same run.

        Args:
            folder: Of the run; is there.
            run_id: The run.
            most_bytes: Size that the file may grow to.
            durable: Whether each entry survives a loss of power at once, which takes the disk's time.
            former: The journal of this process before it; if that was sent, its numbers go on here, so that the store
                has one to count by.

        Raises:
            JournalFull: It cannot be made.
        """
        super().__init__()
        self._run_id, self.most_bytes, self._is_durable = run_id, most_bytes, durable
        self.is_removed = self.is_sent = False
        self.writer, self.n = uuid4().hex, 0
        if former is not None and former.is_sent:
            self.writer, self.n = former.writer, former.n
        self._after = self.n
        self.size = 0
        # Nobody may find the file before it is locked and begun: it would be taken for one that was left behind.
        begun = folder / f".journal-{self.writer}"
        self.path, self.file = begun, -1
        try:
            self.file = os.open(begun, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            fcntl.flock(self.file, fcntl.LOCK_EX)
            self._put(self._header(), self.n)
            self.path = _named(begun, folder, self.writer)
        except OSError as error:
            self.close()
            raise unwritable(f"no journal can be made in {folder}", error) from error
        except JournalFull:
            self.close()
            raise
        finally:
            begun.unlink(missing_ok=True)

    def start(self) -> Position:
        """Where the entries begin."""
        return Position(self._start, 1, self._after)

    def metrics(self, metrics: list[ModelMetric]) -> int:
        """Append values of metrics, all or none; returns the number of their entry, or 0 where the file is removed.

        Raises:
            JournalFull: The file or the disk is full; nothing was written.
        """
        n = self.append(Entry(n=1, metrics=metrics))
        if not self._is_durable:
            self._names.update([metric.key for metric in metrics])
        return n

    def append(self, entry: Entry) -> int:
        """Append an entry; returns the number that it was given, or 0 where the file is removed.

        Raises:
            InvalidValue: A text holds half a character.
            JournalFull: The file or the disk is full; nothing was written.
        """
        with self._lock:
            if self.is_removed:
                return 0
            n = self.n + 1
            is_end = entry.status is not None or bool(entry.deleted_tag)
            self._put(line_of(replace(entry, n=n)), n, room=_ROOM_FOR_THE_END if is_end else 0)
        return n

    def may_write(self) -> bool:
        """Whether nobody is amid writing."""
        return not self._lock.locked()

    def sync(self) -> None:
        """Wait until what was written would survive a loss of power; nothing happens once the file is given back."""
        file = self.file
        if file >= 0:
            os.fsync(file)

    def close(self) -> None:
        """Give back the file, and with it the lock. Doing it again is harmless."""
        file, self.file = self.file, -1
        if file >= 0:
            os.close(file)

    def remove(self, position: Position) -> bool:
        """Remove the file, if all of it was sent: up to this position. Returns whether that was so."""
        with self._lock:
            if position.offset != self.size:
                return False
            self.is_removed = self.is_sent = True
            self._is_whole = False
            self.path.unlink(missing_ok=True)
            self.close()
            return True

    def leave(self) -> None:
        """Leave the file, which is not what was written, to whoever comes next."""
        with self._lock:
            self.is_removed = True
            self._is_whole = False
            self.close()

    def _header(self) -> bytes:
        header = line_of(
            Header(
                journal=VERSION,
                run_id=self._run_id,
                writer=self.writer,
                pid=os.getpid(),
                host=socket.gethostname(),
                made_at=int(time() * 1000),
                made_by=_MADE_BY,
                after=self._after,
            )
        )
        self._start = len(header)
        return header

    def _put(self, line: bytes, n: int, *, room: int = 0) -> None:
        """Append a whole line that has this number, or nothing.

        Args:
            line: The line.
            n: Its number.
            room: Bytes that the file may have more than others may fill.
        """
        size = self.size + len(line)
        if size > self.most_bytes + room:
            raise JournalFull(
                f"the journal {self.path} has {self.size:,} bytes that are not sent yet, and may not have more than "
                f"{self.most_bytes:,}; let the server take them, or raise RUNSTONE_JOURNAL_MAX_MB"
            )
        try:
            if not self._is_whole:  # what stands behind was never acknowledged: the call failed, or Ctrl-C ended it
                os.ftruncate(self.file, self.size)
            self._is_whole = False
            if write(self.file, line, len(line)) != len(line):
                os.ftruncate(self.file, self.size)
                if os.write(self.file, line) != len(line):  # which says what is wrong
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self._is_durable:
                os.fsync(self.file)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self.file, self.size)
            raise unwritable(f"the journal {self.path} cannot be written", error) from error
        self.n, self.size, self._is_whole = n, size, True


def _named(file: Path, folder: Path, writer: str) -> Path:
    """Give a file its name. That of the first process that logs a run is the one that people look for."""
    path = folder / "journal.jsonl"
    try:
        os.link(file, path)
    except FileExistsError:
        path = folder / f"journal-{writer}.jsonl"
        os.link(file, path)
    return path
