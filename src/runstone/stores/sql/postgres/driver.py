"""psycopg's connection, taught the words of ``Driver``."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from psycopg import Connection, DataError, RawCursor
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import FloatBinaryDumper, Int8BinaryDumper
from psycopg.types.string import BytesBinaryDumper

from runstone.stores.sql.driver import LOCKED, SHARED, Written

# What is no parameter though it holds a question mark: a text, a quoted name, a comment.
_WORD = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|/\*.*?\*/|\?", re.DOTALL)
_LOCKS = {LOCKED.strip(): "FOR NO KEY UPDATE", SHARED.strip(): "FOR SHARE"}
_INSERT = re.compile(
    r"(?P<head>\s*INSERT\s+INTO\s+\w+\s*\((?P<columns>[\w\s,]+)\)\s*VALUES\s*)\(\s*\?(?:\s*,\s*\?)*\s*\)(?P<tail>.*)",
    re.DOTALL,
)
_CONFLICT = re.compile(r"ON\s+CONFLICT\s*\((?P<columns>[\w\s,]+)\)\s*DO\s+UPDATE")
_LOOKS = re.compile(r"\s*(?:SELECT|WITH|DELETE)\b")
# Rows of one statement.
_AT_ONCE = 256
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
        try:
            return cursor.execute(translated(statement), parameters or None, binary=True)
        except DataError:
            if not _LOOKS.match(statement) or not any(_has_nul(value) for value in parameters):
                raise
        # Refused before it was sent. No text that is kept has a NUL, so that one that has equals nothing, as NULL does.
        found = [None if _has_nul(value) else value for value in parameters]
        return cursor.execute(translated(statement), found, binary=True)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> Written:
        """Run a statement that gives no rows once for each of these parameters, many rows of an INSERT at once."""
        rows = list(parameters)
        insert = _insert_of(statement)
        if insert is None or not insert.takes(rows):
            cursor = RawCursor(self)
            cursor.executemany(translated(statement), rows)
            return cursor
        count = start = 0
        while start < len(rows):
            # Powers of two, so that few statements are parsed and kept.
            size = min(_AT_ONCE, 1 << (len(rows) - start).bit_length() - 1)
            cursor = RawCursor(self)
            cursor.execute(insert.of(size), [value for row in rows[start : start + size] for value in row])
            count += cursor.rowcount
            start += size
        return _Inserted(count)


def _has_nul(value: Any) -> bool:
    return isinstance(value, str) and "\0" in value


class _Inserted(Struct, frozen=True):
    """What several statements did together."""

    rowcount: int


class _Insert(Struct, frozen=True):
    """An INSERT of one row, which can be made one of several.

    Attributes:
        head: What stands before the values.
        width: How many values a row has.
        tail: What stands after the values.
        unique: Where the values are that no two rows of one statement may share, as PostgreSQL demands of what may
            update a row.
    """

    head: str
    width: int
    tail: str
    unique: tuple[int, ...]

    def takes(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether these rows can be written by one statement."""
        if not self.unique:
            return True
        return len({tuple(row[place] for place in self.unique) for row in rows}) == len(rows)

    def of(self, count: int) -> bytes:
        """The statement for so many rows."""
        return _several(self, count)


@lru_cache(maxsize=300)
def _several(insert: _Insert, count: int) -> bytes:
    row = f"({', '.join('?' * insert.width)})"
    return translated(f"{insert.head}{', '.join([row] * count)}{insert.tail}")


@lru_cache(maxsize=1000)
def _insert_of(statement: str) -> _Insert | None:
    """The parts of an INSERT whose values are parameters alone; ``None`` for another statement."""
    found = _INSERT.fullmatch(statement)
    if found is None or "?" in found["tail"]:
        return None
    columns = [name.strip() for name in found["columns"].split(",")]
    target = _CONFLICT.search(found["tail"])
    unique = [columns.index(name.strip()) for name in target["columns"].split(",")] if target else []
    return _Insert(found["head"], len(columns), found["tail"], tuple(unique))


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
