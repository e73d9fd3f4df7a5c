"""Searches for logged models."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, exists, false, or_, select, true

from runstone.entities import DatasetFilter, LoggedModel, ModelOrder, Page
from runstone.errors import InvalidValue
from runstone.search import Filter, Order
from runstone.search.ast import All, AnyOf, Comparison, Field, Kind, Missing, Not, OneOf
from runstone.search.fields import LOGGED_MODELS
from runstone.stores.lineage import MAX_FILTER_DATASETS, MAX_LOGGED_MODELS_PAGE
from runstone.stores.sql import logged_models
from runstone.stores.sql.documents import ArtifactUriOf
from runstone.stores.sql.filters import joined
from runstone.stores.sql.ordering import Term
from runstone.stores.sql.scopes import Attribute
from runstone.stores.sql.search import numbers_of, of_experiments, read
from runstone.stores.sql.selection import page_by_terms
from runstone.stores.sql.tables import logged_model, logged_model_metric, logged_model_param, logged_model_tag

Condition = ColumnElement[bool]

_ATTRIBUTES = {
    "model_id": Attribute(logged_model.c.uuid, str),
    "name": Attribute(logged_model.c.name, str),
    "model_type": Attribute(logged_model.c.model_type, str),
    "source_run_id": Attribute(logged_model.c.source_run_id, str),
    "status": Attribute(logged_model.c.status, str),
    "creation_timestamp": Attribute(logged_model.c.created_at, int),
    "last_updated_timestamp": Attribute(logged_model.c.updated_at, int),
}
_TABLES = {Kind.METRIC: logged_model_metric, Kind.PARAM: logged_model_param, Kind.TAG: logged_model_tag}
_METRIC = logged_model_metric.c


class LoggedModelScope:
    """The logged models of some experiments.

    Args:
        connection: In the transaction of the search.
        now: Time of the search, in milliseconds since the Unix epoch, UTC.
        datasets: Datasets on which the metrics of a filter must have been measured; on any if there are none.
    """

    def __init__(self, connection: Connection, now: int, datasets: Sequence[DatasetFilter]) -> None:
        self.connection = connection
        self.now = now
        self._on_datasets = _on(datasets)

    def attribute(self, name: str) -> Attribute:
        """An attribute."""
        return _ATTRIBUTES[name]

    def table(self, kind: Kind) -> Table:
        """The table that holds metrics, params or tags."""
        return _TABLES[kind]

    def meant(self, field: Field) -> Field:
        """The field itself; only metrics of runs have aggregates."""
        return field

    def link(self, source: FromClause, field: Field) -> Condition:
        """What ties a row of ``table``, or of an alias of it, to the row searched."""
        return and_(source.c.model_id == logged_model.c.id, source.c.key == field.key)

    def has(self, field: Field, test: Condition | None = None, *, is_served: bool = False) -> Condition:  # noqa: ARG002  # one index serves all
        """Whether the model has a metric, param or tag that passes a test."""
        table = self.table(field.kind)
        on_datasets = self._on_datasets if field.kind is Kind.METRIC else true()
        test = true() if test is None else test
        return exists().select_from(table).where(self.link(table, field), on_datasets, test)

    def term(self, order: Order, dataset: DatasetFilter | None) -> Term:
        """An item of an order as a term: of a metric, its last value by time, then step."""
        field = order.field
        if field.kind is Kind.ATTRIBUTE:
            return self.attribute(field.key).term(is_descending=order.is_descending)
        link = self.link(self.table(field.kind), field)
        if field.kind is not Kind.METRIC:
            value = select(self.table(field.kind).c.value).where(link).correlate(logged_model).scalar_subquery()
            return Term(value, str, order.is_descending, value.is_(None))

        def last(column: ColumnElement[Any]) -> ColumnElement[Any]:
            query = select(column).where(link, _on([dataset] if dataset else [])).correlate(logged_model)
            latest_first = (_METRIC.timestamp.desc(), _METRIC.step.desc(), _METRIC.id.desc())
            return query.order_by(*latest_first).limit(1).scalar_subquery()

        is_nan = last(_METRIC.is_nan)
        return Term(last(_METRIC.value), float, order.is_descending, is_nan.is_(None), is_nan)


def _on(datasets: Sequence[DatasetFilter]) -> Condition:
    """Whether a metric was measured on one of these datasets."""
    if not datasets:
        return true()
    named = [
        and_(
            _METRIC.dataset_name == dataset.dataset_name,
            _METRIC.dataset_digest == dataset.dataset_digest if dataset.dataset_digest else true(),
        )
        for dataset in datasets
    ]
    return joined(or_, named, false())


def search(
    connection: Connection,
    experiment_ids: Sequence[str],
    *,
    artifact_uri_of: ArtifactUriOf,
    filter_string: str,
    datasets: Sequence[DatasetFilter],
    max_results: int,
    order_by: Sequence[ModelOrder],
    page_token: str,
) -> Page[LoggedModel]:
    """Logged models that match; see ``LineageStore.search_logged_models``."""
    if len(datasets) > MAX_FILTER_DATASETS:
        raise InvalidValue(f"a search names at most {MAX_FILTER_DATASETS} datasets; got {len(datasets)}")
    numbers = numbers_of(experiment_ids)
    parts = [["logged models", *map(str, numbers)], [repr(item) for item in (*datasets, *order_by)]]
    request = read(
        LOGGED_MODELS,
        [json.dumps(parts)],
        filter_string=filter_string,
        order_by=[f"{item.field_name} {'ASC' if item.ascending else 'DESC'}" for item in order_by],
        max_results=max_results,
        page_token=page_token,
        most=MAX_LOGGED_MODELS_PAGE,
    )
    scope = LoggedModelScope(connection, request.now, datasets)
    terms = [scope.term(order, _dataset(item)) for order, item in zip(request.orders, order_by, strict=True)]
    terms += [
        Term(logged_model.c.created_at, int, is_descending=True),
        Term(logged_model.c.id, int, is_descending=True),
    ]
    within: Any = and_(of_experiments(logged_model.c.experiment_id, numbers), logged_model.c.deleted_at.is_(None))
    if datasets and not _asks_for_metrics(request.tree):
        tied = _METRIC.model_id == logged_model.c.id
        within = and_(within, exists().select_from(logged_model_metric).where(tied, _on(datasets)))
    ids, token = page_by_terms(scope, request, logged_model, within, terms)
    return Page(logged_models.load(connection, ids, artifact_uri_of), token)


def _asks_for_metrics(tree: Filter) -> bool:
    match tree:
        case Not():
            return _asks_for_metrics(tree.term)
        case All() | AnyOf():
            return any(map(_asks_for_metrics, tree.terms))
        case Comparison() | OneOf() | Missing():
            return tree.field.kind is Kind.METRIC


def _dataset(item: ModelOrder) -> DatasetFilter | None:
    return DatasetFilter(item.dataset_name, item.dataset_digest) if item.dataset_name else None
