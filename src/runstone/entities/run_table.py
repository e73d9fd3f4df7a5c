"""Runs as a table: a column for each fact, metric, param and tag."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TypeVar

from msgspec import Struct, field

from runstone.entities.run import Run

T = TypeVar("T")

Columns = dict[str, list[T | None]]


class RunTable(Struct, frozen=True, kw_only=True):
    """Runs by columns, all of one length; a run stands at the same place in each.

    Attributes:
        run_ids: Ids of the runs.
        experiment_ids: The experiment of each.
        statuses: How far each has come: a name of ``RunStatus``.
        artifact_uris: URIs below which their artifacts are.
        start_times: Milliseconds since the Unix epoch, UTC.
        end_times: The same, of their ends; ``None`` where a run has not ended.
        metrics: The latest values by name, in the order in which the names are met; ``None`` where a run has none.
        params: Values by name, likewise.
        tags: Values by name, likewise.
        next_page_token: Asks for the runs that follow; empty after the last.
    """

    run_ids: list[str] = field(default_factory=list)
    experiment_ids: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    artifact_uris: list[str] = field(default_factory=list)
    start_times: list[int] = field(default_factory=list)
    end_times: list[int | None] = field(default_factory=list)
    metrics: Columns[float] = field(default_factory=dict)
    params: Columns[str] = field(default_factory=dict)
    tags: Columns[str] = field(default_factory=dict)
    next_page_token: str = ""


def table_of(runs: Sequence[Run]) -> RunTable:
    """Runs as a table.

    Args:
        runs: The runs, in the order of the rows.
    """
    return RunTable(
        run_ids=[run.info.run_id for run in runs],
        experiment_ids=[run.info.experiment_id for run in runs],
        statuses=[run.info.status.value for run in runs],
        artifact_uris=[run.info.artifact_uri for run in runs],
        start_times=[run.info.start_time for run in runs],
        end_times=[run.info.end_time for run in runs],
        metrics=_by_name([run.data.metrics for run in runs]),
        params=_by_name([run.data.params for run in runs]),
        tags=_by_name([run.data.tags for run in runs]),
    )


def one_table(tables: Sequence[RunTable]) -> RunTable:
    """The rows of tables, one below the other.

    Args:
        tables: The tables; the token of the last is that of the whole.
    """
    if len(tables) == 1:
        return tables[0]
    sizes = [len(table.run_ids) for table in tables]
    return RunTable(
        run_ids=[value for table in tables for value in table.run_ids],
        experiment_ids=[value for table in tables for value in table.experiment_ids],
        statuses=[value for table in tables for value in table.statuses],
        artifact_uris=[value for table in tables for value in table.artifact_uris],
        start_times=[value for table in tables for value in table.start_times],
        end_times=[value for table in tables for value in table.end_times],
        metrics=_below(sizes, [table.metrics for table in tables]),
        params=_below(sizes, [table.params for table in tables]),
        tags=_below(sizes, [table.tags for table in tables]),
        next_page_token=tables[-1].next_page_token if tables else "",
    )


def _by_name(rows: Sequence[dict[str, T]]) -> Columns[T]:
    columns: Columns[T] = {}
    for number, row in enumerate(rows):
        for key, value in row.items():
            column = columns.get(key)
            if column is None:
                column = columns[key] = [None] * len(rows)
            column[number] = value
    return columns


def _below(sizes: Sequence[int], parts: Sequence[Columns[T]]) -> Columns[T]:
    names: Iterable[str] = dict.fromkeys(name for part in parts for name in part)
    return {
        name: [value for size, part in zip(sizes, parts, strict=True) for value in part.get(name) or repeat(None, size)]
        for name in names
    }
