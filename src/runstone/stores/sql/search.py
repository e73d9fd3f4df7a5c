"""Searches for runs and for experiments: which ids, in which order, from where on; then the whole things."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, true

from runstone.entities import Experiment, Page, ViewType
from runstone.errors import ExperimentNotFound, InvalidValue
from runstone.search import (
    EXPERIMENTS,
    RUNS,
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
from runstone.stores.sql.pages import bookmark_of, check_page_size, fingerprint
from runstone.stores.sql.scopes import RunScope, TaggedScope
from runstone.stores.sql.selection import USUAL_WALK, Request, Walk, page
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
    walk: Walk = USUAL_WALK,
    most: int = MAX_PAGE,
) -> Page[Any]:
    """Runs of these experiments that match; see ``TrackingStore.search_runs``.

    Args:
        connection: In a transaction, so that all statements see the same.
        experiment_ids: Experiments; unknown ones have no runs.
        artifact_uri_of: Gives the URI below which an experiment keeps its artifacts.
        filter_string: A filter of ``runstone.search``.
        view_type: Whether runs in use, in the trash, or all are looked at.
        max_results: Largest number of runs, 1 to ``most``.
        order_by: At most 20 items of ``runstone.search``.
        page_token: Token of the former page of the same search.
        now: What ``now()`` means on the first page, in milliseconds since the Unix epoch, UTC; the present if ``None``.
        walk: How far an index may be walked along.
        most: Largest page that may be asked for.
        load: Makes of numbers of runs what the page holds.

    Raises:
        InvalidFilter: The filter or an item of the order cannot be read.
        InvalidPageToken: The token is not one of this search.
        InvalidValue: The page size, the number of order items or the id of an experiment cannot be taken.
    """
    numbers = numbers_of(experiment_ids)
    request = read(
        RUNS,
        ["runs", view_type, *map(str, numbers)],
        filter_string=filter_string,
        order_by=order_by,
        max_results=max_results,
        page_token=page_token,
        now=now,
        most=most,
    )
    if not numbers:
        return Page()
    scope = RunScope(connection, request.now, numbers, artifact_uri_of)
    within = _in_view(run, view_type, of_experiments(run.c.experiment_id, numbers))
    ids, token = page(scope, replace(request, walk=walk), run, within, _RUN_TIES)
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
    request = read(
        EXPERIMENTS,
        ["experiments", view_type],
        filter_string=filter_string,
        order_by=order_by,
        max_results=max_results,
        page_token=page_token,
        now=now,
    )
    scope = TaggedScope(connection, request.now, experiment)
    ids, token = page(scope, request, experiment, _in_view(experiment, view_type, true()), _EXPERIMENT_TIES)
    return Page(load_experiments(connection, ids, artifact_uri_of), token)


def read(
    subject: Subject,
    parts: Sequence[str],
    *,
    filter_string: str,
    order_by: Sequence[str],
    max_results: int,
    page_token: str,
    now: int | None = None,
    most: int = MAX_PAGE,
) -> Request:
    """Read and check a search.

    Args:
        subject: What is searched.
        parts: What tells it from other searches besides filter and order.
        filter_string: The filter.
        order_by: The order.
        max_results: Largest number of results.
        page_token: Token of the former page.
        now: What ``now()`` means on the first page; the present if ``None``.
        most: Largest page that may be asked for.
    """
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
    return Request(tree, orders, max_results, name, page_token, bookmark, now)


def numbers_of(experiment_ids: Sequence[str]) -> list[int]:
    """Numbers of experiments as the tables have them, rising; those that no experiment can have are left out."""
    numbers = set()
    for experiment_id in experiment_ids:
        try:
            numbers.add(number_of(experiment_id))
        except ExperimentNotFound:
            continue
    return sorted(numbers)


def of_experiments(column: ColumnElement[int], numbers: Sequence[int]) -> Condition:
    """Whether a row is of one of these experiments, however many they are."""
    if len(numbers) == 1:
        return column == numbers[0]
    # Written into the statement: there may be more of them than a statement takes values.
    return column.in_(bindparam("experiments", numbers, expanding=True, literal_execute=True))


def _in_view(table: Table, view_type: ViewType, condition: Condition) -> Condition:
    stage = _STAGE.get(view_type)
    return condition if stage is None else and_(condition, table.c.stage == stage)
