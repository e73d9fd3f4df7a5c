"""Connections that read: one for each query, kept for the next one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine

from runstone.errors import InvalidState
from runstone.stores.sql.databases import Again, Database
from runstone.stores.sql.driver import driver_of

T = TypeVar("T")

_IDLE = 8


class Readers:
    """The connections of a session that read.

    Args:
        database: The database.
        engine: Its engine.
    """

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._changed = threading.Condition()
        self._busy = 0
        self._idle: list[Connection] = []
        self._is_closed = False

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query in a transaction of its own; once more where its connection turns out to be lost.

        Raises:
            BackendError: The database failed.
            InvalidState: The session is closed.
        """
        try:
            with self._database.explained():
                return self._once(query)
        except Again:
            self._forget_idle()
            with self._database.explained():
                return self._once(query)

    def _once(self, query: Callable[[Connection], T]) -> T:
        with self.reading() as connection:
            return query(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that reads, for the block.

        Raises:
            InvalidState: The session is closed.
        """
        connection = self._borrow()
        kept = False
        try:
            driver = driver_of(connection)
            self._database.begin_reading(driver)
            try:
                yield connection
            finally:
                driver.execute("ROLLBACK")
                kept = True
        finally:
            self._give_back(connection, kept=kept)

    def _borrow(self) -> Connection:
        with self._changed:
            if self._is_closed:
                raise closed()
            self._busy += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._engine.connect()
        except BaseException:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
            raise

    def _give_back(self, connection: Connection, *, kept: bool) -> None:
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()
            if kept and not self._is_closed and len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _forget_idle(self) -> None:
        with self._changed:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def close(self) -> None:
        """Give back the connections; those in use follow when they are done. Nothing is read after this."""
        with self._changed:
            self._is_closed = True
        self._forget_idle()

    def hold(self, timeout_s: float) -> None:
        """Wait until nothing is read, then let none begin before ``release``; all connections are closed."""
        self._changed.acquire()
        self._changed.wait_for(lambda: not self._busy, timeout=timeout_s)
        self._forget_idle()

    def release(self) -> None:
        """Go on after ``hold``."""
        self._changed.release()


def closed() -> InvalidState:
    """What is raised by a store that was closed."""
    return InvalidState("this store is closed; open another one")
