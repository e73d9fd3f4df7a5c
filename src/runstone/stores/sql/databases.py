"""What tells one database system from another, as far as transactions go."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, ResourceClosedError

from runstone.entities.names import shown
from runstone.errors import BackendUnavailable, InvalidValue, RunstoneError
from runstone.stores.sql.driver import Driver


class Again(BackendUnavailable):
    """A transaction was undone for the sake of another, or lost its connection before it was to be committed.

    Nothing of it is left, so that it may be run once more from its beginning.
    """


class Database(Protocol):
    """A database that a session works on.

    Attributes:
        folder: The folder that the database is in; ``None`` where it is no file.
        name: What it is called in messages; no password is in it.
        hands_over: Whether every change goes to the thread that writes, so that those that wait are committed
            together; if not, only those do that must survive a loss of power.
        errors: What its driver raises.
    """

    folder: Path | None
    name: str
    hands_over: bool
    errors: tuple[type[Exception], ...]

    def open_engine(self, *, durable: bool) -> Engine:
        """An engine on the database, which is there. Nothing but ``BEGIN`` in words opens a transaction."""
        ...

    def check(self) -> None:
        """See within seconds whether it answers.

        Raises:
            BackendError: It cannot be reached, or not be opened.
        """
        ...

    def begin_reading(self, driver: Driver) -> None:
        """Begin a transaction that sees what was committed by now, and nothing later."""
        ...

    def begin_writing(self, driver: Driver, *, is_group: bool) -> None:
        """Begin a transaction that may write.

        Args:
            driver: The connection.
            is_group: Whether it holds changes that do not belong together, so that waiting for one delays the others.
        """
        ...

    def commit(self, driver: Driver) -> None:
        """Commit.

        Raises:
            BackendError: Nothing is committed, or it is not known; the message says which.
        """
        ...

    def make_durable(self) -> None:
        """Let what was committed survive a loss of power, also where commits do not wait for the disk.

        Raises:
            BackendError: The disk did not take it.
        """
        ...

    def shrink(self, driver: Driver) -> None:
        """Give the space of deleted rows back; no transaction is open."""
        ...

    def learn(self, driver: Driver) -> None:
        """Look at what tables hold that have grown, where plans depend on it; in a transaction that reads."""
        ...

    def size(self, connection: Connection) -> int:
        """Bytes that the database takes."""
        ...

    def is_lost(self, driver: Driver) -> bool:
        """Whether a connection is of no use any more."""
        ...

    def explained(self) -> AbstractContextManager[None]:
        """Turns the errors of the driver that are met inside into errors of ours."""
        ...


class Explaining(AbstractContextManager[None]):
    """Turns the errors of a driver that are met inside into errors of ours. May be entered again and again.

    Args:
        errors: What the driver raises.
        explain: Makes an error of ours from one of these.
    """

    def __init__(self, errors: tuple[type[Exception], ...], explain: Callable[[Exception], RunstoneError]) -> None:
        self._known: tuple[type[Exception], ...] = (*errors, DBAPIError, ResourceClosedError)
        self._explain = explain

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        if isinstance(error, self._known):
            raise self._explain(error) from error
        if isinstance(error, UnicodeEncodeError):
            raise InvalidValue(f"text is valid Unicode; got half a character in {shown(error.object)}") from None


def cause_of(error: Exception) -> Exception:
    """The driver's own error below one of SQLAlchemy."""
    return error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error
