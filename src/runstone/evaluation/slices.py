"""Metrics of parts of the examples."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.evaluation import bootstrap
from runstone.evaluation.document import Bootstrap, Slice
from runstone.evaluation.examples import BoolArray
from runstone.evaluation.kinds import Judged, Kind
from runstone.evaluation.measures import measures, with_intervals

_VALUES = 20
_QUARTERS = 4
# A number with more values than this is cut into quarters.
_FEW = 10
_RESAMPLES = 200


def sliced(
    asked: Sequence[str], frame: pd.DataFrame, judged: Judged, kind: Kind, drawn: Bootstrap | None
) -> tuple[list[Slice], list[str]]:
    """The metrics of each part, and what was left out.

    Args:
        asked: Columns and filters.
        frame: All columns of the examples.
        judged: The examples with what was predicted.
        kind: The type of the model.
        drawn: How intervals are made; a slice gets fewer resamples.

    Raises:
        InvalidValue: There is no such column, and it is no filter.
    """
    made: list[Slice] = []
    notes: list[str] = []
    for by in asked:
        parts = list(_parts(by, frame))
        if len(parts) > _VALUES:
            notes.append(f"of {len(parts)} values of {by!r} the {_VALUES} most frequent are shown")
            parts = sorted(parts, key=lambda part: -int(part[1].sum()))[:_VALUES]
        for name, rows in parts:
            if not rows.any():
                notes.append(f"no example is in the slice {name!r}")
                continue
            made.append(_slice(by, name, judged.part(rows), kind, drawn))
    return made, notes


def _slice(by: str, name: str, part: Judged, kind: Kind, drawn: Bootstrap | None) -> Slice:
    found = measures(kind.scores(part))
    count = len(part.truth)
    if drawn is not None and count > 1:
        used = None if drawn.examples is None or count <= drawn.examples else drawn.examples
        fewer = Bootstrap(min(drawn.resamples, _RESAMPLES), drawn.level, drawn.seed, min(drawn.block, count), used)
        samples = bootstrap.resampled([part], kind.quick, fewer, np.arange(count))[0]
        found = with_intervals(found, bootstrap.intervals(samples, drawn.level))
    found.pop("example_count")
    return Slice(by, name, count, found)


def _parts(by: str, frame: pd.DataFrame) -> Iterator[tuple[str, BoolArray]]:
    if by not in frame.columns:
        yield by, _filtered(by, frame)
        return
    column: pd.Series[Any] = frame[by]
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if is_number and column.nunique() > _FEW:
        quarters = pd.qcut(column, _QUARTERS, duplicates="drop")
        for place, quarter in enumerate(quarters.cat.categories):
            yield _between(by, quarter, place, len(quarters.cat.categories)), np.asarray(quarters == quarter)
    else:
        for value in _in_order(column):
            yield f"{by} = {value}", np.asarray(column == value, dtype=np.bool_)
    if (missing := column.isna()).any():
        yield f"{by} is missing", np.asarray(missing)


def _between(by: str, quarter: Any, place: int, count: int) -> str:
    if place == 0:
        return f"{by} <= {quarter.right:g}"
    if place == count - 1:
        return f"{by} > {quarter.left:g}"
    return f"{quarter.left:g} < {by} <= {quarter.right:g}"


def _in_order(column: "pd.Series[Any]") -> list[Any]:
    values = list(column.dropna().unique())
    try:
        return sorted(values)
    except TypeError:
        return values


def _filtered(by: str, frame: pd.DataFrame) -> BoolArray:
    try:
        found = frame.eval(by, engine="python")
    except Exception as error:  # noqa: BLE001  # whatever the expression raises
        raise InvalidValue(
            f"the slice {shown(by)} is no column of the data, and as a filter it fails: {error}; wanted: a column, or "
            'a filter such as "age > 60"'
        ) from None
    rows = np.asarray(found)
    if rows.dtype != np.bool_ or rows.shape != (len(frame),):
        raise InvalidValue(f'the slice {shown(by)} is a filter that says yes or no of each row, such as "age > 60"')
    return rows
