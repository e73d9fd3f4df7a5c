"""Rows to entities: whole runs and whole experiments, a few statements for any number of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from msgspec import UNSET, Raw
from sqlalchemy import Column, Connection, Row, Table, select

from runstone.entities import (
    EncodedRun,
    Experiment,
    LifecycleStage,
    Metric,
    NonFinite,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunStatus,
    Tag,
)
from runstone.stores.sql import inputs, run_documents
from runstone.stores.sql.driver import among, driver_of
from runstone.stores.sql.tables import ACTIVE, experiment, experiment_tag, key, latest, param, run, tag

# Takes a row with the columns `id` and `artifact_location` of the table `experiment`.
ArtifactUriOf = Callable[[Row[Any]], str]
# A row whose columns are told by their places, which is read faster than by their names.
_Cells = tuple[Any, ...]

T = TypeVar("T", Metric, Param, Tag)

# Ids in one statement; SQLite takes 32,766 bound values, other databases about as many.
_CHUNK = 5000
_NAN = NonFinite("nan")
# Asked for each run of a page: making a member of its word takes six times as long.
_STATUSES = dict(RunStatus.__members__)
_NOTHING = RunInputs(), RunOutputs()
_ENCODED = """
SELECT run.id, run.uuid, run.experiment_id, run.name, run.user_id, run.status, run.start_time, run.end_time, run.stage,
    document.data
FROM run LEFT JOIN document ON document.run_id = run.id WHERE run.id IN {numbers}
"""


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
    rows = {row[0]: row for row in _cells(connection, run, run.c.id, ids)}
    metric_rows = _cells(connection, latest, latest.c.run_id, ids)
    param_rows = _cells(connection, param, param.c.run_id, ids)
    tag_rows = _cells(connection, tag, tag.c.run_id, ids)
    names = _names(connection, {row[1] for found in (metric_rows, param_rows, tag_rows) for row in found})
    metrics = _by_owner((row[0], _metric(names[row[1]], row)) for row in metric_rows)
    params = _by_owner((number, Param(names[key_id], value)) for number, key_id, value in param_rows)
    tags = _by_owner((number, Tag(names[key_id], value)) for number, key_id, value in tag_rows)
    return [
        Run(
            info=info,
            data=RunData(metric_list=metrics[number], param_list=params[number], tag_list=tags[number]),
            inputs=read,
            outputs=made,
        )
        for number, info, (read, made) in _described(connection, ids, rows, artifact_uri_of)
    ]


def load_encoded_runs(connection: Connection, ids: Sequence[int], artifact_uri_of: ArtifactUriOf) -> list[EncodedRun]:
    """What ``load_runs`` gives, whose data is JSON already."""
    driver = driver_of(connection)
    found: dict[int, _Cells] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        numbers, values = among(driver, chunk)
        rows = driver.execute(_ENCODED.format(numbers=numbers), values)
        found.update((row[0], row) for row in rows)
    missing = run_documents.made(driver, [number for number, row in found.items() if row[-1] is None])
    return [
        EncodedRun(info=info, data=Raw(found[number][-1] or missing[number]), inputs=read, outputs=made)
        for number, info, (read, made) in _described(connection, ids, found, artifact_uri_of)
    ]


def _described(
    connection: Connection, ids: Sequence[int], rows: Mapping[int, _Cells], artifact_uri_of: ArtifactUriOf
) -> Iterator[tuple[int, RunInfo, tuple[RunInputs, RunOutputs]]]:
    """Number, description, and what was read and made, of each run that is there, in the order of ``ids``."""
    places = load_artifact_uris(connection, {row[2] for row in rows.values()}, artifact_uri_of)
    lineage = inputs.load(connection, ids)
    for number in ids:
        row = rows.get(number)
        if row is not None:
            yield number, run_info(row, places[row[2]]), lineage.get(number, _NOTHING)


def run_info(row: Sequence[Any], location: str) -> RunInfo:
    """What is known about a run.

    Args:
        row: The columns of the table of runs from the first on; more may follow the stage.
        location: Where its experiment keeps its artifacts.
    """
    _, run_id, experiment_id, name, user_id, status, start, end, stage = row[:9]
    return RunInfo(
        run_id=run_id,
        run_uuid=run_id,
        run_name=name,
        experiment_id=str(experiment_id),
        user_id=user_id,
        status=_STATUSES[status],
        start_time=start,
        ended_at=UNSET if end is None else end,
        artifact_uri=run_artifact_uri(location, run_id),
        lifecycle_stage=_stage(stage),
    )


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
    tag_rows = _cells(connection, experiment_tag, experiment_tag.c.experiment_id, ids)
    tags = _by_owner((number, Tag(name, value)) for number, name, value in tag_rows)
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
        found += connection.execute(select(table).where(column.in_(wanted[start : start + _CHUNK]))).all()
    return found


def _cells(connection: Connection, table: Table, column: Column[int], ids: Collection[int]) -> Sequence[_Cells]:
    return _rows(connection, table, column, ids)


def _names(connection: Connection, key_ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.name for row in _rows(connection, key, key.c.id, key_ids)}


def _by_owner(things: Iterable[tuple[int, T]]) -> defaultdict[int, list[T]]:
    """What belongs to each run or experiment, sorted by key."""
    found: defaultdict[int, list[T]] = defaultdict(list)
    for owner, thing in things:
        found[owner].append(thing)
    for group in found.values():
        group.sort(key=attrgetter("key"))
    return found


def _metric(name: str, row: _Cells) -> Metric:
    value, is_nan, step, timestamp = row[2:6]
    return Metric(name, _NAN if is_nan else value, timestamp, step)


def _stage(number: int) -> LifecycleStage:
    return LifecycleStage.ACTIVE if number == ACTIVE else LifecycleStage.DELETED
