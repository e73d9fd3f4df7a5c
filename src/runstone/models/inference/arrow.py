"""Schemas of tables and arrays of Arrow."""

import math
from typing import Any

from runstone.errors import InvalidSignature
from runstone.models.fields import Field, Name, field
from runstone.models.schema import ColSpec, Schema

_PLAIN = {
    "bool": "bool",
    "halffloat": "float16",
    "float": "float32",
    "double": "float64",
    "string": "string",
    "large_string": "string",
    "string_view": "string",
    "binary": "binary",
    "large_binary": "binary",
    "binary_view": "binary",
    "date32[day]": "date",
    "date64[ms]": "date",
    "null": "null",
}


def is_columnar(data: Any) -> bool:
    """Whether something of Arrow holds columns; a scalar does not."""
    import pyarrow as pa

    return isinstance(data, pa.Table | pa.RecordBatch | pa.Array | pa.ChunkedArray)


def schema_of(data: Any) -> Schema:
    """The columns of a table; the only one, without a name, of an array."""
    import pyarrow as pa

    if isinstance(data, pa.Array | pa.ChunkedArray):
        return Schema([ColSpec.from_field(field_of(data))], container="pyarrow.Array")
    if not data.num_columns:
        raise InvalidSignature("a signature cannot be made of a table without columns; give one with columns")
    fields = [field_of(data.column(number), one.name, unit=_unit(one)) for number, one in enumerate(data.schema)]
    return Schema(map(ColSpec.from_field, fields), container="pyarrow")


def _unit(one: Any) -> str | None:
    found = (one.metadata or {}).get(b"unit")
    return None if found is None else found.decode()


def field_of(column: Any, name: Name | None = None, *, unit: str | None = None) -> Field:
    """The field of an array or a chunked array."""
    import pyarrow.compute as pc

    found = type_of(column.type)
    if found["type"] == "category" and len(column):
        found["levels"] = _levels(column)
    missing = column.null_count > 0
    if found["type"] in {"float32", "float64"}:
        missing = missing or bool(pc.any(pc.is_nan(column)).as_py())
    if found["type"] in _RANGED or found["type"].lstrip("u").startswith("int"):
        ends = pc.min_max(column).as_py()
        found["range"] = None if end(ends["min"]) is end(ends["max"]) is None else (end(ends["min"]), end(ends["max"]))
    return field(name=name, missing=missing, dtype=str(column.type)[:60], unit=unit, **found)


_RANGED = {"float32", "float64", "date", "timestamp"}


def end(value: Any) -> Any:
    """An end of a range as JSON has it; ``None`` for one that is infinite or not there."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "total_seconds"):
        return f"PT{value.total_seconds():.9f}".rstrip("0").rstrip(".") + "S"
    if isinstance(value, int):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else None


def _levels(column: Any) -> tuple[Any, ...]:
    chunks = column.chunks if hasattr(column, "chunks") else [column]
    return tuple(dict.fromkeys(value for chunk in chunks for value in chunk.dictionary.to_pylist()))


def type_of(kind: Any) -> dict[str, Any]:
    """What a field of a type of Arrow begins with."""
    import pyarrow as pa

    word = str(kind)
    if pa.types.is_integer(kind):
        return {"type": word}
    if word in _PLAIN:
        return {"type": _PLAIN[word]}
    if pa.types.is_timestamp(kind):
        return {"type": "timestamp", "resolution": kind.unit, "zone": kind.tz}
    if pa.types.is_time(kind):
        return {"type": "time"}
    if pa.types.is_duration(kind):
        return {"type": "duration", "resolution": kind.unit}
    if pa.types.is_decimal(kind):
        return {"type": "decimal", "precision": kind.precision, "scale": kind.scale}
    if pa.types.is_dictionary(kind):
        items = _inner(kind.value_type)
        return {"type": "category", "levels": (), "ordered": kind.ordered, "items": items}
    return _nested(kind)


def _nested(kind: Any) -> dict[str, Any]:
    import pyarrow as pa

    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return {"type": "list", "items": _inner(kind.value_type)}
    if pa.types.is_map(kind):
        return {"type": "map", "items": _inner(kind.item_type)}
    if pa.types.is_struct(kind):
        return {"type": "struct", "fields": tuple(_inner(one.type, one.name) for one in kind)}
    return {"type": "any"}


def _inner(kind: Any, name: str | None = None) -> Field:
    # Values within a list or a struct are not looked at, so they may be missing.
    return field(name=name, missing=True, required=True, **type_of(kind))
