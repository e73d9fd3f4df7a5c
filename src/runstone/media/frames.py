"""Runs as a frame of pandas."""

import importlib.util
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import structs

from runstone.entities import LoggedModel, Run, RunTable
from runstone.entities.run_table import table_of
from runstone.errors import Unsupported

if TYPE_CHECKING:
    import pandas
    import polars


def check_installed(what: str, library: str = "pandas") -> None:
    """See that the library of a frame is there.

    Args:
        what: Beginning of the sentence that says who needs it; ends with ``which``.
        library: ``pandas`` or ``polars``.

    Raises:
        Unsupported: It is not.
    """
    if importlib.util.find_spec(library) is None:
        raise Unsupported(f"{what} is not installed; install it with 'pip install {library}'")


def of_table(table: RunTable) -> "pandas.DataFrame":
    """A row for each run.

    Args:
        table: The runs, in the order of the rows.

    Returns:
        The columns ``run_id``, ``experiment_id``, ``status``, ``artifact_uri``, ``start_time``, ``end_time``, then a
        column for every metric (float64), param and tag (text), in the order of the table. A time that pandas cannot
        hold is missing (NaT).
    """
    import pandas as pd

    columns: dict[str, Any] = {
        "run_id": table.run_ids,
        "experiment_id": table.experiment_ids,
        "status": table.statuses,
        "artifact_uri": table.artifact_uris,
        "start_time": _times(table.start_times),
        "end_time": _times(table.end_times),
    }
    columns |= {f"metrics.{name}": pd.Series(values, dtype="float64") for name, values in table.metrics.items()}
    columns |= {f"params.{name}": values for name, values in table.params.items()}
    columns |= {f"tags.{name}": values for name, values in table.tags.items()}
    return pd.DataFrame(columns)


def polars_of_table(table: RunTable) -> "polars.DataFrame":
    """The same as a frame of polars, with null where a run has no value; times are UTC, to the millisecond."""
    import polars as pl

    moment = pl.Datetime("ms", "UTC")
    columns: dict[str, Any] = {
        "run_id": pl.Series(table.run_ids, dtype=pl.String),
        "experiment_id": pl.Series(table.experiment_ids, dtype=pl.String),
        "status": pl.Series(table.statuses, dtype=pl.String),
        "artifact_uri": pl.Series(table.artifact_uris, dtype=pl.String),
        "start_time": pl.Series(table.start_times, dtype=pl.Int64).cast(moment),
        "end_time": pl.Series(table.end_times, dtype=pl.Int64).cast(moment),
    }
    for name, values in table.metrics.items():
        columns[f"metrics.{name}"] = pl.Series(values, dtype=pl.Float64)
    for kind, named in (("params", table.params), ("tags", table.tags)):
        columns |= {f"{kind}.{name}": pl.Series(values, dtype=pl.String) for name, values in named.items()}
    return pl.DataFrame(columns)


def of_runs(runs: Sequence[Run]) -> "pandas.DataFrame":
    """A row for each run.

    Args:
        runs: The runs, in the order of the rows.

    Returns:
        What ``of_table`` gives; names stand in the order in which they are met.
    """
    return of_table(table_of(runs))


def of_logged_models(models: Sequence[LoggedModel]) -> "pandas.DataFrame":
    """A row for each logged model.

    Args:
        models: The models, in the order of the rows.

    Returns:
        The columns ``experiment_id``, ``model_id``, ``name``, ``artifact_location``, ``creation_timestamp``,
        ``last_updated_timestamp``, ``status``, ``model_type``, ``source_run_id``, ``tags``, ``params`` (dicts) and
        ``metrics`` (lists of dicts), as MLflow has them.
    """
    import pandas as pd

    columns: dict[str, Any] = {
        name: [getattr(model, name) for model in models]
        for name in (
            "experiment_id",
            "model_id",
            "name",
            "artifact_location",
            "creation_timestamp",
            "last_updated_timestamp",
        )
    }
    columns["status"] = [model.status.value for model in models]
    columns |= {name: [getattr(model, name) for model in models] for name in ("model_type", "source_run_id")}
    columns |= {name: [getattr(model, name) for model in models] for name in ("tags", "params")}
    columns["metrics"] = [[structs.asdict(metric) for metric in model.metrics] for model in models]
    return pd.DataFrame(columns)


def _times(values: Iterable[int | None]) -> "pandas.Series[Any]":
    import pandas as pd

    return pd.to_datetime(pd.Series(list(values), dtype="Int64"), unit="ms", utc=True, errors="coerce")
