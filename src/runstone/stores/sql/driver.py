"""The driver below SQLAlchemy, for the statements of the ingest path: the same words for every database."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Connection

# What a statement ends with so that the rows that it finds stay as they are until the transaction ends. SQLite, where
# one writes at a time, reads a comment.
LOCKED = " /* locked */"
# The same, but others may hold them too.
SHARED = " /* shared */"


class Written(Protocol):
    """What a statement did."""

    @property
    def rowcount(self) -> int:
        """How many rows were written; those of all parameters together after ``executemany``."""
        ...


class Cursor(Written, Protocol):
    """What a statement found or did."""

    def fetchone(self) -> Any:
        """The next row; ``None`` where there is no more."""
        ...

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Driver(Protocol):
    """A connection that runs statements in portable SQL, whose parameters are written ``?``.

    Portable is ``ON CONFLICT``, ``RETURNING`` and the comparison of rows; booleans are parameters.
    """

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, be it one that failed."""
        ...

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """Run a statement."""
        ...

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> Written:
        """Run a statement that gives no rows once for each of these parameters."""
        ...


def driver_of(connection: Connection) -> Driver:
    """The driver's own connection below one of SQLAlchemy."""
    return cast("Driver", connection.connection.dbapi_connection)


def among(driver: Driver, numbers: Sequence[int]) -> tuple[str, Sequence[Any]]:
    """What stands behind ``IN`` for numbers, and its parameters.

    PostgreSQL takes the numbers as one value: of a list of 1000 signs it expects so much that it reads the whole table.
    """
    if isinstance(driver, sqlite3.Connection):
        return f"({', '.join('?' * len(numbers))})", numbers
    return "(SELECT unnest(?::bigint[]))", [list(numbers)]
