"""Schemas of frames and series of polars."""

from typing import Any

from runstone.entities.names import a_class
from runstone.errors import InvalidSignature
from runstone.models.fields import Field, Name, field
from runstone.models.inference import arrow
from runstone.models.schema import ColSpec, Schema


def schema_of(data: Any) -> Schema:
    """The columns of a frame; the only one of a series."""
    import polars as pl

    if isinstance(data, pl.LazyFrame):
        raise InvalidSignature("a lazy frame of polars holds no data yet; collect() it first")
    if isinstance(data, pl.Series):
        return Schema([ColSpec.from_field(field_of(data, data.name or None))], container="polars.Series")
    if not isinstance(data, pl.DataFrame):
        raise InvalidSignature(f"a signature is made of a frame or a series of polars; got {a_class(data)}")
    if not data.width:
        raise InvalidSignature("a signature cannot be made of a frame without columns; give one with columns")
    return Schema((ColSpec.from_field(field_of(one, one.name)) for one in data), container="polars")


def field_of(series: Any, name: Name | None = None) -> Field:
    """The field of a series."""
    found = type_of(series.dtype, series)
    missing = series.null_count() > 0
    if not missing and found["type"] in {"float32", "float64"}:
        missing = bool(series.is_nan().any())
    if series.dtype.is_numeric() or series.dtype.is_temporal():
        ends = (arrow.end(series.min()), arrow.end(series.max()))
        found["range"] = None if ends == (None, None) else ends
    return field(name=name, missing=missing, dtype=_name_of(series.dtype), **found)


def _name_of(dtype: Any) -> str:
    said = str(dtype)
    return said if len(said) < 60 else type(dtype).__name__


def type_of(dtype: Any, series: Any = None) -> dict[str, Any]:
    """What a field of a dtype of polars begins with; the levels of categories are those of a series."""
    import polars as pl

    word = str(dtype).lower()
    if dtype.is_integer() or dtype.is_float():
        return {"type": word if word in _NUMBERS else "any"}
    if word in _PLAIN:
        return {"type": _PLAIN[word]}
    match dtype:
        case pl.Datetime():
            return {"type": "timestamp", "resolution": dtype.time_unit, "zone": dtype.time_zone}
        case pl.Duration():
            return {"type": "duration", "resolution": dtype.time_unit}
        case pl.Decimal():
            return {"type": "decimal", "precision": dtype.precision, "scale": dtype.scale}
        case pl.Enum():
            levels = tuple(dtype.categories.to_list())
            return {"type": "category", "levels": levels, "ordered": True, "items": field("string")}
        case pl.Categorical():
            return _of_categories(series)
    return _nested(dtype)


def _nested(dtype: Any) -> dict[str, Any]:
    import polars as pl

    match dtype:
        case pl.List() | pl.Array():
            return {"type": "list", "items": _inner(dtype.inner)}
        case pl.Struct():
            return {"type": "struct", "fields": tuple(_inner(one.dtype, one.name) for one in dtype.fields)}
    return {"type": "any"}


_PLAIN = {"boolean": "bool", "string": "string", "binary": "binary", "date": "date", "time": "time", "null": "null"}
_NUMBERS = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"}


def _of_categories(series: Any) -> dict[str, Any]:
    if series is None:
        return {"type": "string"}
    levels = tuple(series.drop_nulls().unique(maintain_order=True).cast(str).to_list())
    return {"type": "category", "levels": levels, "ordered": False, "items": field("string")}


def _inner(dtype: Any, name: str | None = None) -> Field:
    # Values within a list or a struct are not looked at, so they may be missing.
    return field(name=name, missing=True, required=True, **type_of(dtype))
