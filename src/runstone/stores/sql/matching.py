"""How text is matched: each database says these few things in other words, and only these."""

import importlib
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Numeric, and_, cast, func, literal, true

from runstone.search.pattern import any_case, compiled
from runstone.stores.sql.driver import driver_of

_MATCHES = "runstone_matches"
_GLOB = str.maketrans({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"})

Text = ColumnElement[str]
Condition = ColumnElement[bool]
# One of Python's operators that compare.
Sign = Callable[[Any, Any], Any]


def like(connection: Connection, text: Text, pattern: str) -> Condition:
    """Whether a text matches; ``%`` stands for any characters, ``_`` for one. Case and backslash count."""
    if _is_postgres(connection):
        found: Condition = _postgres().like(text, pattern)
        return found
    # GLOB is SQLite's comparison that tells capitals apart, and an index serves it.
    return text.op("GLOB", is_comparison=True)(pattern.translate(_GLOB))


def ilike(connection: Connection, text: Text, pattern: str) -> Condition:
    """The same, but case does not count, in any script."""
    if not pattern.isascii():
        return rlike(connection, text, any_case(pattern))
    if _is_postgres(connection):
        found: Condition = _postgres().ilike_ascii(text, pattern)
        return found
    return text.op("LIKE", is_comparison=True)(pattern)


def rlike(connection: Connection, text: Text, expression: str) -> Condition:
    """Whether a regular expression is found in a text."""
    if _is_postgres(connection):
        found: Condition = _postgres().rlike(text, expression)
        return found
    if _MATCHES not in connection.info:
        driver = driver_of(connection)
        assert isinstance(driver, sqlite3.Connection)
        driver.create_function(_MATCHES, 2, _matches, deterministic=True)
        connection.info[_MATCHES] = True
    return func.runstone_matches(expression, text, type_=Integer) == 1


def _matches(expression: str, text: str) -> bool:
    return compiled(expression).matches(text)


def is_indexed_whole(connection: Connection) -> bool:
    """Whether the index of values has the texts themselves, in order; not their beginnings alone."""
    return not _is_postgres(connection)


def begins_as(connection: Connection, text: Text, values: Sequence[str]) -> Condition:
    """Whether a text begins as one of these values does, where the index of values has beginnings alone; else true.

    Says nothing new beside a test for equality, but is what such an index can begin at.
    """
    if _is_postgres(connection):
        found: Condition = _postgres().begins_as(text, values)
        return found
    return true()


def begins_with(connection: Connection, text: Text, beginning: str) -> Condition:
    """Whether a text begins so, where the index of values has beginnings alone; else true.

    Says nothing new beside a pattern, but is what such an index can begin at.
    """
    if _is_postgres(connection):
        found: Condition = _postgres().begins_with(text, beginning)
        return found
    return true()


def compared(connection: Connection, text: Text, sign: Sign, value: float) -> Condition:
    """Whether a text is a decimal number, blanks around it allowed, that compares so with a value."""
    if _is_postgres(connection):
        found: Condition = _postgres().compared(text, sign, value)
        return found
    # Beside a number SQLite turns text into one where it can; text that it cannot is above all numbers.
    return and_(text <= _number(float("inf")), sign(text, _number(value)))


def _number(value: float) -> ColumnElement[float]:
    return cast(literal(value), Numeric())  # type: ignore[arg-type]


def bytewise(connection: Connection, text: Text) -> Text:
    """A computed text, compared by its bytes as the columns are."""
    if _is_postgres(connection):
        found: Text = _postgres().bytewise(text)
        return found
    return text


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _postgres() -> Any:
    # Loaded on use: it begins with what this module says.
    return importlib.import_module("runstone.stores.sql.postgres.matching")
