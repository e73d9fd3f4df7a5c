"""How text is matched in SQLite. Another database says these few things in other words, and only these."""

import re
import sqlite3

from sqlalchemy import ColumnElement, Connection, Integer, Numeric, cast, func, literal

from runstone.search.pattern import compiled
from runstone.stores.sql.driver import driver_of

_MATCHES = "runstone_matches"
_GLOB = str.maketrans({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"})

Text = ColumnElement[str]
Condition = ColumnElement[bool]


def like(text: Text, pattern: str) -> Condition:
    """Whether a text matches; ``%`` stands for any characters, ``_`` for one. Case and backslash count."""
    # GLOB is SQLite's comparison that tells capitals apart, and an index serves it.
    return text.op("GLOB", is_comparison=True)(pattern.translate(_GLOB))


def ilike(connection: Connection, text: Text, pattern: str) -> Condition:
    """The same, but case does not count, in any script."""
    if pattern.isascii():
        return text.op("LIKE", is_comparison=True)(pattern)
    signs = (".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern)
    return rlike(connection, text, f"(?i)^{''.join(signs)}$")


def rlike(connection: Connection, text: Text, expression: str) -> Condition:
    """Whether a regular expression is found in a text."""
    if _MATCHES not in connection.info:
        driver = driver_of(connection)
        assert isinstance(driver, sqlite3.Connection)
        driver.create_function(_MATCHES, 2, _matches, deterministic=True)
        connection.info[_MATCHES] = True
    return func.runstone_matches(expression, text, type_=Integer) == 1


def _matches(expression: str, text: str) -> bool:
    return compiled(expression).matches(text)


def is_number(text: Text) -> Condition:
    """Whether a text is a decimal number, blanks around it allowed."""
    # Beside a number SQLite turns text into one where it can; text that it cannot is above all numbers.
    return text <= number(float("inf"))


def number(value: float) -> ColumnElement[float]:
    """A number as texts are compared with."""
    return cast(literal(value), Numeric())  # type: ignore[arg-type]
