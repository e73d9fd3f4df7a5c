"""SQLite as a session needs it: connections to a file, and its transactions."""

import os
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from runstone.errors import BackendUnavailable
from runstone.stores.sql.driver import Driver
from runstone.stores.sql.failures import BUSY_TIMEOUT_S, explained
from runstone.stores.sql.turns import turn

# Bytes that the write-ahead log keeps on disk once a large change has gone into the database.
_MOST_WAL = 64 << 20


class SqliteFile:
    """A database file.

    Args:
        path: The file.
    """

    hands_over = False
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder: Path | None = path.parent
        self.name = str(path)
        self._explained = explained(path)
        self._wal = path.with_name(f"{path.name}-wal")
        self._is_buffered = False  # whether something was committed that the disk was not asked for
        self._found = 0  # the log that would be found after a loss of power

    def open_engine(self, *, durable: bool) -> Engine:
        """An engine on the file, which is there. Nothing but ``BEGIN`` in words opens a transaction."""
        return open_engine(self.path, durable=durable)

    def check(self) -> None:
        """Nothing is to be seen: a file answers."""

    def begin_reading(self, driver: Driver) -> None:
        """Begin a transaction that sees what was committed by now, and nothing later."""
        driver.execute("BEGIN")

    def begin_writing(self, driver: Driver, *, is_group: bool) -> None:  # noqa: ARG002  # nobody else writes meanwhile
        """Begin a transaction that may write."""
        with turn(self._wal):
            driver.execute("BEGIN IMMEDIATE")

    def commit(self, driver: Driver) -> None:
        """Commit."""
        driver.execute("COMMIT")
        self._is_buffered = True

    def make_durable(self) -> None:
        """Let what was committed survive a loss of power: it stands in the write-ahead log, or in the file by now."""
        if not self._is_buffered:
            return
        self._is_buffered = False
        try:
            log = _sync(self._wal)
            if log != self._found:
                _sync(self.path.parent)  # the log has a name since then
                self._found = log
        except FileNotFoundError:
            return  # SQLite has put all of the log into the file, and let the disk have that
        except OSError as error:
            self._is_buffered = True
            raise BackendUnavailable(f"the disk did not take the database {self.path}: {error.strerror}") from error

    def shrink(self, driver: Driver) -> None:
        """Write the file anew without the pages that are free."""
        driver.execute("VACUUM")

    def learn(self, driver: Driver) -> None:
        """Nothing is to be done: no statement depends on it."""

    def size(self, connection: Connection) -> int:  # noqa: ARG002  # the files tell it
        """Bytes that the database takes, with what waits in its log."""
        files = (self.path, self._wal)
        return sum(file.stat().st_size for file in files if file.exists())

    def is_lost(self, driver: Driver) -> bool:  # noqa: ARG002  # a file goes on to be there
        """Whether a connection is of no use any more."""
        return False

    def explained(self) -> AbstractContextManager[None]:
        """Turns the errors of the driver that are met inside into errors of ours."""
        return self._explained


def open_engine(path: Path, *, durable: bool) -> Engine:
    """An engine on a file that is there. Nothing but ``BEGIN`` in words opens a transaction.

    Args:
        path: The database file.
        durable: Whether a commit waits until the disk has it.
    """
    # AUTOCOMMIT keeps SQLAlchemy and the driver from saying BEGIN and COMMIT; we say both ourselves.
    return create_engine(
        "sqlite://",
        creator=lambda: _connect(path, durable=durable),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
    )


def _connect(path: Path, *, durable: bool) -> sqlite3.Connection:
    uri = f"{path.as_uri()}?mode=rw"
    driver = sqlite3.connect(
        uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        driver.execute("PRAGMA foreign_keys = ON")
        driver.execute("PRAGMA temp_store = MEMORY")  # where savepoints keep pages
        driver.execute(f"PRAGMA journal_size_limit = {_MOST_WAL}")
        driver.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    except BaseException:
        driver.close()
        raise
    return driver


def _sync(path: Path) -> int:
    """Let the disk have a file or the names in a folder; returns which file that is."""
    if os.name == "nt" and path.is_dir():
        return 0  # a folder cannot be opened there, and need not be
    # SQLite takes no lock on these: to close one gives back all locks that the process has on it.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
        return os.fstat(file).st_ino
    finally:
        os.close(file)
