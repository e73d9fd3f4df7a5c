"""Runs as a frame of pandas."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from runstone.entities import Run
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


def of_runs(runs: Sequence[Run]) -> "pandas.DataFrame":
    """A row for each run.

    Args:
        runs: The runs, in the order of the rows.

    Returns:
        The columns ``run_id``, ``experiment_id``, ``status``, ``artifact_uri``, ``start_time``, ``end_time``, then a
        column for every metric (float64), param and tag (text) that occurs, in the order met. A time that pandas
        cannot hold is missing (NaT).
    """
    import pandas as pd

    columns: dict[str, Any] = {
        "run_id": [run.info.run_id for run in runs],
        "experiment_id": [run.info.experiment_id for run in runs],
        "status": [run.info.status.value for run in runs],
        "artifact_uri": [run.info.artifact_uri for run in runs],
        "start_time": _times(run.info.start_time for run in runs),
        "end_time": _times(run.info.end_time for run in runs),
    }
    metrics = _by_name("metrics", [run.data.metrics for run in runs])
    columns |= {name: pd.Series(values, dtype="float64") for name, values in metrics.items()}
    columns |= _by_name("params", [run.data.params for run in runs])
    columns |= _by_name("tags", [run.data.tags for run in runs])
    return pd.DataFrame(columns)


def _times(values: Iterable[int | None]) -> "pandas.Series[Any]":
    import pandas as pd

    return pd.to_datetime(pd.Series(list(values), dtype="Int64"), unit="ms", utc=True, errors="coerce")


def _by_name(kind: str, rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """A column for each name; ``None`` where a row does not have it."""
    columns: dict[str, list[Any]] = {}
    for number, row in enumerate(rows):
        for key, value in row.items():
            column = columns.get(f"{kind}.{key}")
            if column is None:
                column = columns[f"{kind}.{key}"] = [None] * len(rows)
            column[number] = value
    return columns
