"""SQLite as a session needs it: connections to a file, and its transactions."""

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

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
        self._line = path.with_name(f"{path.name}-wal")

    def open_engine(self, *, durable: bool) -> Engine:
        """An engine on the file, which is there. Nothing but ``BEGIN`` in words opens a transaction."""
        return open_engine(self.path, durable=durable)

    def begin_reading(self, driver: Driver) -> None:
        """Begin a transaction that sees what was committed by now, and nothing later."""
        driver.execute("BEGIN")

    def begin_writing(self, driver: Driver, *, is_group: bool) -> None:  # noqa: ARG002  # nobody else writes meanwhile
        """Begin a transaction that may write."""
        with turn(self._line):
            driver.execute("BEGIN IMMEDIATE")

    def commit(self, driver: Driver) -> None:
        """Commit."""
        driver.execute("COMMIT")

    def shrink(self, driver: Driver) -> None:
        """Write the file anew without the pages that are free."""
        driver.execute("VACUUM")

    def learn(self, driver: Driver) -> None:
        """Nothing is to be done: no statement depends on it."""

    def size(self, connection: Connection) -> int:  # noqa: ARG002  # the files tell it
        """Bytes that the database takes, with what waits in its log."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
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
