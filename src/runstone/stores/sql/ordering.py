"""Sorting and going on after a row: each term of an order as columns, as ORDER BY and as a condition."""

from collections.abc import Sequence
from math import isnan
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, case, false, or_

Condition = ColumnElement[bool]
# What a row is sorted by: a NaN where the metric is one, `None` where the value is missing.
Key = int | float | str | None


class Term(Struct, frozen=True):
    """One column that rows are sorted by. Missing values come last, NaN just before them, either way.

    Attributes:
        value: The column.
        kind: What its values are: ``int``, ``float`` or ``str``.
        is_descending: Whether the highest comes first.
        missing: Whether there is no value; ``None`` where there always is one.
        is_nan: Whether it is NaN; ``None`` where it cannot be.
    """

    value: ColumnElement[Any]
    kind: type[int] | type[float] | type[str]
    is_descending: bool = False
    missing: Condition | None = None
    is_nan: Condition | None = None

    def columns(self) -> list[ColumnElement[Any]]:
        """What a statement selects so that ``key`` can be read."""
        return [self.value] if self.is_nan is None else [self.value, self.is_nan]

    def key(self, cells: Sequence[Any]) -> Key:
        """The key of a row, from its cells of ``columns``."""
        if self.is_nan is not None and cells[1]:
            return float("nan")
        return cells[0]  # type: ignore[no-any-return]  # the columns are declared as `kind`

    def order_by(self) -> list[ColumnElement[Any]]:
        """The items of ORDER BY."""
        sorted_value = self.value.desc() if self.is_descending else self.value.asc()
        if self.missing is None:
            return [sorted_value]
        ranks = [(self.missing, 2)] if self.is_nan is None else [(self.missing, 2), (self.is_nan, 1)]
        return [case(*ranks, else_=0), sorted_value]

    def after(self, key: Key) -> Condition:
        """Whether a row comes after one with this key, by this term alone."""
        if key is None:
            return false()
        if isinstance(key, float) and isnan(key):
            return false() if self.missing is None else self.missing
        later = self.value < key if self.is_descending else self.value > key
        # NaN is stored as null, so that one test finds both.
        return later if self.missing is None else or_(later, self.value.is_(None))

    def same(self, key: Key) -> Condition:
        """Whether a row has this key."""
        if key is None:
            return false() if self.missing is None else self.missing
        if isinstance(key, float) and isnan(key):
            return false() if self.is_nan is None else and_(self.value.is_(None), self.is_nan)
        return self.value == key

    def accepts(self, key: object) -> bool:
        """Whether a row can have this key."""
        if key is None:
            return self.missing is not None
        if isinstance(key, bool):
            return False
        if self.kind is int:
            return isinstance(key, int | float) and -(2**63) <= key < 2**63
        if self.kind is float:
            return isinstance(key, float)
        return isinstance(key, str) and not any("\ud800" <= character <= "\udfff" for character in key)


def keys_of(terms: Sequence[Term], row: Row[Any], first: int) -> list[Key]:
    """The keys of a row whose cells of ``columns`` begin at ``first``."""
    keys: list[Key] = []
    for term in terms:
        width = len(term.columns())
        keys.append(term.key(row[first : first + width]))
        first += width
    return keys


def fit(terms: Sequence[Term], keys: Sequence[object]) -> bool:
    """Whether a row can have these keys."""
    return len(terms) == len(keys) and all(term.accepts(key) for term, key in zip(terms, keys, strict=True))


def after(terms: Sequence[Term], keys: Sequence[Key]) -> Condition:
    """Whether a row comes after the one with these keys."""
    found: Condition = false()
    for term, key in zip(reversed(terms[1:]), reversed(keys[1:]), strict=True):
        found = or_(term.after(key), and_(term.same(key), found))
    first, key = terms[0], keys[0]
    if first.missing is not None:
        return or_(first.after(key), and_(first.same(key), found))
    # What an index can begin at, and then what lets nearly all pass, so that no database expects few rows of it.
    bound = first.value <= key if first.is_descending else first.value >= key
    return and_(bound, or_(first.value != key, found))
