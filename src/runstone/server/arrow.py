"""Answers as streams of Arrow's IPC format (https://arrow.apache.org/docs/format/Columnar.html)."""

import io
from array import array
from collections.abc import Iterable
from itertools import accumulate, chain
from typing import Any

import nanoarrow
from nanoarrow.ipc import StreamWriter

from runstone.entities import RunTable, Series
from runstone.schemas.endpoint import Binary

MEDIA_TYPE = "application/vnd.apache.arrow.stream"


def series_stream(found: list[Series]) -> Binary:
    """A row for each series: texts ``run_id`` and ``key``, lists ``steps``, ``timestamps``, ``values``."""
    # The lists of all three columns have the same lengths.
    offsets = array("i", accumulate((len(series.steps) for series in found), initial=0))
    columns = {
        "run_id": nanoarrow.c_array([series.run_id for series in found], nanoarrow.string()),
        "key": nanoarrow.c_array([series.key for series in found], nanoarrow.string()),
        "steps": _lists(offsets, array("q", _all(series.steps for series in found)), nanoarrow.int64()),
        "timestamps": _lists(offsets, array("q", _all(series.timestamps for series in found)), nanoarrow.int64()),
        "values": _lists(offsets, array("d", _all(series.values for series in found)), nanoarrow.float64()),
    }
    return stream(columns, len(found))


def run_stream(table: RunTable) -> Binary:
    """A row for each run: its facts, then its metrics, params and tags."""
    texts, whole, numbers = nanoarrow.string(), nanoarrow.int64(), nanoarrow.float64()
    columns = {
        "run_id": nanoarrow.c_array(table.run_ids, texts),
        "experiment_id": nanoarrow.c_array(table.experiment_ids, texts),
        "status": nanoarrow.c_array(table.statuses, texts),
        "artifact_uri": nanoarrow.c_array(table.artifact_uris, texts),
        "start_time": nanoarrow.c_array(table.start_times, whole),
        "end_time": nanoarrow.c_array(table.end_times, whole),
    }
    columns |= {f"metrics.{name}": nanoarrow.c_array(values, numbers) for name, values in table.metrics.items()}
    columns |= {f"params.{name}": nanoarrow.c_array(values, texts) for name, values in table.params.items()}
    columns |= {f"tags.{name}": nanoarrow.c_array(values, texts) for name, values in table.tags.items()}
    return stream(columns, len(table.run_ids))


def stream(columns: dict[str, Any], rows: int) -> Binary:
    """A stream with one batch.

    Args:
        columns: Arrays of nanoarrow by name, each with ``rows`` entries.
        rows: Number of rows.
    """
    kind = nanoarrow.struct({name: column.schema for name, column in columns.items()})
    batch = nanoarrow.c_array_from_buffers(kind, length=rows, buffers=[None], children=list(columns.values()))
    out = io.BytesIO()
    with StreamWriter.from_writable(out) as writer:
        writer.write_array(batch)
    return Binary(out.getvalue(), MEDIA_TYPE)


def _all(lists: Iterable[list[Any]]) -> Iterable[Any]:
    return chain.from_iterable(lists)


def _lists(offsets: "array[int]", values: "array[Any]", kind: Any) -> Any:
    return nanoarrow.c_array_from_buffers(
        nanoarrow.list_(kind),
        length=len(offsets) - 1,
        buffers=[None, offsets],
        children=[nanoarrow.c_array_from_buffers(kind, length=len(values), buffers=[None, values])],
    )
