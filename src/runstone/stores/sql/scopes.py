"""What is searched: where the fields of runs, experiments and models are found in the tables."""

from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    select,
    true,
)

from runstone.entities.dataset import CONTEXT
from runstone.search.ast import Aggregate, Field, Kind
from runstone.stores.sql.documents import ArtifactUriOf, load_artifact_uris, run_artifact_uri
from runstone.stores.sql.ordering import Term
from runstone.stores.sql.tables import (
    ACTIVE,
    dataset,
    experiment,
    experiment_tag,
    input_tag,
    key,
    latest,
    model_version,
    model_version_tag,
    param,
    registered_model,
    registered_model_tag,
    run,
    tag,
)
from runstone.stores.sql.tables import input as run_input

Condition = ColumnElement[bool]

# So few rows that it is best to begin with their runs: measured on 100,000 runs, where beginning with 100 is twice as
# fast as asking for each run, and with 1000 no faster.
_RARE = 500
# So few that their runs had better be listed once than asked for run by run: among 100,000 runs a list of 6000 halves
# what a search with three conditions costs, and takes 2 ms. PostgreSQL lists twice as fast.
_SOME = {"sqlite": 10_000, "postgresql": 20_000}

# The columns of `latest` that hold an aggregate; the last is the value itself.
_AGGREGATES: dict[Aggregate | None, str] = {
    Aggregate.MIN: "lowest",
    Aggregate.MAX: "highest",
    Aggregate.FIRST: "first_value",
}
# What runs read, and what it was read for, where that is said.
_READ = run_input.join(dataset, dataset.c.id == run_input.c.dataset_id)
_READ_FOR = run_input.join(input_tag, and_(input_tag.c.input_id == run_input.c.id, input_tag.c.key == CONTEXT))
_DATASET = {"name": dataset.c.name, "digest": dataset.c.digest, "context": input_tag.c.value}
_LOGGED = {Kind.METRIC: latest, Kind.PARAM: param, Kind.TAG: tag}


class Listed(Struct, frozen=True):
    """A condition that few runs pass.

    Attributes:
        condition: The condition.
        runs: Their numbers.
        count: How many.
    """

    condition: Condition
    runs: Select[tuple[int]]
    count: int


class Attribute(Struct, frozen=True):
    """An attribute as a column.

    Attributes:
        column: What it is compared as.
        kind: What it is sorted as: ``int`` or ``str``.
        may_be_null: Whether there may be no value.
        sorted_by: What it is sorted by, where that is not ``column``.
    """

    column: ColumnElement[Any]
    kind: type[int] | type[str]
    may_be_null: bool = False
    sorted_by: ColumnElement[Any] | None = None

    def term(self, *, is_descending: bool) -> Term:
        """The attribute as a term of an order."""
        value = self.column if self.sorted_by is None else self.sorted_by
        missing = value.is_(None) if self.may_be_null else None
        return Term(value, self.kind, is_descending, missing)


def _stage(column: ColumnElement[int]) -> Attribute:
    return Attribute(case((column == ACTIVE, "active"), else_="deleted"), int, sorted_by=column)


_RUN = {
    "run_id": Attribute(run.c.uuid, str),
    "run_name": Attribute(run.c.name, str),
    "experiment_id": Attribute(cast(run.c.experiment_id, Text), int, sorted_by=run.c.experiment_id),
    "user_id": Attribute(run.c.user_id, str),
    "status": Attribute(run.c.status, str),
    "lifecycle_stage": _stage(run.c.stage),
    "start_time": Attribute(run.c.start_time, int),
    "end_time": Attribute(run.c.end_time, int, may_be_null=True),
    "duration": Attribute(run.c.end_time - run.c.start_time, int, may_be_null=True),
}
# Where the tags are, and the attributes, by the table searched.
_TAGGED: dict[str, tuple[Table, dict[str, Attribute]]] = {
    "experiment": (
        experiment_tag,
        {
            "experiment_id": Attribute(cast(experiment.c.id, Text), int, sorted_by=experiment.c.id),
            "name": Attribute(experiment.c.name, str),
            "lifecycle_stage": _stage(experiment.c.stage),
            "creation_time": Attribute(experiment.c.created_at, int),
            "last_update_time": Attribute(experiment.c.updated_at, int),
        },
    ),
    "registered_model": (
        registered_model_tag,
        {
            "name": Attribute(registered_model.c.name, str),
            "creation_timestamp": Attribute(registered_model.c.created_at, int),
            "last_updated_timestamp": Attribute(registered_model.c.updated_at, int),
        },
    ),
    "model_version": (
        model_version_tag,
        {
            "name": Attribute(model_version.c.name, str),
            "version_number": Attribute(model_version.c.version, int),
            "run_id": Attribute(model_version.c.run_id, str),
            "model_id": Attribute(model_version.c.logged_model, str, may_be_null=True),
            "source_path": Attribute(model_version.c.source, str),
            "current_stage": Attribute(model_version.c.stage, str),
            "creation_timestamp": Attribute(model_version.c.created_at, int),
            "last_updated_timestamp": Attribute(model_version.c.updated_at, int),
        },
    ),
}


class Scope(Protocol):
    """The rows of one table, and what hangs on them.

    Attributes:
        connection: In the transaction of the search.
        now: Time of the search, in milliseconds since the Unix epoch, UTC.
    """

    connection: Connection
    now: int

    def attribute(self, name: str) -> Attribute:
        """An attribute."""
        ...

    def table(self, kind: Kind) -> Table:
        """The table that holds metrics, params or tags, with a column ``value``."""
        ...

    def link(self, source: FromClause, field: Field) -> Condition | None:
        """What ties a row of ``table``, or of an alias of it, to the row searched; ``None`` if nothing has the key."""
        ...

    def meant(self, field: Field) -> Field:
        """The field itself, or the metric whose own name ends like an aggregate of another."""
        ...

    def has(self, field: Field, test: Condition | None = None, *, is_served: bool = False) -> Condition:
        """Whether the row searched has a metric, param or tag that passes a test.

        Args:
            field: The metric, param or tag.
            test: A condition on a row of ``table``; any row passes if ``None``.
            is_served: Whether an index finds the rows that pass without looking at the others.
        """
        ...


class RunScope:
    """The runs of some experiments.

    Args:
        connection: In the transaction of the search.
        now: Time of the search, in milliseconds since the Unix epoch, UTC.
        experiments: Ids of the experiments.
        artifact_uri_of: Gives the URI below which an experiment keeps its artifacts.

    Attributes:
        listed: Those of the conditions of ``has`` that few runs pass.
    """

    def __init__(
        self, connection: Connection, now: int, experiments: list[int], artifact_uri_of: ArtifactUriOf
    ) -> None:
        self.connection = connection
        self.now = now
        self._experiments = experiments
        self._artifact_uri_of = artifact_uri_of
        self._key_ids: dict[str, int | None] = {}
        self._meant: dict[Field, Field] = {}
        self.listed: list[Listed] = []

    def attribute(self, name: str) -> Attribute:
        """An attribute."""
        return Attribute(self._artifact_uri(), str) if name == "artifact_uri" else _RUN[name]

    def table(self, kind: Kind) -> Table:
        """The table that holds metrics, params or tags."""
        return _LOGGED[kind]

    def link(self, source: FromClause, field: Field) -> Condition | None:
        """What ties a row of ``table``, or of an alias of it, to the row searched; ``None`` if nothing has the key."""
        key_id = self._key_id(field.key)
        return None if key_id is None else and_(source.c.run_id == run.c.id, source.c.key_id == key_id)

    def meant(self, field: Field) -> Field:
        """The field itself, or the metric whose own name ends like an aggregate of another."""
        if field.aggregate is None:
            return field
        if field not in self._meant:
            whole = Field(field.kind, f"{field.key}.{field.aggregate}")
            rows = select(literal(1)).select_from(latest).where(latest.c.key_id == self._key_id(whole.key)).limit(1)
            self._meant[field] = field if self.connection.scalar(rows) is None else whole
        return self._meant[field]

    def of_key(self, source: FromClause, field: Field) -> Condition:
        """Which rows of ``table``, or of an alias of it, have the key of this field, whatever run they are of."""
        return source.c.key_id == self._key_id(field.key)

    def has(self, field: Field, test: Condition | None = None, *, is_served: bool = False) -> Condition:
        """Whether the run has a metric, param, tag or dataset that passes a test."""
        if field.kind is Kind.DATASET:
            rows = _READ_FOR if field.key == "context" else _READ
            return exists().select_from(rows).where(run_input.c.run_id == run.c.id, true() if test is None else test)
        table = self.table(field.kind)
        link = self.link(table, field)
        if link is None:
            return false()
        if test is None:
            return exists().select_from(table).where(link)
        passing = and_(table.c.key_id == self._key_id(field.key), test)
        some = _SOME[self.connection.dialect.name]
        count = self._count(table, passing, some) if is_served else some
        listed = select(table.c.run_id).where(passing)
        found: Condition = exists().select_from(table).where(link, test)
        if count < some:
            if self.connection.dialect.name == "sqlite":
                found = (run.c.id + 0).in_(listed)  # computed: `page` says with which of them a search begins
            elif count < _RARE:
                found = run.c.id.in_(listed)
            self.listed.append(Listed(found, listed, count))
        return found

    def _count(self, table: Table, passing: Condition, most: int) -> int:
        """How many rows pass; not counted beyond what makes a difference."""
        some = select(literal(1)).select_from(table).where(passing).limit(most).subquery()
        return self.connection.scalar(select(func.count()).select_from(some)) or 0

    def _key_id(self, name: str) -> int | None:
        if name not in self._key_ids:
            self._key_ids[name] = self.connection.scalar(select(key.c.id).where(key.c.name == name))
        return self._key_ids[name]

    def _artifact_uri(self) -> ColumnElement[str]:
        """The URI as ``documents`` computes it; tables do not hold it."""
        places = load_artifact_uris(self.connection, self._experiments, self._artifact_uri_of)
        if not places:
            return literal("")
        # What stands before and after the run's id, wherever `run_artifact_uri` puts it.
        before, after = run_artifact_uri("\0", "\0").split("\0")[1:]
        return case(places, value=run.c.experiment_id) + before + run.c.uuid + after


class TaggedScope:
    """All experiments, all registered models, or all versions of these: what has attributes and tags.

    Args:
        connection: In the transaction of the search.
        now: Time of the search, in milliseconds since the Unix epoch, UTC.
        searched: Their table.
    """

    def __init__(self, connection: Connection, now: int, searched: Table) -> None:
        self.connection = connection
        self.now = now
        self._searched = searched
        self._tags, self._attributes = _TAGGED[searched.name]

    def attribute(self, name: str) -> Attribute:
        """An attribute."""
        return self._attributes[name]

    def table(self, kind: Kind) -> Table:
        """The table that holds tags."""
        assert kind is Kind.TAG
        return self._tags

    def meant(self, field: Field) -> Field:
        """The field itself; only runs have metrics."""
        return field

    def link(self, source: FromClause, field: Field) -> Condition:
        """What ties a row of ``table``, or of an alias of it, to the row searched."""
        # The first column says whose tag it is.
        return and_(next(iter(source.c)) == self._searched.c.id, source.c.key == field.key)

    def has(self, field: Field, test: Condition | None = None, *, is_served: bool = False) -> Condition:  # noqa: ARG002  # such tags are few
        """Whether the row searched has a tag that passes a test."""
        table = self.table(field.kind)
        return exists().select_from(table).where(self.link(table, field), true() if test is None else test)


def dataset_column(field: Field) -> ColumnElement[str]:
    """What of a dataset is meant."""
    return _DATASET[field.key]


def metric_columns(rows: FromClause, field: Field) -> tuple[ColumnElement[float], Condition]:
    """What of a metric's values is meant, and whether it is NaN, on a row of ``latest`` or of an alias of it."""
    name = _AGGREGATES.get(field.aggregate)
    if name is None:
        return rows.c.value, rows.c.is_nan
    value = rows.c[name]
    # A row that an outer join did not find has null in all columns, and is not NaN.
    return value, and_(value.is_(None), rows.c.is_nan.is_not(None))


def logged_term(scope: Scope, rows: FromClause, field: Field, *, is_descending: bool) -> tuple[FromClause, Term]:
    """A metric, param or tag as a term of an order, and ``rows`` joined with what it needs."""
    field = scope.meant(field)
    table = scope.table(field.kind)
    source = table.alias()
    link = scope.link(source, field)
    kind = float if table is latest else str
    if link is None:
        # With its type: PostgreSQL takes no bare NULL in ORDER BY.
        return rows, Term(cast(null(), table.c.value.type), kind, is_descending, true())
    rows = rows.outerjoin(source, link)
    if table is latest:
        value, is_nan = metric_columns(source, field)
        return rows, Term(value, kind, is_descending, source.c.is_nan.is_(None), is_nan)
    return rows, Term(source.c.value, kind, is_descending, source.c.value.is_(None))
