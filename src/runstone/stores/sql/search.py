"""Searches for runs and for experiments: which ids, in which order, from where on; then the whole things."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, bindparam, select, true

from runstone.entities import Experiment, Page, ViewType
from runstone.errors import ExperimentNotFound, InvalidPageToken, InvalidValue
from runstone.search import (
    EXPERIMENTS,
    RUNS,
    Filter,
    Order,
    Subject,
    filter_text,
    order_text,
    parse_filter,
    parse_order,
)
from runstone.search.ast import Field, Kind
from runstone.stores.base import MAX_PAGE
from runstone.stores.sql.documents import ArtifactUriOf, load_experiments, load_runs
from runstone.stores.sql.experiments import number_of
from runstone.stores.sql.filters import condition, refuse_datasets
from runstone.stores.sql.ordering import Term, after, fit, keys_of
from runstone.stores.sql.pages import Bookmark, bookmark_of, check_page_size, fingerprint, token_of
from runstone.stores.sql.scopes import ExperimentScope, RunScope, Scope, logged_term
from runstone.stores.sql.tables import ACTIVE, DELETED, experiment, run

MAX_ORDER = 20

Condition = ColumnElement[bool]
# Makes something of each of these runs, in this order.
Load = Callable[[Connection, Sequence[int], ArtifactUriOf], Sequence[Any]]

_STAGE = {ViewType.ACTIVE_ONLY: ACTIVE, ViewType.DELETED_ONLY: DELETED}
# What follows the order that was asked for, so that it is never open which of two rows comes first.
_RUN_TIES = [
    Order(Field(Kind.ATTRIBUTE, "start_time"), is_descending=True),
    Order(Field(Kind.ATTRIBUTE, "run_id")),
]
_EXPERIMENT_TIES = [
    Order(Field(Kind.ATTRIBUTE, "creation_time"), is_descending=True),
    Order(Field(Kind.ATTRIBUTE, "experiment_id"), is_descending=True),
]


class _Request(Struct, frozen=True):
    """A search that was read and checked.

    Attributes:
        tree: The filter.
        orders: The order, without ties.
        max_results: Size of the page.
        name: Fingerprint of all but the page.
        token: Token of the former page; empty for the first page.
        bookmark: Where the former page ended; ``None`` for the first page.
        now: What ``now()`` means, in milliseconds since the Unix epoch, UTC: the same on each page.
    """

    tree: Filter
    orders: list[Order]
    max_results: int
    name: str
    token: str
    bookmark: Bookmark | None
    now: int


def search_runs(
    connection: Connection,
    experiment_ids: Sequence[str],
    *,
    artifact_uri_of: ArtifactUriOf,
    filter_string: str = "",
    view_type: ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 1000,
    order_by: Sequence[str] = (),
    page_token: str = "",
    now: int | None = None,
    load: Load = load_runs,
) -> Page[Any]:
    """Runs of these experiments that match; see ``TrackingStore.search_runs``.

    Args:
        connection: In a transaction, so that all statements see the same.
        experiment_ids: Experiments; unknown ones have no runs.
        artifact_uri_of: Gives the URI below which an experiment keeps its artifacts.
        filter_string: A filter of ``runstone.search``.
        view_type: Whether runs in use, in the trash, or all are looked at.
        max_results: Largest number of runs, 1 to 50,000.
        order_by: At most 20 items of ``runstone.search``.
        page_token: Token of the former page of the same search.
        now: What ``now()`` means on the first page, in milliseconds since the Unix epoch, UTC; the present if ``None``.
        load: Makes of numbers of runs what the page holds: runs, or ``load_encoded_runs``.

    Raises:
        InvalidFilter: The filter or an item of the order cannot be read.
        InvalidPageToken: The token is not one of this search.
        InvalidValue: The page size, the number of order items or the id of an experiment cannot be taken.
        Unsupported: Datasets are asked for.
    """
    numbers = _numbers(experiment_ids)
    request = _read(
        RUNS,
        ["runs", view_type, *map(str, numbers)],
        filter_string=filter_string,
        order_by=order_by,
        max_results=max_results,
        page_token=page_token,
        now=now,
    )
    if not numbers:
        return Page()
    scope = RunScope(connection, request.now, numbers, artifact_uri_of)
    within = _in_view(run, view_type, _of_experiments(numbers))
    ids, token = _page(scope, request, run, within, _RUN_TIES)
    return Page(load(connection, ids, artifact_uri_of), token)


def search_experiments(
    connection: Connection,
    *,
    artifact_uri_of: ArtifactUriOf,
    filter_string: str = "",
    view_type: ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 1000,
    order_by: Sequence[str] = (),
    page_token: str = "",
    now: int | None = None,
) -> Page[Experiment]:
    """Experiments that match; see ``TrackingStore.search_experiments``.

    Args:
        connection: In a transaction, so that all statements see the same.
        artifact_uri_of: Gives the URI below which an experiment keeps its artifacts.
        filter_string: A filter of ``runstone.search``.
        view_type: Whether experiments in use, in the trash, or all are looked at.
        max_results: Largest number of experiments, 1 to 50,000.
        order_by: At most 20 items of ``runstone.search``.
        page_token: Token of the former page of the same search.
        now: What ``now()`` means on the first page, in milliseconds since the Unix epoch, UTC; the present if ``None``.

    Raises:
        InvalidFilter: The filter or an item of the order cannot be read.
        InvalidPageToken: The token is not one of this search.
        InvalidValue: The page size or the number of order items is out of range.
    """
    request = _read(
        EXPERIMENTS,
        ["experiments", view_type],
        filter_string=filter_string,
        order_by=order_by,
        max_results=max_results,
        page_token=page_token,
        now=now,
    )
    scope = ExperimentScope(connection, request.now)
    ids, token = _page(scope, request, experiment, _in_view(experiment, view_type, true()), _EXPERIMENT_TIES)
    return Page(load_experiments(connection, ids, artifact_uri_of), token)


def _read(
    subject: Subject,
    parts: Sequence[str],
    *,
    filter_string: str,
    order_by: Sequence[str],
    max_results: int,
    page_token: str,
    now: int | None = None,
    most: int = MAX_PAGE,
) -> _Request:
    check_page_size(max_results, most)
    if len(order_by) > MAX_ORDER:
        raise InvalidValue(f"an order has at most {MAX_ORDER} items; got {len(order_by)}")
    tree = parse_filter(filter_string, subject)
    orders = [parse_order(item, subject) for item in order_by]
    name = fingerprint([*parts, filter_text(tree), *map(order_text, orders)])
    bookmark = bookmark_of(name, page_token) if page_token else None
    if bookmark is not None:
        now = bookmark.now
    elif now is None:
        now = time.time_ns() // 1_000_000
    return _Request(tree, orders, max_results, name, page_token, bookmark, now)


def _numbers(experiment_ids: Sequence[str]) -> list[int]:
    numbers = set()
    for experiment_id in experiment_ids:
        try:
            numbers.add(number_of(experiment_id))
        except ExperimentNotFound:
            continue
    return sorted(numbers)


def _of_experiments(numbers: Sequence[int]) -> Condition:
    column = run.c.experiment_id
    if len(numbers) == 1:
        return column == numbers[0]
    # Written into the statement: there may be more of them than a statement takes values.
    return column.in_(bindparam("experiments", numbers, expanding=True, literal_execute=True))


def _in_view(table: Table, view_type: ViewType, condition: Condition) -> Condition:
    stage = _STAGE.get(view_type)
    return condition if stage is None else and_(condition, table.c.stage == stage)


def _terms(scope: Scope, rows: FromClause, orders: Sequence[Order]) -> tuple[FromClause, list[Term]]:
    terms: list[Term] = []
    fields = set()
    for order in orders:
        refuse_datasets(order.field)
        if order.field in fields:
            continue
        fields.add(order.field)
        if order.field.kind is Kind.ATTRIBUTE:
            terms.append(scope.attribute(order.field.key).term(is_descending=order.is_descending))
        else:
            rows, term = logged_term(scope, rows, order.field, is_descending=order.is_descending)
            terms.append(term)
    return rows, terms


def _page(
    scope: Scope, request: _Request, table: Table, within: Condition, ties: Sequence[Order]
) -> tuple[list[int], str]:
    """Ids of the rows of a page, and the token of the next; empty where there is none."""
    rows, terms = _terms(scope, table, [*request.orders, *ties])
    query = select(table.c.id, *(column for term in terms for column in term.columns())).select_from(rows)
    query = query.where(within, condition(request.tree, scope))
    if request.bookmark is not None:
        if not fit(terms, request.bookmark.keys):
            raise InvalidPageToken(request.token)
        query = query.where(after(terms, request.bookmark.keys))
    query = query.order_by(*(item for term in terms for item in term.order_by())).limit(request.max_results + 1)
    found = scope.connection.execute(query).all()
    ids = [row[0] for row in found[: request.max_results]]
    if len(found) <= request.max_results:
        return ids, ""
    keys = keys_of(terms, found[request.max_results - 1], first=1)
    return ids, token_of(request.name, Bookmark(request.now, keys))
