"""A store as plain objects: rows for the tables, and what a search of them must answer, said in Python."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cmp_to_key, partial
from math import isnan
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, Row, create_engine, insert
from sqlalchemy.pool import StaticPool

from runstone.entities import ViewType
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
    Order,
)
from runstone.stores.sql import tables
from runstone.stores.sql.driver import driver_of

ROOT = "mlflow-artifacts:"


@dataclass
class SmallExperiment:
    id: int
    name: str = "digits"
    stage: int = tables.ACTIVE
    artifact_location: str | None = None
    created_at: int = 1
    updated_at: int = 1
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class SmallRun:
    uuid: str
    experiment_id: int = 1
    name: str = "a"
    user_id: str = "u"
    status: str = "FINISHED"
    start_time: int = 1000
    end_time: int | None = None
    stage: int = tables.ACTIVE
    metrics: dict[str, float] = field(default_factory=dict)
    earlier: dict[str, float] = field(default_factory=dict)  # the first of two values, where there are two
    params: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str | None] = field(default_factory=dict)  # what each was read for, by name; digests are names
    tags: dict[str, str] = field(default_factory=dict)


def artifact_uri_of(row: Row[Any]) -> str:
    return row.artifact_location or f"{ROOT}/{row.id}"


@contextmanager
def connected(engine: Engine | None = None) -> Iterator[Connection]:
    """A connection to empty tables: in memory, or in a database on PostgreSQL, where nothing of it stays."""
    if engine is not None:
        with engine.connect() as connection:
            driver = driver_of(connection)
            driver.execute("BEGIN")
            try:
                driver.execute("DELETE FROM experiment")
                yield connection
            finally:
                driver.execute("ROLLBACK")
        return
    # What was not committed is taken back when the connection is given back.
    with _in_memory().connect() as connection:
        yield connection


@cache
def _in_memory() -> Engine:
    """One database of a process: neither tables are made nor statements compiled anew for each of many stores."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    tables.metadata.create_all(engine)
    return engine


class SmallStore:
    """Experiments and runs in the tables, and as objects."""

    def __init__(self, connection: Connection, experiments: Sequence[SmallExperiment] = ()) -> None:
        self.connection = connection
        self.experiments = list(experiments) or [SmallExperiment(1)]
        self.runs: list[SmallRun] = []
        self._keys: dict[str, int] = {}
        self._datasets: dict[tuple[int, str], int | None] = {}
        for one in self.experiments:
            row = {name: value for name, value in vars(one).items() if name != "tags"}
            connection.execute(insert(tables.experiment).values(row))
            for key, value in one.tags.items():
                connection.execute(insert(tables.experiment_tag).values(experiment_id=one.id, key=key, value=value))

    def add(self, run: SmallRun) -> None:
        self.runs.append(run)
        row = {
            name: value
            for name, value in vars(run).items()
            if name not in {"metrics", "earlier", "params", "datasets", "tags"}
        }
        number = len(self.runs)
        self.connection.execute(insert(tables.run).values(id=number, **row))
        for key, value in run.metrics.items():
            self._put(
                tables.latest,
                number,
                key,
                is_nan=isnan(value),
                value=None if isnan(value) else value,
                **self._extent(run.earlier.get(key, value), value),
                step=3,
                timestamp=4,
            )
        for name, context in run.datasets.items():
            self._put_dataset(number, run, name, context)
        for key, text in run.params.items():
            self._put(tables.param, number, key, value=text)
        for key, text in run.tags.items():
            self._put(tables.tag, number, key, value=text)

    def _put_dataset(self, number: int, run: SmallRun, name: str, context: str | None) -> None:
        texts = dict.fromkeys(("source_type", "source", "schema", "profile"), "")
        insert_dataset = insert(tables.dataset).values(experiment_id=run.experiment_id, name=name, digest=name, **texts)
        where = (run.experiment_id, name)
        if where not in self._datasets:
            self._datasets[where] = self.connection.scalar(insert_dataset.returning(tables.dataset.c.id))
        insert_input = insert(tables.input).values(run_id=number, dataset_id=self._datasets[where])
        input_id = self.connection.scalar(insert_input.returning(tables.input.c.id))
        if context is not None:
            tag = insert(tables.input_tag).values(input_id=input_id, key="mlflow.data.context", value=context)
            self.connection.execute(tag)

    def _extent(self, first: float, last: float) -> dict[str, Any]:
        numbers = [value for value in (first, last) if not isnan(value)]
        return {
            "lowest": min(numbers, default=None),
            "highest": max(numbers, default=None),
            "first_value": None if isnan(first) else first,
            "first_step": 1,
            "first_timestamp": 1,
        }

    def _put(self, table: Any, number: int, key: str, **values: object) -> None:
        if key not in self._keys:
            self._keys[key] = len(self._keys) + 1
            self.connection.execute(insert(tables.key).values(id=self._keys[key], name=key))
        self.connection.execute(insert(table).values(run_id=number, key_id=self._keys[key], **values))

    def search(
        self, experiment_ids: Sequence[int], tree: Filter, view_type: ViewType, orders: Sequence[Order], now: int
    ) -> list[str]:
        """Ids of the runs that match, in order."""
        stages = {ViewType.ACTIVE_ONLY: [0], ViewType.DELETED_ONLY: [1], ViewType.ALL: [0, 1]}[view_type]
        found = [run for run in self.runs if run.experiment_id in experiment_ids and run.stage in stages]
        found = [run for run in found if self._holds(tree, run, now)]
        found.sort(key=lambda run: run.uuid)
        found.sort(key=lambda run: -run.start_time)
        for order in reversed(orders):
            found.sort(key=cmp_to_key(partial(self._compare, order)))
        return [run.uuid for run in found]

    def _holds_of_datasets(self, tree: Missing | OneOf | Comparison, run: SmallRun, now: int) -> bool:
        """Whether it holds of one of the datasets, as if it were the only one."""
        names = run.datasets
        values = [names[name] if tree.field.key == "context" else name for name in names]
        as_tag = Field(Kind.TAG, "it")
        for value in values:
            single = SmallRun(run.uuid, tags={} if value is None else {"it": value})
            if not isinstance(tree, Missing) and self._holds(replace(tree, field=as_tag), single, now):
                return True
        is_there = any(value is not None for value in values)
        return isinstance(tree, Missing) and is_there is tree.is_negated

    def value(self, wanted: Field, run: SmallRun) -> Any:
        if wanted.aggregate is not None:
            return self._aggregated(wanted, wanted.aggregate, run)
        if wanted.kind is not Kind.ATTRIBUTE:
            return getattr(run, wanted.kind.value).get(wanted.key)
        place = next(one for one in self.experiments if one.id == run.experiment_id).artifact_location
        computed: dict[str, Any] = {
            "run_id": run.uuid,
            "run_name": run.name,
            "experiment_id": str(run.experiment_id),
            "lifecycle_stage": "deleted" if run.stage else "active",
            "artifact_uri": f"{place or f'{ROOT}/{run.experiment_id}'}/{run.uuid}/artifacts",
            "duration": None if run.end_time is None else run.end_time - run.start_time,
        }
        return computed[wanted.key] if wanted.key in computed else getattr(run, wanted.key)

    def _aggregated(self, wanted: Field, aggregate: Aggregate, run: SmallRun) -> float | None:
        name = f"{wanted.key}.{aggregate}"
        if any(name in other.metrics for other in self.runs):
            return run.metrics.get(name)
        last = run.metrics.get(wanted.key)
        if last is None:
            return None
        first = run.earlier.get(wanted.key, last)
        numbers = [value for value in (first, last) if not isnan(value)] or [last]
        found = {Aggregate.MIN: min(numbers), Aggregate.MAX: max(numbers), Aggregate.FIRST: first, Aggregate.LAST: last}
        return found[aggregate]

    def _compare(self, order: Order, one: SmallRun, two: SmallRun) -> int:
        first, second = (_sort_key(self.value(order.field, run)) for run in (one, two))
        if first[0] or second[0] or first == second:
            return (first[0] > second[0]) - (first[0] < second[0])
        is_later = first > second
        return 1 if is_later is not order.is_descending else -1

    def _holds(self, tree: Filter, run: SmallRun, now: int) -> bool:
        match tree:
            case All():
                return all(self._holds(term, run, now) for term in tree.terms)
            case AnyOf():
                return any(self._holds(term, run, now) for term in tree.terms)
            case Not():
                return not self._holds(tree.term, run, now)
            case Missing(Field(Kind.DATASET)) | OneOf(Field(Kind.DATASET)) | Comparison(Field(Kind.DATASET)):
                return self._holds_of_datasets(tree, run, now)
            case Missing():
                return (self.value(tree.field, run) is None) is not tree.is_negated
            case OneOf():
                tests = [
                    _matches(self.value(tree.field, run), Operator.EQUAL, _wanted(tree.field, value), now)
                    for value in tree.values
                ]
                return None not in tests and any(tests) is not tree.is_negated
            case Comparison():
                return (
                    _matches(self.value(tree.field, run), tree.operator, _wanted(tree.field, tree.value), now) is True
                )


def _wanted(field: Field, value: Any) -> Any:
    """What is compared with; metrics are floats, and what they are compared with is made one."""
    return float(value) if field.kind is Kind.METRIC else value


def _sort_key(value: Any) -> tuple[int, Any]:
    if value is None:
        return 2, 0
    return (1, 0) if isinstance(value, float) and isnan(value) else (0, value)


_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\n\v\f\r]*", re.ASCII)


def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    return int(text) if found[2].isdigit() and not found[3] and abs(int(text)) < 2**63 else float(text)


def _matches(found: Any, operator: Operator, wanted: Any, now: int) -> bool | None:
    """Whether a value passes; ``None`` where it is missing or cannot be compared."""
    if isinstance(wanted, Now):
        wanted = now + wanted.offset
    if isinstance(found, str) and not isinstance(wanted, str):
        found = _number(found)
    if found is None:
        return None
    if operator.removeprefix("NOT ") in {"LIKE", "ILIKE", "RLIKE"}:
        return _is_like(found, operator.removeprefix("NOT "), wanted) is not operator.startswith("NOT ")
    if isinstance(wanted, float) and isnan(wanted):
        return isnan(found) is (operator is Operator.EQUAL)
    outcomes: dict[Operator, bool] = {
        Operator.EQUAL: found == wanted,
        Operator.NOT_EQUAL: found != wanted,
        Operator.GREATER: found > wanted,
        Operator.GREATER_OR_EQUAL: found >= wanted,
        Operator.LESS: found < wanted,
        Operator.LESS_OR_EQUAL: found <= wanted,
    }
    return outcomes[operator]


def _is_like(text: str, operator: str, pattern: str) -> bool:
    if operator == "RLIKE":
        return bool(re.search(pattern, text, re.DOTALL))
    expression = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return bool(re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if operator == "ILIKE" else 0)))
