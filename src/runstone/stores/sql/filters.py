"""Tree to conditions: what a filter means in SQL. Each condition is true or false, never null."""

from collections.abc import Callable, Sequence
from math import isnan
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, false, not_, or_, true

from runstone.errors import Unsupported
from runstone.search.ast import All, AnyOf, Comparison, Field, Filter, Kind, Missing, Not, Now, OneOf, Operator, Value
from runstone.stores.sql import matching
from runstone.stores.sql.scopes import Scope
from runstone.stores.sql.tables import latest

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
    Operator.LIKE: (lambda _, text, pattern: matching.like(text, pattern), False),
    Operator.NOT_LIKE: (lambda _, text, pattern: matching.like(text, pattern), True),
    Operator.ILIKE: (matching.ilike, False),
    Operator.NOT_ILIKE: (matching.ilike, True),
    Operator.RLIKE: (matching.rlike, False),
    Operator.NOT_RLIKE: (matching.rlike, True),
}


def condition(tree: Filter, scope: Scope) -> Condition:
    """The condition of a filter.

    Raises:
        Unsupported: It asks for datasets.
    """
    match tree:
        case All():
            return _joined(and_, [condition(term, scope) for term in tree.terms], true())
        case AnyOf():
            return _joined(or_, [condition(term, scope) for term in tree.terms], false())
        case Not():
            return not_(condition(tree.term, scope))
        case Missing():
            return _missing(tree, scope)
        case Comparison() | OneOf():
            return _tested(tree, scope)


def _joined(join: Callable[..., Condition], terms: Sequence[Condition], empty: Condition) -> Condition:
    while len(terms) > _PIECE:
        terms = [join(*terms[start : start + _PIECE]).self_group() for start in range(0, len(terms), _PIECE)]
    return join(empty, *terms)


def refuse_datasets(field: Field) -> None:
    """Datasets are read from a filter, but not kept yet.

    Raises:
        Unsupported: The field is one of a dataset.
    """
    if field.kind is Kind.DATASET:
        raise Unsupported(f"the filter asks for datasets.{field.key}, but datasets are not kept here yet; leave it out")


def _missing(tree: Missing, scope: Scope) -> Condition:
    refuse_datasets(tree.field)
    if tree.field.kind is Kind.ATTRIBUTE:
        column = scope.attribute(tree.field.key).column
        return column.is_not(None) if tree.is_negated else column.is_(None)
    table = scope.table(tree.field.kind)
    link = scope.link(table, tree.field)
    if link is None:
        return false() if tree.is_negated else true()
    found = exists().select_from(table).where(link)
    return found if tree.is_negated else ~found


def _tested(tree: Comparison | OneOf, scope: Scope) -> Condition:
    refuse_datasets(tree.field)
    if tree.field.kind is Kind.ATTRIBUTE:
        found = scope.attribute(tree.field.key)
        test = _plain(tree, found.column, scope)
        return and_(found.column.is_not(None), test) if found.may_be_null else test
    table = scope.table(tree.field.kind)
    link = scope.link(table, tree.field)
    if link is None:
        return false()
    test = _metric(tree) if table is latest else _written(tree, table.c.value, scope)
    return exists().select_from(table).where(link, test)


def _first(tree: Comparison | OneOf) -> Value:
    return tree.value if isinstance(tree, Comparison) else tree.values[0]


def _resolved(value: Value, scope: Scope) -> Any:
    return scope.now + value.offset if isinstance(value, Now) else value


def _plain(tree: Comparison | OneOf, column: ColumnElement[Any], scope: Scope) -> Condition:
    """A column that holds what it is compared with: text and text, or number and number."""
    if isinstance(tree, OneOf):
        values = [_resolved(value, scope) for value in tree.values]
        return column.not_in(values) if tree.is_negated else column.in_(values)
    if tree.operator in _MATCHES:
        return _matched(tree, column, scope)
    test: Condition = _SIGNS[tree.operator](column, _resolved(tree.value, scope))
    return test


def _matched(tree: Comparison, column: ColumnElement[str], scope: Scope) -> Condition:
    match, is_negated = _MATCHES[tree.operator]
    assert isinstance(tree.value, str)
    test = match(scope.connection, column, tree.value)
    return not_(test) if is_negated else test


def _written(tree: Comparison | OneOf, column: ColumnElement[str], scope: Scope) -> Condition:
    """The text of a param or a tag, which may be compared as a number."""
    if isinstance(_first(tree), str):
        return _plain(tree, column, scope)
    if isinstance(tree, OneOf):
        # Not IN (...): within it SQLite would not turn the text into a number.
        one_of = _joined(or_, [column == matching.number(_resolved(value, scope)) for value in tree.values], false())
        return and_(matching.is_number(column), not_(one_of) if tree.is_negated else one_of)
    return and_(
        matching.is_number(column), _SIGNS[tree.operator](column, matching.number(_resolved(tree.value, scope)))
    )


def _metric(tree: Comparison | OneOf) -> Condition:
    """The latest value, which is null where it is NaN. As floats do: NaN differs from every number."""
    value, is_nan = latest.c.value, latest.c.is_nan
    if isinstance(tree, OneOf):
        numbers = [float(number) for number in tree.values if isinstance(number, int | float)]
        return or_(is_nan, value.not_in(numbers)) if tree.is_negated else value.in_(numbers)
    assert isinstance(tree.value, int | float)
    number = float(tree.value)
    if isnan(number):
        return is_nan if tree.operator is Operator.EQUAL else not_(is_nan)
    test: Condition = _SIGNS[tree.operator](value, number)
    return or_(is_nan, test) if tree.operator is Operator.NOT_EQUAL else test
