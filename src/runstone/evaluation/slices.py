"""Metrics of parts of the examples."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.evaluation import bootstrap
from runstone.evaluation.document import Bootstrap, Slice
from runstone.evaluation.examples import BoolArray, IntArray, column_of
from runstone.evaluation.kinds import Judged, Kind
from runstone.evaluation.measures import measures, with_intervals
from runstone.evaluation.scoring import counted

_VALUES = 20
# A number with more values than this is cut into quarters.
_FEW = 10
_RESAMPLES = 200


def sliced(
    asked: Sequence[str], frame: pd.DataFrame, judged: Judged, kind: Kind, drawn: Bootstrap | None, order: IntArray
) -> tuple[list[Slice], list[str]]:
    """The metrics of each part, and what was left out.

    Args:
        asked: Columns and filters.
        frame: All columns of the examples.
        judged: The examples with what was predicted.
        kind: The type of the model.
        drawn: How intervals are made; a slice gets fewer resamples.
        order: All rows in the order of time, in which forecasts are drawn.

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
            part = judged.part(order[rows[order]])
            if len(counted(part)) == 0:
                some = "no example that counts" if rows.any() else "no example"
                notes.append(f"{some} is in the slice {name!r}")
                continue
            made.append(_slice(by, name, part, kind, drawn))
    return made, notes


def _slice(by: str, name: str, part: Judged, kind: Kind, drawn: Bootstrap | None) -> Slice:
    found = measures(kind.scores(part))
    count = len(counted(part))
    if drawn is not None and count > 1:
        used = None if drawn.examples is None or count <= drawn.examples else drawn.examples
        fewer = Bootstrap(min(drawn.resamples, _RESAMPLES), drawn.level, drawn.seed, min(drawn.block, count), used)
        samples = bootstrap.resampled([part], kind.quick, fewer, np.arange(len(part)))[0]
        found = with_intervals(found, bootstrap.intervals(samples, drawn.level))
    found.pop("example_count")
    return Slice(by, name, len(part), found)


def _parts(by: str, frame: pd.DataFrame) -> Iterator[tuple[str, BoolArray]]:
    if by not in frame.columns:
        yield by, _filtered(by, frame)
        return
    column = column_of(frame, by, "slices")
    is_missing = np.asarray(column.isna(), dtype=np.bool_)
    known = column[~is_missing]
    for name, part in _parts_of(by, known):
        rows = np.zeros(len(column), dtype=np.bool_)
        rows[~is_missing] = np.asarray(part, dtype=np.bool_)
        yield name, rows
    if is_missing.any():
        yield f"{by} is missing", is_missing


def _parts_of(by: str, known: "pd.Series[Any]") -> "Iterator[tuple[str, pd.Series[bool]]]":
    """The parts of a column's values, of which none is missing: its quarters, or those with the same value."""
    if _is_scale(known) and known.nunique() > _FEW:
        yield from _quarters(by, known)
    else:
        for value in _in_order(by, known):
            yield f"{by} = {value}", known == value


def _is_scale(column: "pd.Series[Any]") -> bool:
    """Whether its values have an order and distances: numbers or times."""
    types = pd.api.types
    return (types.is_numeric_dtype(column) and not types.is_bool_dtype(column)) or types.is_datetime64_any_dtype(column)


def _quarters(by: str, known: "pd.Series[Any]") -> "Iterator[tuple[str, pd.Series[bool]]]":
    """Four parts with about as many values; fewer where a value comes so often that it fills several."""
    is_time = pd.api.types.is_datetime64_any_dtype(known)
    inner = known if is_time else known[np.isfinite(known.astype(np.float64))]
    last = known.max()
    ends = [end for end in inner.quantile([0.25, 0.5, 0.75]).unique() if end < last] or [known[known < last].max()]
    for place, text in enumerate(_between(by, ends)):
        is_in = pd.Series(data=True, index=known.index)
        if place > 0:
            is_in &= known > ends[place - 1]
        if place < len(ends):
            is_in &= known <= ends[place]
        yield text, is_in


def _between(by: str, ends: list[Any]) -> list[str]:
    """Names of the parts between these ends, which are written with so many digits that they differ."""
    texts = list(map(str, ends))
    if not isinstance(ends[0], pd.Timestamp):
        several = [[f"{end:.{digits}g}" for end in ends] for digits in (6, 9, 17)]
        texts = next((each for each in several if len(set(each)) == len(each)), several[-1])
    inner = [f"{low} < {by} <= {high}" for low, high in pairwise(texts)]
    return [f"{by} <= {texts[0]}", *inner, f"{by} > {texts[-1]}"]


def _in_order(by: str, known: "pd.Series[Any]") -> list[Any]:
    try:
        values = list(known.unique())
    except TypeError:
        raise InvalidValue(
            f"the slice {shown(by)} is a column whose values cannot be compared, such as lists; name another, or a "
            'filter such as "age > 60"'
        ) from None
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
    if isinstance(found, pd.Series) and isinstance(found.dtype, pd.BooleanDtype):
        found = found.fillna(value=False).astype(np.bool_)
    rows = np.asarray(found)
    if rows.dtype != np.bool_ or rows.shape != (len(frame),):
        raise InvalidValue(f'the slice {shown(by)} is a filter that says yes or no of each row, such as "age > 60"')
    return rows
