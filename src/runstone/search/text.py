"""Tree to text: the one spelling of a filter or an order, whatever spelling it was read from."""

import re
from math import isinf, isnan

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
    Order,
    Value,
)

_ENDINGS = tuple(f".{aggregate}" for aggregate in Aggregate)
_PLAIN = re.compile(r"\w(?:[\w.]*\w)?")


def filter_text(tree: Filter) -> str:
    """The text of a filter; reading it gives the same tree.

    Example:
        >>> from runstone.search.grammar import parse_filter
        >>> filter_text(parse_filter("metric.loss<.1   and not params.'a b' is null"))
        'metrics.loss < 0.1 AND NOT params.`a b` IS NULL'
    """
    match tree:
        case Comparison():
            return f"{field_text(tree.field)} {tree.operator} {_value(tree.value)}"
        case OneOf():
            values = ", ".join(map(_value, tree.values))
            return f"{field_text(tree.field)} {'NOT IN' if tree.is_negated else 'IN'} ({values})"
        case Missing():
            return f"{field_text(tree.field)} IS {'NOT NULL' if tree.is_negated else 'NULL'}"
        case Not():
            return f"NOT {_enclosed(tree.term)}"
        case All():
            return " AND ".join(map(_enclosed, tree.terms))
        case AnyOf():
            return " OR ".join(map(_enclosed, tree.terms))


def order_text(order: Order) -> str:
    """The text of an item of an order; reading it gives the same item.

    Example:
        >>> from runstone.search.grammar import parse_order
        >>> order_text(parse_order("metric.loss"))
        'metrics.loss ASC'
    """
    return f"{field_text(order.field)} {'DESC' if order.is_descending else 'ASC'}"


def field_text(field: Field) -> str:
    """The text of a field."""
    if field.kind is Kind.ATTRIBUTE:
        return field.key
    is_plain = _PLAIN.fullmatch(field.key) and not (field.kind is Kind.METRIC and field.key.endswith(_ENDINGS))
    key = field.key if is_plain else f"`{field.key.replace('`', '``')}`"
    return f"{field.kind}.{key}" + (f".{field.aggregate}" if field.aggregate else "")


def _enclosed(tree: Filter) -> str:
    text = filter_text(tree)
    return f"({text})" if isinstance(tree, All | AnyOf) else text


def _value(value: Value) -> str:
    if isinstance(value, str):
        return f"'{value.replace(chr(39), chr(39) * 2)}'"
    if isinstance(value, Now):
        if not value.offset:
            return "now()"
        seconds, rest = divmod(abs(value.offset), 1000)
        return f"now() {'-' if value.offset < 0 else '+'} {seconds}.{rest:03}s"
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)
