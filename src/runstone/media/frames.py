"""Runs as a frame of pandas."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import structs

from runstone.entities import LoggedModel, Run, RunTable
from runstone.entities.run_table import table_of
from runstone.errors import Unsupported

if TYPE_CHECKING:
    import pandas


def check_installed(what: str) -> None:
    """See that pandas is there.

    Args:
        what: Beginning of the sentence that says who needs it; ends with ``which``.

    Raises:
        Unsupported: It is not.
    """
    try:
        import pandas  # noqa: F401 -- is it there?
    except ImportError:
        raise Unsupported(f"{what} is not installed; install it with 'pip install pandas'") from None


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
