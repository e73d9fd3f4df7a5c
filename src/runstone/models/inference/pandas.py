"""Schemas of frames, series and arrays of pandas."""

import math
from typing import Any

import msgspec

from runstone.errors import InvalidSignature
from runstone.models.fields import Field, Name, field
from runstone.models.inference import arrow
from runstone.models.inference.values import field_of_value, merged, type_of_numpy
from runstone.models.schema import ColSpec, Schema
from runstone.models.values import level

# What pandas calls the values of a column of objects, for the types that need no look at each value.
_OBJECTS = {
    "string": "string",
    "bytes": "binary",
    "floating": "float64",
    "boolean": "bool",
    "decimal": "decimal",
    "complex": "complex128",
    "time": "time",
    "timedelta": "duration",
    "timedelta64": "duration",
    "period": "any",
    "interval": "any",
}
_RANGED = {"float16", "float32", "float64", "date", "timestamp", "duration"}


def is_columnar(data: Any) -> bool:
    """Whether something of pandas holds columns; a time stamp, for one, does not."""
    import pandas as pd

    return isinstance(data, pd.DataFrame | pd.Series | pd.Index | pd.api.extensions.ExtensionArray)


def series_of(data: Any) -> Any:
    """A series of an array or an index."""
    import pandas as pd

    return data if isinstance(data, pd.Series) else pd.Series(data)


def schema_of(data: Any) -> Schema:
    """The columns of a frame; the only one, with or without a name, of a series."""
    import pandas as pd

    if not isinstance(data, pd.DataFrame):
        series = series_of(data)
        return Schema([ColSpec.from_field(field_of(series, column_name(series.name)))], container="pandas.Series")
    if not len(data.columns):
        raise InvalidSignature("a signature cannot be made of a frame without columns; give one with columns")
    units = data.attrs.get("units", {}) if data.attrs else {}
    names = [column_name(name) for name in data.columns]
    fields = [
        field_of(data.iloc[:, number], name, unit=units.get(name) if isinstance(units, dict) else None)
        for number, name in enumerate(names)
    ]
    return Schema(map(ColSpec.from_field, fields), container="pandas")


def column_name(name: Any) -> Name | None:
    """A label of pandas as a signature has it: a text, a whole number, or several of them."""
    if name is None or isinstance(name, str):
        return name
    if isinstance(name, tuple):
        return tuple(column_name(one) for one in name)
    if hasattr(name, "__index__") and not isinstance(name, bool):
        return int(name)
    return str(name)


def field_of(series: Any, name: Name | None = None, *, unit: str | None = None) -> Field:
    """The field of a series."""
    found = _type_of(series)
    solid = series.dtype.kind in "biu" and _is_numpy(series.dtype)
    missing = not solid and bool(series.isna().any())
    if found["type"] in _RANGED or found["type"].lstrip("u").startswith("int"):
        found["range"] = _range(series)
    name_of_dtype = str(series.dtype)
    return field(
        name=name,
        missing=missing,
        dtype=name_of_dtype if len(name_of_dtype) < 60 else type(series.dtype).__name__,
        unit=None if unit is None else str(unit),
        **found,
    )


def _is_numpy(dtype: Any) -> bool:
    return type(dtype).__module__.startswith("numpy")


def _type_of(series: Any) -> dict[str, Any]:
    dtype = series.dtype
    return _of_objects(series) if _is_numpy(dtype) and dtype.kind == "O" else type_of(dtype)


def type_of(dtype: Any) -> dict[str, Any]:
    """What a field of a dtype of pandas begins with; of objects nothing is known."""
    import pandas as pd

    if _is_numpy(dtype):
        return type_of_numpy(dtype)
    match dtype:
        case pd.CategoricalDtype():
            return _of_categories(dtype)
        case pd.StringDtype():
            return {"type": "string"}
        case pd.DatetimeTZDtype():
            return {"type": "timestamp", "resolution": dtype.unit, "zone": str(dtype.tz)}
        case pd.PeriodDtype():
            return {"type": "period", "freq": str(dtype).removeprefix("period[").removesuffix("]")}
        case pd.IntervalDtype():
            return {"type": "interval", "closed": dtype.closed, "items": field(**type_of_numpy(dtype.subtype))}
        case pd.SparseDtype():
            return type_of_numpy(dtype.subtype)
        case pd.ArrowDtype():
            return arrow.type_of(dtype.pyarrow_dtype)
        case pd.BooleanDtype():
            return {"type": "bool"}
    word = str(dtype).lower()
    return {"type": word} if hasattr(dtype, "numpy_dtype") else {"type": "any"}


def _of_categories(dtype: Any) -> dict[str, Any]:
    levels = dtype.categories
    inner = field_of(series_of(levels))
    items = msgspec.structs.replace(inner, name=None, range=None, dtype=None)
    return {"type": "category", "levels": tuple(map(level, levels)), "ordered": dtype.ordered, "items": items}


def _of_objects(series: Any) -> dict[str, Any]:
    import pandas as pd

    if not len(series):
        return {"type": "any"}
    word = pd.api.types.infer_dtype(series, skipna=True)
    if word in _OBJECTS:
        return {"type": _OBJECTS[word]}
    if word == "empty":
        return {"type": "null"}
    found = merged(field_of_value(one) for one in series)
    return {key: getattr(found, key) for key in ("type", "items", "fields", "zone")}


def _range(series: Any) -> tuple[Any, Any] | None:
    if not len(series):
        return None
    try:
        ends = (series.min(), series.max())
    except TypeError:  # dates and times in one column of objects
        return None
    return None if all(_end(one) is None for one in ends) else (_end(ends[0]), _end(ends[1]))


def _end(value: Any) -> Any:
    if value is None or type(value).__name__ in {"NaTType", "NAType"}:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else None
