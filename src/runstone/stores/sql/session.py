"""Connections and transactions: who may write when, and what is committed together."""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from runstone.errors import BackendError, InvalidState
from runstone.stores.sql.failures import BUSY_TIMEOUT_S, explained
from runstone.stores.sql.keys import Keys

T = TypeVar("T")

# Changes that one commit takes at most: bounds the wait of those that come after.
GROUP = 256
_IDLE = 8
_FORK_WAIT_S = 10
# Bytes that the write-ahead log keeps on disk once a large change has gone into the database.
_MOST_WAL = 64 << 20


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection below one of SQLAlchemy, for the statements of the ingest path."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


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


class _Job:
    """A change that waits for the thread that writes, and where its outcome goes."""

    __slots__ = ("change", "future")

    def __init__(self, change: Callable[[], Any]) -> None:
        self.change = change
        self.future: Future[Any] = Future()


_Outcome = tuple[Any, BaseException | None]


class Session:
    """The connections of one store to one database file.

    Readers take a connection each and see what was committed when they began. One writer at a time: in this process
    by a lock, between processes by ``BEGIN IMMEDIATE``. Where commits need not wait for the disk, a thread that
    writes does so itself, which is measured cheaper than handing over; where they do, it hands its change to the
    thread that commits many at once.

    Attributes:
        path: The database file.
        keys: Ids of names.
    """

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        self.path = path
        self.keys = Keys()
        self._durable = durable
        self._closed = False
        self._touched: set[int] = set()
        self._fresh_start()
        _watch_forks(self)

    def _fresh_start(self) -> None:
        """Begin without a connection, a thread or a held lock, as a new process does."""
        self._engine = open_engine(self.path, durable=self._durable)
        self._writing = threading.Lock()
        self._owner = 0
        self._writer: Connection | None = None
        self._is_group = False
        self._is_first = False  # whether the open change has done nothing yet
        self._reading = threading.Condition()
        self._readers = 0
        self._idle: list[Connection] = []
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._door = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_held = False  # whether a fork has taken the locks
        self._undone()

    # Reading.

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query in a transaction of its own; inside a change, in the change's.

        Raises:
            BackendError: The database failed.
            InvalidState: The store is closed.
        """
        with explained(self.path):
            if self._owner == threading.get_ident():
                return query(self._open_writer())
            return self._read(query)

    def _read(self, query: Callable[[Connection], T]) -> T:
        connection = self._borrow()
        kept = False
        try:
            driver = driver_of(connection)
            driver.execute("BEGIN")
            try:
                return query(connection)
            finally:
                driver.execute("ROLLBACK")
                kept = True
        finally:
            self._give_back(connection, kept=kept)

    def _borrow(self) -> Connection:
        with self._reading:
            if self._closed:
                raise _closed()
            self._readers += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._engine.connect()
        except BaseException:
            with self._reading:
                self._readers -= 1
                self._reading.notify_all()
            raise

    def _give_back(self, connection: Connection, *, kept: bool) -> None:
        with self._reading:
            self._readers -= 1
            self._reading.notify_all()
            if kept and not self._closed and len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        connection.close()

    # Writing.

    def write(self, change: Callable[[Connection], T]) -> T:
        """Run a change in a transaction: its own, or, called inside a change, a part of that one.

        Raises:
            BackendError: The database failed; nothing of the change is left.
            InvalidState: The store is closed.
        """
        if self._owner == threading.get_ident():
            with explained(self.path):
                return self._inside(change)
        if self._durable:
            return self.submit(lambda: change(self._open_writer())).result()
        with explained(self.path), self._writing:
            if self._closed:
                raise _closed()
            return self._alone(change)

    def submit(self, change: Callable[[], T]) -> "Future[T]":
        """Hand a change to the thread that writes; see ``EmbeddedStore.submit``."""
        job = _Job(change)
        with self._door:
            if self._closed:
                raise _closed()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="runstone-writer", daemon=True)
                self._thread.start()
            self._jobs.put(job)
        return job.future

    def touch(self, experiment_id: int) -> None:
        """Note that runs of an experiment changed; counted once at the commit."""
        self._touched.add(experiment_id)

    def _alone(self, change: Callable[[Connection], T]) -> T:
        connection = self._open_writer()
        driver = driver_of(connection)
        driver.execute("BEGIN IMMEDIATE")
        self._owner = threading.get_ident()
        try:
            result = change(connection)
            self._commit(driver)
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._owner = 0
            self._is_first = False
        self.keys.keep()
        return result

    def _inside(self, change: Callable[[Connection], T]) -> T:
        """Run a change as a part of the open one, so that an error undoes it alone.

        The first part needs no savepoint, which costs as much as a small change itself: nothing stands before it.
        """
        connection = self._open_writer()
        driver = driver_of(connection)
        if not driver.in_transaction:
            raise BackendError(f"the database {self.path} undid what was under way; try all of it again")
        if not self._is_first:
            return self._part(connection, lambda: change(connection))
        self._is_first = False
        try:
            return change(connection)
        except BaseException:
            self._undo_first(driver)
            raise

    def _undo_first(self, driver: sqlite3.Connection) -> None:
        self.keys.forget()
        if self._is_group:
            if driver.in_transaction:
                driver.execute("ROLLBACK TO part")
            return
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        driver.execute("BEGIN IMMEDIATE")

    def _part(self, connection: Connection, change: Callable[[], T]) -> T:
        """Run a change between savepoints."""
        driver = driver_of(connection)
        driver.execute("SAVEPOINT part")
        try:
            result = change()
        except BaseException:
            self.keys.forget()
            # A full disk makes SQLite undo the whole transaction; there is no savepoint left to go back to then.
            if driver.in_transaction:
                driver.execute("ROLLBACK TO part")
                driver.execute("RELEASE part")
            raise
        driver.execute("RELEASE part")
        return result

    def _open_writer(self) -> Connection:
        if self._writer is None:
            self._writer = self._engine.connect()
        return self._writer

    def _commit(self, driver: sqlite3.Connection) -> None:
        for experiment_id in sorted(self._touched):
            driver.execute(
                "INSERT INTO change (experiment_id, count) VALUES (?, 1) "
                "ON CONFLICT (experiment_id) DO UPDATE SET count = count + 1",
                (experiment_id,),
            )
        self._touched.clear()
        driver.execute("COMMIT")

    def _roll_back(self) -> None:
        """Undo the open transaction. A connection that cannot is thrown away, which undoes it too."""
        self._undone()
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            driver = driver_of(writer)
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            self._writer = writer
        except sqlite3.Error:
            writer.close()

    def _undone(self) -> None:
        self.keys.forget()
        self._touched.clear()

    # The thread that writes.

    def _serve(self) -> None:
        jobs = self._jobs
        is_last = False
        while not is_last:
            waiting = [jobs.get()]
            with suppress(Empty):
                while len(waiting) < GROUP and waiting[-1] is not None:
                    waiting.append(jobs.get_nowait())
            is_last = waiting[-1] is None
            group = [job for job in waiting if job is not None and job.future.set_running_or_notify_cancel()]
            if group:
                self._commit_together(group)

    def _commit_together(self, group: list[_Job]) -> None:
        outcomes: list[_Outcome] = []
        try:
            with explained(self.path), self._writing:
                self._alone(lambda connection: outcomes.extend(self._outcomes(connection, group)))
        except BaseException as failure:  # noqa: BLE001  # each future gets it: nobody else could
            outcomes = [(None, error or failure) for _, error in outcomes] or [(None, failure)] * len(group)
        for job, (result, error) in zip(group, outcomes, strict=True):
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)

    def _outcomes(self, connection: Connection, group: list[_Job]) -> list[_Outcome]:
        self._is_group, self._is_first = len(group) > 1, True
        if not self._is_group:
            return [(group[0].change(), None)]
        driver = driver_of(connection)
        outcomes: list[_Outcome] = []
        for job in group:
            self._is_first = True
            try:
                with explained(self.path):
                    outcomes.append((self._part(connection, job.change), None))
            except BaseException as error:
                if not driver.in_transaction:
                    raise
                outcomes.append((None, error))
        return outcomes

    # The end, and forks.

    def close(self) -> None:
        """Wait for what was submitted, then give back the thread and the connections. Doing it again is harmless.

        Raises:
            InvalidState: A change closes the store that it runs in.
        """
        if self._owner == threading.get_ident():
            raise InvalidState("a change cannot close its own store; close it when the change is done")
        with self._door:
            self._closed = True
            thread, self._thread = self._thread, None
            if thread is not None:
                self._jobs.put(None)
        if thread is not None:
            thread.join()
        with self._writing:
            self._close_connections()

    def _close_connections(self) -> None:
        with self._reading:
            idle, self._idle = self._idle, []
        writer, self._writer = self._writer, None
        for connection in [*idle, *([writer] if writer else [])]:
            connection.close()

    def before_fork(self) -> None:
        """Let no connection be open across a fork: the child would share what SQLite remembers of its locks."""
        # A fork inside a change, or while one takes very long, cannot be made safe; it must not hang either.
        is_inside = self._owner == threading.get_ident()
        self._is_held = not is_inside and self._writing.acquire(timeout=_FORK_WAIT_S)
        if self._is_held:
            self._door.acquire()
            self._reading.acquire()
            self._reading.wait_for(lambda: not self._readers, timeout=_FORK_WAIT_S)
            self._close_connections()

    def after_fork_in_parent(self) -> None:
        """Go on as before."""
        if self._is_held:
            self._is_held = False
            self._reading.release()
            self._door.release()
            self._writing.release()

    def after_fork_in_child(self) -> None:
        """Begin anew: threads and locks of the parent are not ours."""
        self._fresh_start()


def _closed() -> InvalidState:
    return InvalidState("this store is closed; open another one")


def _watch_forks(session: Session) -> None:
    alive = weakref.ref(session)

    def call(verb: Callable[[Session], None]) -> None:
        found = alive()
        if found is not None:
            verb(found)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=lambda: call(Session.before_fork),
            after_in_parent=lambda: call(Session.after_fork_in_parent),
            after_in_child=lambda: call(Session.after_fork_in_child),
        )
