"""Transactions: who may write when, and what is committed together. The same for every database."""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection

from runstone.errors import BackendError, InvalidState
from runstone.stores.sql.databases import Again, Database
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.keys import Keys
from runstone.stores.sql.readers import Readers, closed

T = TypeVar("T")

# Changes that one commit takes at most: bounds the wait of those that come after.
GROUP = 256
_FORK_WAIT_S = 10
# How often a change is begun that other processes are in the way of.
_MOST_ATTEMPTS = 10


class _Job:
    """A change that waits for the thread that writes, and where its outcome goes."""

    __slots__ = ("change", "future")

    def __init__(self, change: Callable[[], Any]) -> None:
        self.change = change
        self.future: Future[Any] = Future()


_Outcome = tuple[Any, BaseException | None]


class Session:
    """The connections of one store to one database.

    Readers take a connection each and see what was committed when they began. One writer at a time in this process;
    what holds between processes is the database's. Where commits need not wait for the disk, a thread that writes does
    so itself, which is measured cheaper than handing over; where they do, it hands its change to the thread that
    commits many at once.

    Attributes:
        database: The database.
        keys: Ids of names.
        commits: Transactions that were committed.
        changes: Changes in these transactions.
    """

    def __init__(self, database: Database, *, durable: bool = False) -> None:
        self.database = database
        self.keys = Keys()
        self.commits = self.changes = 0
        self._durable = durable
        self._hands_over = durable or database.hands_over
        self._closed = False
        self._fresh_start()
        _watch_forks(self)

    def _fresh_start(self) -> None:
        """Begin without a connection, a thread or a held lock, as a new process does."""
        self._engine = self.database.open_engine(durable=self._durable)
        self._readers = Readers(self.database, self._engine)
        self._writing = threading.Lock()
        self._owner = 0
        self._writer: Connection | None = None
        self._is_group = False
        self._is_first = False  # whether the open change has done nothing yet
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._door = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_held = False  # whether a fork has taken the locks
        self.keys.forget()

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query in a transaction of its own; inside a change, in the change's.

        Raises:
            BackendError: The database failed.
            InvalidState: The store is closed.
        """
        if self._owner == threading.get_ident():
            with self.database.explained():
                return query(self._open_writer())
        return self._readers.read(query)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction of its own that reads, for a block that reads much, bit by bit.

        Raises:
            BackendError: The database failed.
            InvalidState: The store is closed.
        """
        with self.database.explained(), self._readers.reading() as connection:
            yield connection

    # Writing.

    def write(self, change: Callable[[Connection], T]) -> T:
        """Run a change in a transaction: its own, or, called inside a change, a part of that one.

        Where other processes write too, a change may be undone and run again from its beginning.

        Raises:
            BackendError: The database failed; nothing of the change is left, unless the message says that this is not
                known.
            InvalidState: The store is closed.
        """
        if self._owner == threading.get_ident():
            with self.database.explained():
                return self._inside(change)
        if self._hands_over:
            return self.submit(lambda: change(self._open_writer())).result()
        with self.database.explained(), self._writing:
            if self._closed:
                raise closed()
            return self._alone(change)

    def submit(self, change: Callable[[], T]) -> "Future[T]":
        """Hand a change to the thread that writes; see ``EmbeddedStore.submit``."""
        job = _Job(change)
        with self._door:
            if self._closed:
                raise closed()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="runstone-writer", daemon=True)
                self._thread.start()
            self._jobs.put(job)
        return job.future

    def shrink(self) -> None:
        """Give the space of deleted rows back to the disk, as far as the database does not do so by itself.

        Raises:
            BackendError: The database failed; nothing is lost.
            InvalidState: The store is closed.
        """
        with self.database.explained(), self._writing:
            if self._closed:
                raise closed()
            self.database.shrink(driver_of(self._open_writer()))

    @property
    def waiting(self) -> int:
        """Changes that wait for the thread that writes."""
        return self._jobs.qsize()

    def _alone(self, change: Callable[[Connection], T], *, is_group: bool = False) -> T:
        connection = self._open_writer()
        driver = driver_of(connection)
        self._owner = threading.get_ident()
        try:
            self.database.begin_writing(driver, is_group=is_group)
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
            raise BackendError(f"the database {self.database.name} undid what was under way; try all of it again")
        if not self._is_first:
            return self.part(connection, lambda: change(connection))
        self._is_first = False
        try:
            return change(connection)
        except BaseException:
            with self.database.explained():
                self._undo_first(driver)
            raise

    def _undo_first(self, driver: Driver) -> None:
        self.keys.forget()
        if self._is_group:
            if driver.in_transaction:
                driver.execute("ROLLBACK TO part")
            return
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        self.database.begin_writing(driver, is_group=False)

    def part(self, connection: Connection, change: Callable[[], T]) -> T:
        """Run a part of the open change between savepoints, so that an error undoes it alone."""
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

    def _commit(self, driver: Driver) -> None:
        self.database.commit(driver)
        self.commits += 1
        self.changes += 1

    def _roll_back(self) -> None:
        """Undo the open transaction. A connection that cannot is thrown away, which undoes it too."""
        self.keys.forget()
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            driver = driver_of(writer)
            if driver.in_transaction:
                driver.execute("ROLLBACK")
        except self.database.errors:
            writer.close()
            return
        if self.database.is_lost(driver):
            writer.close()
        else:
            self._writer = writer

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
        try:
            outcomes = self._try(group)
        except Again:
            # Each by itself: it waits for others then, who do not wait for what it has done already.
            outcomes = [self._patiently(job) for job in group]
        for job, (result, error) in zip(group, outcomes, strict=True):
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)

    def _patiently(self, job: _Job) -> _Outcome:
        for _ in range(_MOST_ATTEMPTS - 1):
            with suppress(Again):
                return self._try([job])[0]
        try:
            return self._try([job])[0]
        except Again as failure:
            return None, failure

    def _try(self, group: list[_Job]) -> list[_Outcome]:
        """Run these changes in one transaction.

        Raises:
            Again: It may be tried again.
        """
        outcomes: list[_Outcome] = []
        try:
            with self.database.explained(), self._writing:
                self._alone(
                    lambda connection: outcomes.extend(self._outcomes(connection, group)), is_group=len(group) > 1
                )
            self.changes += len(group) - 1
        except Again:
            raise
        except BaseException as failure:  # noqa: BLE001  # each future gets it: nobody else could
            return [(None, error or failure) for _, error in outcomes] or [(None, failure)] * len(group)
        return outcomes

    def _outcomes(self, connection: Connection, group: list[_Job]) -> list[_Outcome]:
        self._is_group, self._is_first = len(group) > 1, True
        if not self._is_group:
            return [(group[0].change(), None)]
        driver = driver_of(connection)
        outcomes: list[_Outcome] = []
        for job in group:
            self._is_first = True
            try:
                with self.database.explained():
                    outcomes.append((self.part(connection, job.change), None))
            except Again:
                raise
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
            self._readers.close()
            self._close_writer()

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def before_fork(self) -> None:
        """Let no connection be open across a fork: the child would share what lies below it with us."""
        # A fork inside a change, or while one takes very long, cannot be made safe; it must not hang either.
        is_inside = self._owner == threading.get_ident()
        self._is_held = not is_inside and self._writing.acquire(timeout=_FORK_WAIT_S)
        if self._is_held:
            self._door.acquire()
            self._readers.hold(_FORK_WAIT_S)
            self._close_writer()

    def after_fork_in_parent(self) -> None:
        """Go on as before."""
        if self._is_held:
            self._is_held = False
            self._readers.release()
            self._door.release()
            self._writing.release()

    def after_fork_in_child(self) -> None:
        """Begin anew: threads and locks of the parent are not ours."""
        self._fresh_start()


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
