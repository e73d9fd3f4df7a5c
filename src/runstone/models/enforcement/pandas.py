"""Columns of pandas against fields."""

import math
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from runstone.errors import InvalidSignature
from runstone.models.enforcement.mismatch import no_fit
from runstone.models.fields import Field
from runstone.models.inference import pandas as inference
from runstone.models.values import NotOfType, bounds, is_missing, is_same, place_of, python_value, said, value_of


def _pandas() -> Any:
    import pandas as pd

    return pd


_ANY = {"any", "null", "sparkml_vector"}


def checked(series: Any, field: Field, what: str) -> Any:
    """A series as the field has it: itself, or a copy in which every value is an equal one.

    Args:
        series: What came.
        field: What is wanted.
        what: ``input`` or ``output``, for the message.

    Raises:
        SignatureMismatch: A value is not of the field.
    """
    if field.type in _ANY:
        return series
    target = dtype_of(field)
    if _has_levels(series.dtype) and field.type != "category":
        if field.dtype is None:
            checked(series.dtype.categories.to_series(), field, what)
            return _without_missing(series, field, what)
        series = series.astype(series.dtype.categories.dtype)
    if _is_of(series, field, target):
        return _without_missing(series, field, what)
    if field.type == "category":
        return _of_levels(series, field, target, what)
    if field.type == "string" and _are_texts(series):
        same = field.dtype is None or is_dtype(series.dtype, target)
        if not same:
            series = series.astype(target)
            # As pandas has it where it reads texts: NA among objects is known to few libraries.
            series = series if tells_all(target) else series.where(series.notna(), math.nan)
        return _without_missing(series, field, what)
    if series.dtype.kind in "iuf" and target.kind in "iuf" and not _is_sparse(series):
        return _number(series, field, target, what)
    if series.dtype.kind in "Mm" and target.kind == series.dtype.kind:
        return _time(series, field, what)
    return _each(series, field, target, what)


def _is_of(series: Any, field: Field, target: Any) -> bool:
    """Whether the dtype of a series says that its values are of a field."""
    if not tells_all(series.dtype):
        return False
    if field.dtype is not None:
        return is_dtype(series.dtype, target)
    # Numbers that pandas can miss become those of numpy, as MLflow has them.
    masked_numbers = series.dtype.kind in "biuf" and not _is_numpy(series) and not _is_sparse(series)
    return not masked_numbers and bool(inference.type_of(series.dtype)["type"] == field.type)


def tells_all(dtype: Any) -> bool:
    """Whether a dtype says what each value is, as that of objects does not."""
    return dtype.kind != "O" or not type(dtype).__module__.startswith("numpy")


def is_dtype(found: Any, wanted: Any) -> bool:
    """Whether a dtype is the one that is wanted; of categories, the order of the levels counts too."""
    if found is wanted:
        return True
    if not _has_levels(wanted):
        return bool(found == wanted) or (str(found) == str(wanted) == "string")  # texts are kept in two ways
    same = _has_levels(found) and found.ordered == wanted.ordered
    return same and found.categories.equals(wanted.categories)


@lru_cache
def dtype_of(field: Field) -> Any:
    """The dtype of pandas that a column of a field has: the one that was seen, if this pandas knows it.

    Raises:
        InvalidSignature: There is none, as where a time zone is not known here.
    """
    try:
        return _dtype(field)
    except (LookupError, TypeError, ValueError, NotImplementedError) as error:
        raise InvalidSignature(
            f"column {field.name!r} of the signature is a {said(field)}, which pandas cannot have here: {error}"
        ) from error


def _dtype(field: Field) -> Any:
    pd = _pandas()

    if field.type == "category":
        return pd.CategoricalDtype(levels_of(field), ordered=field.ordered)
    if field.dtype == "string[pyarrow]":  # the name that Arrow's own has, and pandas reads as another
        return pd.ArrowDtype(_arrow_texts())
    if field.dtype is not None:
        try:
            dtype = pd.api.types.pandas_dtype(field.dtype)
        except (TypeError, ValueError, NotImplementedError):
            dtype = None  # what another library calls it
        if dtype is not None and dtype.kind not in "US":
            return dtype
    return pd.api.types.pandas_dtype(_plain(field))


def _arrow_texts() -> Any:
    import pyarrow as pa

    return pa.string()


def _plain(field: Field) -> str:
    if bounds(field.type):
        return masked(field.type) if field.nullable else field.type
    match field.type:
        case "float16" | "float32" | "float64" | "complex64" | "complex128":
            return field.type
        case "bool":
            return "boolean" if field.nullable else "bool"
        case "timestamp":
            return f"datetime64[{field.resolution or 'ns'}{f', {field.zone}' if field.zone else ''}]"
        case "duration":
            return f"timedelta64[{field.resolution or 'ns'}]"
    return "object"


def levels_of(field: Field) -> Any:
    """The levels of a field as pandas has them: times and intervals where they are such."""
    pd = _pandas()

    levels, items = list(field.levels or ()), field.items
    match items.type if items is not None else "any":
        case "timestamp" if items is not None:
            found = pd.to_datetime(levels, utc=bool(items.zone), format="ISO8601")
            found = found.tz_convert(items.zone) if items.zone else found
            return found.as_unit(items.resolution) if items.resolution else found
        case "duration":
            return pd.to_timedelta(levels)
        case "interval" if items is not None:
            ends = [tuple(_end(one, items.items) for one in pair) for pair in levels]
            return pd.IntervalIndex.from_tuples(ends, closed=items.closed or "right")
        case "period" if items is not None:
            return pd.PeriodIndex(levels, freq=items.freq)
        case "float16" | "float32" | "float64":
            return pd.Index([float(one) for one in levels], dtype="float64")
        case "string":
            return pd.Index(levels)
    return pd.Index(levels, dtype=None if levels else object)


def _end(value: Any, items: Field | None) -> Any:
    pd = _pandas()

    if items is not None and items.type in {"timestamp", "duration"}:
        return pd.Timestamp(value) if items.type == "timestamp" else pd.Timedelta(value)
    return float(value) if isinstance(value, str) else value


def _has_levels(dtype: Any) -> bool:
    return isinstance(dtype, _pandas().CategoricalDtype)


def _is_sparse(series: Any) -> bool:
    pd = _pandas()

    return isinstance(series.dtype, pd.SparseDtype)


def _without_missing(series: Any, field: Field, what: str) -> Any:
    """A series of the right dtype, if values are missing only where they may."""
    if field.nullable or (series.dtype.kind in "biu" and hasattr(series.dtype, "itemsize") and _is_numpy(series)):
        return series
    missing = series.isna()
    if missing.any() and not field.type.startswith("float"):
        _fail(series, field, int(missing.to_numpy().argmax()), what)
    return series


def _is_numpy(series: Any) -> bool:
    return type(series.dtype).__module__.startswith("numpy")


def _fail(series: Any, field: Field, row: int, what: str) -> None:
    """Raise for the value of a row what is wrong with it."""
    value = series.iloc[row]
    try:
        value_of(field, python_value(value))
    except NotOfType as error:
        raise no_fit(what, field, row, value, error) from None


def _of_levels(series: Any, field: Field, target: Any, what: str) -> Any:
    """Values as the categories of a field, where each is one of its levels."""
    pd = _pandas()

    found = series.dtype
    if isinstance(found, pd.CategoricalDtype):
        places = target.categories.get_indexer(found.categories)
        codes = series.cat.codes.to_numpy()
        codes = places[codes] if len(places) else codes
        codes[series.isna().to_numpy()] = -1
    elif tells_all(found) and found.kind != "b":
        codes = target.categories.get_indexer(pd.Index(series))
    else:  # objects, which may be lists; truths, which pandas takes for numbers
        return _each(series, field, target, what)
    unknown = (codes == -1) & ~series.isna().to_numpy()
    if unknown.any():
        _fail(series, field, int(unknown.argmax()), what)
    made = pd.Series(pd.Categorical.from_codes(codes, dtype=target), index=series.index, name=series.name)
    return _without_missing(made, field, what)


def _are_texts(series: Any) -> bool:
    pd = _pandas()

    if isinstance(series.dtype, pd.StringDtype):
        return True
    return pd.api.types.infer_dtype(series, skipna=True) in {"string", "empty"}


def _number(series: Any, field: Field, target: Any, what: str) -> Any:
    """Numbers in the dtype of a field, where each stays the same."""
    import numpy as np

    pd = _pandas()

    gaps = series.isna().to_numpy()
    solid = bounds(field.type) is not None
    if gaps.any() and solid and not field.nullable:
        _fail(series, field, int(gaps.argmax()), what)
    values = series.fillna(0) if gaps.any() else series
    values = values.to_numpy(dtype=None if _is_numpy(series) else _numpy_name(series))
    with np.errstate(all="ignore"):
        there = values.astype(field.type)
        same = (there == values) & (there.astype(values.dtype) == values)
    if not same.all():
        _not_kept(series, field, int((~same).argmax()), what)
    if not gaps.any():
        return pd.Series(there, index=series.index, name=series.name).astype(target)
    if target.kind == "f" and isinstance(target, np.dtype):
        return pd.Series(np.where(gaps, np.nan, there).astype(target), index=series.index, name=series.name)
    made = pd.Series(there, index=series.index, name=series.name)
    return made.astype(masked(field.type)).mask(gaps).astype(target)


def masked(kind: str) -> str:
    """The name of the dtype of pandas for a type of numbers of which some are missing."""
    return kind.replace("uint", "UInt").replace("int", "Int").replace("float16", "Float32").replace("float", "Float")


def _numpy_name(series: Any) -> str:
    """The dtype of numpy that values of an extension of pandas have."""
    dtype = series.dtype
    return str(getattr(dtype, "numpy_dtype", dtype))


def _not_kept(series: Any, field: Field, row: int, what: str) -> None:
    value = python_value(series.iloc[row])
    try:
        value_of(field, value)
    except NotOfType as error:
        raise no_fit(what, field, row, value, error) from None
    changed = NotOfType(
        f"is {value}, of {series.dtype}, which {field.type} cannot hold without a change; "
        f"convert it with .astype({field.type!r}) if that does not matter"
    )
    raise no_fit(what, field, row, value, changed)


def _time(series: Any, field: Field, what: str) -> Any:
    """Times in the zone and the resolution of a field, where each stays the same moment."""
    known = field.resolution is not None or field.zone is not None
    zone = getattr(series.dtype, "tz", None)
    if field.type == "timestamp" and known and (zone is None) != (field.zone is None):
        there = series.notna().to_numpy()
        if there.any():
            _fail(series, field, int(there.argmax()), what)
        series = series.dt.tz_localize(None).dt.tz_localize(field.zone)  # there is no moment in it to be moved
    if field.type == "timestamp" and zone is not None and field.zone is not None:
        series = series.dt.tz_convert(field.zone)
    if known and field.resolution is not None:
        made = series.dt.as_unit(field.resolution)
        series = made if made.equals(series) or (made == series)[series.notna()].all() else series
    return _without_missing(series, field, what)


def _each(series: Any, field: Field, target: Any, what: str) -> Any:
    """Values one by one: the way of objects, and of whatever has no quicker one."""
    pd = _pandas()

    plain = [python_value(one) for one in series]
    found = values_of(plain, field, what)
    if (not tells_all(target) or series.dtype == target) and all(map(is_same, found, plain)):
        return series
    return pd.Series(array_of(found, field, target), index=series.index, name=series.name)


def values_of(plain: list[Any], field: Field, what: str) -> list[Any]:
    """Values of Python as a field has them, with ``None`` for what is missing.

    Raises:
        SignatureMismatch: One is not of the field.
    """
    found = []
    for row, value in enumerate(plain):
        try:
            made = value_of(field, value)
        except NotOfType as error:
            raise no_fit(what, field, row, value, error) from None
        found.append(None if is_missing(made) else made)
    return found


def array_of(found: list[Any], field: Field, target: Any) -> Any:
    """Values that are of a field as an array of a dtype."""
    import numpy as np

    pd = _pandas()

    if isinstance(target, np.dtype) and target.kind in "biuf":
        return np.array([np.nan if one is None else one for one in found], dtype=target)
    if field.type == "category":
        codes = [-1 if one is None else place_of(field, one) for one in found]
        return pd.Categorical.from_codes(codes, dtype=target)
    if field.type == "timestamp":
        times = pd.Series([datetime.combine(one, time()) if type(one) is date else one for one in found])
        if field.dtype is None and not field.zone:
            return times
        return (pd.to_datetime(times, utc=True) if getattr(target, "tz", None) is not None else times).astype(target)
    return pd.Series(found, dtype=target)
