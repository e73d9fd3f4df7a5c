"""How text is matched in PostgreSQL: with the answers that SQLite and ``runstone.search.pattern`` give."""

from collections.abc import Sequence
from decimal import Decimal
from math import isfinite
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Double,
    Numeric,
    and_,
    case,
    cast,
    collate,
    false,
    func,
    literal,
    literal_column,
    true,
)

from runstone.stores.sql.matching import Condition, Sign, Text
from runstone.stores.sql.postgres.expressions import posix

# What SQLite reads as a number. Exponents of more digits than three are told apart: PostgreSQL refuses what is too
# large or too small, where SQLite says infinity or zero.
_BLANK = r"[ \t\n\v\f\r]*"
_DIGITS = r"([0-9]+\.?[0-9]*|\.[0-9]+)"
_PLAIN = f"^{_BLANK}[+-]?{_DIGITS}([eE][+-]?0*[0-9]{{1,3}})?{_BLANK}$"
_WHOLE = f"^{_BLANK}[+-]?[0-9]{{1,19}}{_BLANK}$"
_ZERO = rf"^{_BLANK}[+-]?(0+\.?0*|\.0+)[eE][+-]?[0-9]+{_BLANK}$"
_TINY = f"^{_BLANK}[+-]?{_DIGITS}[eE]-[0-9]+{_BLANK}$"
_HUGE = rf"^{_BLANK}\+?{_DIGITS}[eE]\+?[0-9]+{_BLANK}$"
_VERY_NEGATIVE = rf"^{_BLANK}-{_DIGITS}[eE]\+?[0-9]+{_BLANK}$"
# So many characters of a value are in the index of values: a row of an index holds 2,704 bytes, a character up to four.
START = 250
# Longer text is no number: PostgreSQL's decimals have an end.
_MOST_CHARACTERS = 8000
# The halves of the way to what a double cannot hold any more, and from zero to the smallest that it can.
_INFINITE = Decimal(2) ** 1024 - Decimal(2) ** 970
_NOTHING = Decimal(2) ** -1075
# Up to here every whole number is a double.
_EXACT = 2**53


def like(text: Text, pattern: str) -> Condition:
    """Whether a text matches; ``%`` stands for any characters, ``_`` for one. Case and backslash count."""
    return text.op("LIKE", is_comparison=True)(pattern.replace("\\", "\\\\"))


def ilike_ascii(text: Text, pattern: str) -> Condition:
    """The same, but the case of ASCII's letters does not count."""
    # In the collation "C" only these have a case.
    return bytewise(text).op("ILIKE", is_comparison=True)(pattern.replace("\\", "\\\\"))


def rlike(text: Text, expression: str) -> Condition:
    """Whether a regular expression is found in a text."""
    return bytewise(text).op("~", is_comparison=True)(posix(expression))


def compared(text: Text, sign: Sign, value: float) -> Condition:
    """Whether a text is a decimal number, blanks around it allowed, that compares so with a value."""
    test = _as_double(text, sign, value)
    if isfinite(value) and abs(value) >= _EXACT:
        whole = sign(cast(text, Numeric), literal(Decimal(value), Numeric))
        test = case((_is(text, _WHOLE), whole), else_=test)
    return func.coalesce(test, false(), type_=Boolean)


def begins_as(text: Text, values: Sequence[str]) -> Condition:
    """Whether a text begins as one of these values does; served by the index of values."""
    return _start(text).in_(sorted({value[:START] for value in values}))


def begins_with(text: Text, beginning: str) -> Condition:
    """Whether a text begins so, as far as the index of values has it; served by that index."""
    start, least = _start(text), beginning[:START]
    end = _next(least)
    return start >= least if end is None else and_(start >= least, start < end)


def _start(text: Text) -> Text:
    # Its length stands in the statement: a plan for values to come does not find the index otherwise.
    return func.left(text, literal_column(str(START)), type_=text.type)


def _next(beginning: str) -> str | None:
    """The first text, by bytes, after all that begin so; ``None`` if there is none."""
    rest = beginning.rstrip("\U0010ffff")
    if not rest:
        return None
    following = ord(rest[-1]) + 1
    return rest[:-1] + chr(0xE000 if following == 0xD800 else following)  # in between are no characters


def bytewise(text: Text) -> Text:
    """A text that is compared by its bytes. Columns are so already."""
    return text if isinstance(text, Column) else collate(text, "C")


def _as_double(text: Text, sign: Sign, value: float) -> Condition:
    number = _double(text)
    try:
        near = float(value)
    except OverflowError:
        near = float("inf") if value > 0 else float("-inf")
    if near == value:
        test: Condition = sign(number, literal(near, Double))
        return test
    # A whole number between two doubles: what is above it is above the nearer one, or that one itself.
    is_above = near > value
    if sign in {eq, ne}:
        return and_(number.is_not(None), false() if sign is eq else true())
    if sign in {gt, ge}:
        return (number >= near) if is_above else (number > near)
    assert sign in {lt, le}
    return (number < near) if is_above else (number <= near)


def _double(text: Text) -> ColumnElement[float]:
    decimal: ColumnElement[Any] = cast(text, Numeric)
    plain = case(
        (decimal >= literal(_INFINITE, Numeric), literal(float("inf"), Double)),
        (decimal <= literal(-_INFINITE, Numeric), literal(float("-inf"), Double)),
        (func.abs(decimal) <= literal(_NOTHING, Numeric), literal(0.0, Double)),
        else_=cast(decimal, Double),
    )
    return case(
        (func.char_length(text) > _MOST_CHARACTERS, None),
        (_is(text, _PLAIN), plain),
        (_is(text, _ZERO), literal(0.0, Double)),
        (_is(text, _TINY), literal(0.0, Double)),
        (_is(text, _HUGE), literal(float("inf"), Double)),
        (_is(text, _VERY_NEGATIVE), literal(float("-inf"), Double)),
        else_=None,
    )


def _is(text: Text, expression: str) -> Condition:
    return bytewise(text).op("~", is_comparison=True)(expression)
