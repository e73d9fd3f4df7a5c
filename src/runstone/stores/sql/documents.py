"""Rows to entities: whole runs and whole experiments, a few statements for any number of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from msgspec import UNSET
from sqlalchemy import Column, Connection, Row, Table, select

from runstone.entities import (
    Experiment,
    LifecycleStage,
    Metric,
    NonFinite,
    Param,
    Run,
    RunData,
    RunInfo,
    RunStatus,
    Tag,
)
from runstone.stores.sql.tables import ACTIVE, experiment, experiment_tag, key, latest, param, run, tag

# Takes a row with the columns `id` and `artifact_location` of the table `experiment`.
ArtifactUriOf = Callable[[Row[Any]], str]

T = TypeVar("T", Metric, Param, Tag)

# Ids in one statement; SQLite takes 32,766 bound values, other databases about as many.
_CHUNK = 5000
_NAN = NonFinite("nan")


def run_artifact_uri(location: str, run_id: str) -> str:
    """Where a run keeps its artifacts, below the place of its experiment."""
    return f"{location}/{run_id}/artifacts"


def load_runs(connection: Connection, ids: Sequence[int], artifact_uri_of: ArtifactUriOf) -> list[Run]:
    """Runs with latest metrics, params and tags, each sorted by key.

    Args:
        connection: In a transaction, so that all statements see the same.
        ids: Ids as in the column ``run.id``; those that are not there are left out.
        artifact_uri_of: Gives the URI below which an experiment keeps its artifacts.

    Returns:
        The runs in the order of ``ids``.
    """
    rows = {row.id: row for row in _rows(connection, run, run.c.id, ids)}
    metric_rows = _rows(connection, latest, latest.c.run_id, ids)
    param_rows = _rows(connection, param, param.c.run_id, ids)
    tag_rows = _rows(connection, tag, tag.c.run_id, ids)
    names = _names(connection, {row.key_id for found in (metric_rows, param_rows, tag_rows) for row in found})
    metrics = _by_owner(metric_rows, lambda row: _metric(names[row.key_id], row))
    params = _by_owner(param_rows, lambda row: Param(names[row.key_id], row.value))
    tags = _by_owner(tag_rows, lambda row: Tag(names[row.key_id], row.value))
    places = load_artifact_uris(connection, {row.experiment_id for row in rows.values()}, artifact_uri_of)
    return [
        Run(
            info=_info(rows[number], places[rows[number].experiment_id]),
            data=RunData(metric_list=metrics[number], param_list=params[number], tag_list=tags[number]),
        )
        for number in ids
        if number in rows
    ]


def load_experiments(connection: Connection, ids: Sequence[int], artifact_uri_of: ArtifactUriOf) -> list[Experiment]:
    """Experiments with their tags, sorted by key.

    Args:
        connection: In a transaction, so that both statements see the same.
        ids: Ids as in the column ``experiment.id``; those that are not there are left out.
        artifact_uri_of: Gives the URI below which an experiment keeps its artifacts.

    Returns:
        The experiments in the order of ``ids``.
    """
    rows = {row.id: row for row in _rows(connection, experiment, experiment.c.id, ids)}
    tags = _by_owner(
        _rows(connection, experiment_tag, experiment_tag.c.experiment_id, ids), lambda row: Tag(row.key, row.value)
    )
    return [
        Experiment(
            experiment_id=str(number),
            name=rows[number].name,
            artifact_location=artifact_uri_of(rows[number]),
            lifecycle_stage=_stage(rows[number].stage),
            last_update_time=rows[number].updated_at,
            creation_time=rows[number].created_at,
            tag_list=tags[number],
        )
        for number in ids
        if number in rows
    ]


def load_artifact_uris(connection: Connection, ids: Collection[int], artifact_uri_of: ArtifactUriOf) -> dict[int, str]:
    """Where experiments keep their artifacts, by id; those that are not there are left out."""
    return {row.id: artifact_uri_of(row) for row in _rows(connection, experiment, experiment.c.id, ids)}


def _rows(connection: Connection, table: Table, column: Column[int], ids: Collection[int]) -> list[Row[Any]]:
    wanted = list(ids)
    found: list[Row[Any]] = []
    for start in range(0, len(wanted), _CHUNK):
        found += connection.execute(select(table).where(column.in_(wanted[start : start + _CHUNK])))
    return found


def _names(connection: Connection, key_ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.name for row in _rows(connection, key, key.c.id, key_ids)}


def _by_owner(rows: Iterable[Row[Any]], made: Callable[[Row[Any]], T]) -> defaultdict[int, list[T]]:
    """What belongs to each run or experiment, sorted by key; the id of the owner is the first column."""
    found: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(made(row))
    for group in found.values():
        group.sort(key=attrgetter("key"))
    return found


def _metric(name: str, row: Row[Any]) -> Metric:
    return Metric(name, _NAN if row.is_nan else row.value, row.timestamp, row.step)


def _stage(number: int) -> LifecycleStage:
    return LifecycleStage.ACTIVE if number == ACTIVE else LifecycleStage.DELETED


def _info(row: Row[Any], place: str) -> RunInfo:
    return RunInfo(
        run_id=row.uuid,
        run_uuid=row.uuid,
        run_name=row.name,
        experiment_id=str(row.experiment_id),
        user_id=row.user_id,
        status=RunStatus(row.status),
        start_time=row.start_time,
        ended_at=UNSET if row.end_time is None else row.end_time,
        artifact_uri=run_artifact_uri(place, row.uuid),
        lifecycle_stage=_stage(row.stage),
    )
