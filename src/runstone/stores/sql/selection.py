"""Which rows are found, in which order, from where on: the ids of a page, and the token of the next."""

from collections.abc import Sequence
from math import isnan
from operator import and_ as and_operator
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BooleanClauseList,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    and_,
    func,
    intersect,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.sql.elements import Grouping

from runstone.errors import InvalidPageToken
from runstone.search import Filter, Order
from runstone.search.ast import Aggregate, Kind
from runstone.stores.sql import matching
from runstone.stores.sql.filters import condition
from runstone.stores.sql.ordering import Term, after, fit, keys_of
from runstone.stores.sql.pages import Bookmark, token_of
from runstone.stores.sql.scopes import RunScope, Scope, logged_term
from runstone.stores.sql.tables import run

_LARGEST_WALK = 20_000
# Lists of fewer runs than this are gone through in a few milliseconds.
_FEW = 2000
# Not more runs of the experiments are counted than this.
_MANY = 10_000

Condition = ColumnElement[bool]
# Rows, and the terms that they are sorted by.
_Found = tuple[Sequence[Row[Any]], list[Term]]


class Walk(Struct, frozen=True):
    """When and how far an index is walked along.

    Attributes:
        runs: Where there are fewer runs than this, sorting all of them is as quick.
        values: So many values are looked at,
        factor: or so many for each run of the page, if that is more.
        passed: So many runs are passed by their time at the cost of looking at one run of a list. It was seven of
            100,000 runs on SQLite.
    """

    runs: int = 3000
    values: int = 5000
    factor: int = 5
    passed: int = 7


USUAL_WALK = Walk()


class Request(Struct, frozen=True):
    """A search that was read and checked.

    Attributes:
        tree: The filter.
        orders: The order, without ties.
        max_results: Size of the page.
        name: Fingerprint of all but the page.
        token: Token of the former page; empty for the first page.
        bookmark: Where the former page ended; ``None`` for the first page.
        now: What ``now()`` means, in milliseconds since the Unix epoch, UTC: the same on each page.
        walk: How far an index may be walked along.
    """

    tree: Filter
    orders: list[Order]
    max_results: int
    name: str
    token: str
    bookmark: Bookmark | None
    now: int
    walk: Walk = USUAL_WALK


def page(
    scope: Scope, request: Request, table: Table, within: Condition, ties: Sequence[Order]
) -> tuple[list[int], str]:
    """Ids of the rows of a page, and the token of the next; empty where there is none.

    Args:
        scope: What is searched.
        request: The search.
        table: Table of the rows.
        within: Which of its rows are looked at.
        ties: What rows are sorted by after the order that was asked for.

    Raises:
        InvalidPageToken: The token is of another search.
    """
    rows, terms = _terms(scope, table, [*request.orders, *ties])
    if request.bookmark is not None and not fit(terms, request.bookmark.keys):
        raise InvalidPageToken(request.token)
    test = condition(request.tree, scope)
    found: _Found | None = _walked(scope, request, within, test, ties) if isinstance(scope, RunScope) else None
    if found is None:
        query = _query(request, table, rows, terms)
        tests = _begun(scope, request, within, test) if isinstance(scope, RunScope) else [within, test]
        found = scope.connection.execute(query.where(*tests)).all(), terms
    return _cut(request, *found)


def page_by_terms(
    scope: Scope, request: Request, table: Table, within: Condition, terms: Sequence[Term]
) -> tuple[list[int], str]:
    """The same, of rows that are sorted by terms, whatever order was asked for.

    Raises:
        InvalidPageToken: The token is of another search.
    """
    if request.bookmark is not None and not fit(terms, request.bookmark.keys):
        raise InvalidPageToken(request.token)
    query = _query(request, table, table, terms).where(within, condition(request.tree, scope))
    return _cut(request, scope.connection.execute(query).all(), terms)


def _cut(request: Request, rows: Sequence[Row[Any]], terms: Sequence[Term]) -> tuple[list[int], str]:
    ids = [row[0] for row in rows[: request.max_results]]
    if len(rows) <= request.max_results:
        return ids, ""
    keys = keys_of(terms, rows[request.max_results - 1], first=1)
    return ids, token_of(request.name, Bookmark(request.now, keys))


def _terms(scope: Scope, rows: FromClause, orders: Sequence[Order]) -> tuple[FromClause, list[Term]]:
    terms: list[Term] = []
    fields = set()
    for order in orders:
        if order.field in fields:
            continue
        fields.add(order.field)
        if order.field.kind is Kind.ATTRIBUTE:
            terms.append(scope.attribute(order.field.key).term(is_descending=order.is_descending))
        else:
            rows, term = logged_term(scope, rows, order.field, is_descending=order.is_descending)
            terms.append(term)
    return rows, terms


def _query(request: Request, table: Table, rows: FromClause, terms: Sequence[Term]) -> Select[Any]:
    """The ids of the rows of the page and of one more, with what they are sorted by."""
    query = select(table.c.id, *(column for term in terms for column in term.columns())).select_from(rows)
    if request.bookmark is not None:
        query = query.where(after(terms, request.bookmark.keys))
    return query.order_by(*(item for term in terms for item in term.order_by())).limit(request.max_results + 1)


def _begun(scope: RunScope, request: Request, within: Condition, test: Condition) -> list[Condition]:
    """The conditions of a search, which begins with the few runs of the strict ones if that beats to walk along all.

    A walk by time ends when the page is full, so it costs little where many runs match, which is not known before. Two
    conditions that few runs pass are taken for a sign that it does not end soon.
    """
    joined = test.clauses if isinstance(test, BooleanClauseList) and test.operator is and_operator else [test]
    needed: list[Any] = [one.element if isinstance(one, Grouping) else one for one in joined]
    listed = [each for each in scope.listed if any(each.condition is one for one in needed)]
    if not listed:
        return [within, test]
    strictest = min(listed, key=lambda each: each.count)
    is_long = strictest.count < _FEW or len(listed) > 1 or bool(request.orders)
    if not is_long or not _are_many(scope, within, min(request.walk.passed * strictest.count, _MANY)):
        return [within, test]
    if matching.is_indexed_whole(scope.connection):
        # Computed, so that SQLite does not walk along the index of experiments, which it likes better.
        return [run.c.id.in_(strictest.runs), type_coerce(within, Integer).self_group() + 0 == 1, test]
    # PostgreSQL intersects lists quickly, but does not do so where it expects little of one, as without statistics.
    others = [one for one in needed if not any(each.condition is one for each in listed)]
    return [run.c.id.in_(intersect(*(each.runs for each in listed))), within, *others]


def _walked(
    scope: RunScope, request: Request, within: Condition, test: Condition, ties: Sequence[Order]
) -> _Found | None:
    """The rows of a page that is sorted by a metric, param or tag, found along the index of its values.

    Sorting 100,000 runs costs 50 ms. The index has the values in order, but knows neither the runs that lack one nor
    whose experiment a run is of. So the values at its beginning are looked at: where they give a whole page, it is the
    page that the order begins with, for what is NaN or missing comes last. Where not, some milliseconds were lost.

    Returns:
        ``None`` where the values that were looked at do not suffice.
    """
    if not request.orders or request.orders[0].field.kind is Kind.ATTRIBUTE or request.max_results > _LARGEST_WALK:
        return None
    order = Order(scope.meant(request.orders[0].field), request.orders[0].is_descending)
    if order.field.aggregate not in {None, Aggregate.LAST}:
        return None  # no index has these
    if order.field.kind is not Kind.METRIC and not matching.is_indexed_whole(scope.connection):
        return None
    source = scope.table(order.field.kind).alias()
    link = scope.link(source, order.field)
    key = None if request.bookmark is None else request.bookmark.keys[0]
    is_after_values = request.bookmark is not None and (key is None or (isinstance(key, float) and isnan(key)))
    if link is None or is_after_values or not _are_many(scope, within, request.walk.runs):
        return None
    value = source.c.value
    # Up to some value, and not including it: so the runs that share a value are all there, or none of them.
    walk = value.is_not(None) if key is None else value <= key if order.is_descending else value >= key
    walk = and_(scope.of_key(source, order.field), walk)
    sign = value.desc() if order.is_descending else value.asc()
    size = max(request.walk.values, request.walk.factor * request.max_results)
    end = scope.connection.scalar(select(value).where(walk).order_by(sign).limit(1).offset(size))
    if end is not None:
        walk = and_(walk, value > end if order.is_descending else value < end)
    first = Term(value, float if order.field.kind is Kind.METRIC else str, order.is_descending)
    others = [other for other in [*request.orders[1:], *ties] if other.field != request.orders[0].field]
    rows, terms = _terms(scope, source.join(run, link), others)
    found = scope.connection.execute(_query(request, run, rows, [first, *terms]).where(walk, within, test)).all()
    return (found, [first, *terms]) if len(found) > request.max_results else None


def _are_many(scope: RunScope, within: Condition, many: int) -> bool:
    some = select(literal(1)).select_from(run).where(within).limit(many).subquery()
    return scope.connection.scalar(select(func.count()).select_from(some)) == many
