"""Tree to conditions: what a filter means in SQL. Each condition is true or false, never null."""

import re
from collections.abc import Callable, Sequence
from math import isnan
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Table, and_, false, not_, or_, true, type_coerce

from runstone.search.ast import (
    Aggregate,
    All,
    AnyOf,
    Comparison,
    Field,
    Filter,
    Kind,
    Missing,
    Not,
    Now,
    OneOf,
    Operator,
    Value,
)
from runstone.search.shape import flat, is_all
from runstone.stores.sql import matching
from runstone.stores.sql.scopes import Scope, dataset_column, metric_columns

Condition = ColumnElement[bool]

# SQLite reads `a AND b AND c` as nested pairs and refuses a thousand of them, so long lists are bracketed in pieces.
_PIECE = 50

_SIGNS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUAL: eq,
    Operator.NOT_EQUAL: ne,
    Operator.GREATER: gt,
    Operator.GREATER_OR_EQUAL: ge,
    Operator.LESS: lt,
    Operator.LESS_OR_EQUAL: le,
}
_MATCHES: dict[Operator, tuple[Callable[[Connection, matching.Text, str], Condition], bool]] = {
    Operator.LIKE: (matching.like, False),
    Operator.NOT_LIKE: (matching.like, True),
    Operator.ILIKE: (matching.ilike, False),
    Operator.NOT_ILIKE: (matching.ilike, True),
    Operator.RLIKE: (matching.rlike, False),
    Operator.NOT_RLIKE: (matching.rlike, True),
}


def condition(tree: Filter, scope: Scope) -> Condition:
    """The condition of a filter."""
    return _condition(tree, scope, is_negated=False)


def _condition(tree: Filter, scope: Scope, *, is_negated: bool) -> Condition:
    """The condition of a tree or of its opposite. NOT is carried to the tests, which keeps the nesting low."""
    match tree:
        case Not():
            return _condition(tree.term, scope, is_negated=not is_negated)
        case All() | AnyOf():
            wants_all = is_all(tree, is_negated=is_negated)
            parts = list(flat(tree, wants_all=wants_all, is_negated=is_negated))
            if wants_all:
                parts.sort(key=_passing)
            terms = [_condition(term, scope, is_negated=is_opposite) for term, is_opposite in parts]
            return joined(and_, terms, true()) if wants_all else joined(or_, terms, false())
        case Missing():
            test = _missing(tree, scope)
        case Comparison() | OneOf():
            test = _tested(tree, scope)
    return not_(test) if is_negated else test


def _passing(part: tuple[Filter, bool]) -> int:
    """How much a part lets pass, by a guess. SQLite asks in the order of the statement, so that the strict go first."""
    tree, is_negated = part
    if isinstance(tree, Missing | Comparison | OneOf) and tree.field.kind is Kind.ATTRIBUTE:
        return 0  # it stands in the row itself
    if is_negated or not isinstance(tree, Comparison | OneOf):
        return 3
    is_equal = isinstance(tree, OneOf) and not tree.is_negated
    if is_equal or (isinstance(tree, Comparison) and tree.operator is Operator.EQUAL):
        return 1
    return 2


def joined(join: Callable[..., Condition], terms: Sequence[Condition], empty: Condition) -> Condition:
    """Many conditions as one, ``empty`` if there are none."""
    while len(terms) > _PIECE:
        terms = [_bracketed(join(*terms[start : start + _PIECE])) for start in range(0, len(terms), _PIECE)]
    return join(empty, *terms)


def _bracketed(condition: Condition) -> Condition:
    """The same in brackets, which SQLAlchemy leaves out where the one outside joins alike unless a type is named."""
    bracketed: Condition = type_coerce(condition, Boolean()).self_group()
    return bracketed


def _missing(tree: Missing, scope: Scope) -> Condition:
    if tree.field.kind is Kind.ATTRIBUTE:
        column = scope.attribute(tree.field.key).column
        return column.is_not(None) if tree.is_negated else column.is_(None)
    found = scope.has(scope.meant(tree.field))
    return found if tree.is_negated else not_(found)


def _tested(tree: Comparison | OneOf, scope: Scope) -> Condition:
    if tree.field.kind is Kind.ATTRIBUTE:
        found = scope.attribute(tree.field.key)
        test = _plain(tree, found.column, scope)
        return and_(found.column.is_not(None), test) if found.may_be_null else test
    if tree.field.kind is Kind.DATASET:
        return scope.has(tree.field, _plain(tree, dataset_column(tree.field), scope))
    if tree.field.kind is Kind.METRIC:
        field = scope.meant(tree.field)
        is_served = _is_range(tree) and field.aggregate in {None, Aggregate.LAST}
        return scope.has(field, _metric(tree, field, scope.table(Kind.METRIC)), is_served=is_served)
    column = scope.table(tree.field.kind).c.value
    is_same = isinstance(_first(tree), str) and (_is_range(tree) or bool(_beginning(tree)))
    return scope.has(tree.field, _written(tree, column, scope), is_served=is_same)


def _is_range(tree: Comparison | OneOf) -> bool:
    """Whether the values that pass stand together in an index."""
    if isinstance(tree, OneOf):
        return not tree.is_negated
    is_nan = isinstance(tree.value, float) and isnan(tree.value)
    return tree.operator in _SIGNS and tree.operator is not Operator.NOT_EQUAL and not is_nan


def _beginning(tree: Comparison | OneOf) -> str:
    """What all texts that match begin with, so that they stand together in an index; empty if nothing."""
    if not isinstance(tree, Comparison) or tree.operator is not Operator.LIKE:
        return ""
    return re.split("[%_]", str(tree.value), maxsplit=1)[0]


def _first(tree: Comparison | OneOf) -> Value:
    return tree.value if isinstance(tree, Comparison) else tree.values[0]


def _resolved(value: Value, scope: Scope) -> Any:
    return scope.now + value.offset if isinstance(value, Now) else value


def _plain(tree: Comparison | OneOf, column: ColumnElement[Any], scope: Scope) -> Condition:
    """A column that holds what it is compared with: text and text, or number and number."""
    if isinstance(tree, OneOf):
        values = [_resolved(value, scope) for value in tree.values]
        if not isinstance(values[0], str):
            # The column holds 64-bit integers, and some databases take no other number to look for.
            values = [int(value) for value in values if -(2**63) <= value < 2**63 and value == int(value)]
        return column.not_in(values) if tree.is_negated else column.in_(values)
    if tree.operator in _MATCHES:
        return _matched(tree, column, scope)
    value = _resolved(tree.value, scope)
    if isinstance(value, str):
        column = matching.bytewise(scope.connection, column)
    test: Condition = _SIGNS[tree.operator](column, value)
    return test


def _matched(tree: Comparison, column: ColumnElement[str], scope: Scope) -> Condition:
    match, is_negated = _MATCHES[tree.operator]
    assert isinstance(tree.value, str)
    test = match(scope.connection, column, tree.value)
    return not_(test) if is_negated else test


def _written(tree: Comparison | OneOf, column: ColumnElement[str], scope: Scope) -> Condition:
    """The text of a param or a tag, which may be compared as a number."""
    if isinstance(_first(tree), str):
        test = _plain(tree, column, scope)
        wanted, beginning = _texts_sought(tree), _beginning(tree)
        if wanted:
            return and_(matching.begins_as(scope.connection, column, wanted), test)
        return and_(matching.begins_with(scope.connection, column, beginning), test) if beginning else test
    if isinstance(tree, OneOf):
        join, sign, empty = (and_, ne, true()) if tree.is_negated else (or_, eq, false())
        values = [_resolved(value, scope) for value in tree.values]
        return joined(join, [matching.compared(scope.connection, column, sign, value) for value in values], empty)
    value = _resolved(tree.value, scope)
    return matching.compared(scope.connection, column, _SIGNS[tree.operator], value)


def _texts_sought(tree: Comparison | OneOf) -> list[str]:
    """The texts of which a value must be one; none where other values pass as well."""
    if isinstance(tree, OneOf):
        return [] if tree.is_negated else [value for value in tree.values if isinstance(value, str)]
    return [tree.value] if tree.operator is Operator.EQUAL and isinstance(tree.value, str) else []


def _metric(tree: Comparison | OneOf, field: Field, table: Table) -> Condition:
    """A value of a metric, which is null where it is NaN. As floats do: NaN differs from every number."""
    value, is_nan = metric_columns(table, field)
    if isinstance(tree, OneOf):
        numbers = [float(number) for number in tree.values if isinstance(number, int | float)]
        return or_(is_nan, value.not_in(numbers)) if tree.is_negated else value.in_(numbers)
    assert isinstance(tree.value, int | float)
    number = float(tree.value)
    if isnan(number):
        return is_nan if tree.operator is Operator.EQUAL else not_(is_nan)
    test: Condition = _SIGNS[tree.operator](value, number)
    return or_(is_nan, test) if tree.operator is Operator.NOT_EQUAL else test
