"""psycopg's connection, taught the words of ``Driver``."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection, RawCursor
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import FloatBinaryDumper, Int8BinaryDumper
from psycopg.types.string import BytesBinaryDumper

from runstone.stores.sql.driver import LOCKED, SHARED

# What is no parameter though it holds a question mark: a text, a quoted name, a comment.
_WORD = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|/\*.*?\*/|\?", re.DOTALL)
_LOCKS = {LOCKED.strip(): "FOR NO KEY UPDATE", SHARED.strip(): "FOR SHARE"}
# Statements of one connection that the server keeps parsed.
_MOST_PREPARED = 300


class PostgresConnection(Connection[Any]):
    """A connection on which both SQLAlchemy and ``Driver``'s callers work."""

    def teach(self) -> None:
        """Set up how values travel: in binary, and whole numbers with one type whatever their size."""
        # Each type of a parameter would make a statement of its own, to be parsed again.
        self.adapters.register_dumper(int, Int8BinaryDumper)
        self.adapters.register_dumper(float, FloatBinaryDumper)
        self.adapters.register_dumper(bytes, BytesBinaryDumper)
        self.prepare_threshold = 1
        self.prepared_max = _MOST_PREPARED

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, be it one that failed."""
        return not self.closed and self.pgconn.transaction_status != TransactionStatus.IDLE

    def execute(  # type: ignore[override]  # the words of both engines, where psycopg has more arguments
        self, statement: str, parameters: Sequence[Any] = (), /
    ) -> RawCursor[Any]:
        """Run a statement whose parameters are written ``?``."""
        cursor = RawCursor(self)
        return cursor.execute(translated(statement), parameters or None, binary=True)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> RawCursor[Any]:
        """Run a statement that gives no rows once for each of these parameters, without waiting in between."""
        cursor = RawCursor(self)
        cursor.executemany(translated(statement), parameters)
        return cursor


@lru_cache(maxsize=1000)
def translated(statement: str) -> bytes:
    """A statement in PostgreSQL's words: ``$1`` for the first ``?``, and the locks it may end with.

    Example:
        >>> translated("SELECT '?' WHERE a = ? AND b = ?")
        b"SELECT '?' WHERE a = $1 AND b = $2"
    """
    count = 0

    def word(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] != "?":
            return _LOCKS.get(found[0], found[0])
        count += 1
        return f"${count}"

    return _WORD.sub(word, statement).encode()
