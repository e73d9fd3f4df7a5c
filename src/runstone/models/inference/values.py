"""Fields of single values of Python and numpy, and of several taken together."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from runstone.models.fields import Field, Name
from runstone.models.values import is_missing, python_value

NULL = Field(type="null", missing=True)
ANY = Field(type="any", missing=True)
# What a number of one type and one of another are together, from the narrowest on.
_WHOLE = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
_FRACTIONS = ("float16", "float32", "float64")


def field_of_value(value: Any, name: Name | None = None) -> Field:
    """The field of one value."""
    if is_missing(value):
        return Field(type="null", name=name, required=False, missing=True)
    if isinstance(value, Mapping):
        return _of_mapping(value, name)
    if isinstance(value, list | tuple) or (getattr(value, "ndim", 0) > 0 and hasattr(value, "tolist")):
        items = _of_array(value) if hasattr(value, "dtype") else merged(field_of_value(one) for one in value)
        return Field(type="list", name=name, items=items)
    return Field(name=name, **_plain(value))


def _plain(value: Any) -> dict[str, Any]:
    if hasattr(value, "dtype"):  # a scalar of numpy
        return _of_numpy(value)
    if isinstance(value, datetime):
        zone = None if value.tzinfo is None else str(value.tzinfo)
        return {"type": "timestamp", "zone": zone}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"type": "int64" if -(2**63) <= value < 2**63 else "uint64" if 0 <= value < 2**64 else "any"}
    for kind, word in _WORDS:
        if isinstance(value, kind):
            return {"type": word}
    return {"type": "any", "missing": True}


_WORDS: list[tuple[type, str]] = [
    (bool, "bool"),
    (float, "float64"),
    (str, "string"),
    (bytes, "binary"),
    (bytearray, "binary"),
    (date, "date"),
    (time, "time"),
    (timedelta, "duration"),
    (Decimal, "decimal"),
    (complex, "complex128"),
]


def _of_numpy(value: Any) -> dict[str, Any]:
    dtype = value.dtype
    if dtype.kind in "OUSV":
        return _plain(python_value(value))
    return type_of_numpy(dtype)


def type_of_numpy(dtype: Any) -> dict[str, Any]:
    """What a field of a dtype of numpy begins with; of objects and structures nothing is known."""
    match dtype.kind:
        case "U":
            return {"type": "string"}
        case "S":
            return {"type": "binary"}
        case "M" | "m":
            import numpy as np

            resolution = np.datetime_data(dtype)[0]
            if dtype.kind == "M" and resolution == "D":
                return {"type": "date"}
            known = resolution if resolution in {"s", "ms", "us", "ns"} else None
            return {"type": "timestamp" if dtype.kind == "M" else "duration", "resolution": known}
        case "b" | "i" | "u" | "f" | "c" if dtype.name not in {"float128", "longdouble", "complex256", "clongdouble"}:
            return {"type": dtype.name}
    return {"type": "any", "missing": True}


def _of_array(array: Any) -> Field:
    """What an array holds: of its first axis."""
    if array.ndim > 1:
        inner = _of_array(array[0]) if len(array) else ANY
        return Field(type="list", items=inner)
    if array.dtype.kind in "OV":
        return merged(field_of_value(one) for one in array.tolist())
    return Field(**type_of_numpy(array.dtype))


def _of_mapping(value: Mapping[Any, Any], name: Name | None) -> Field:
    if not value:
        return Field(type="map", name=name, items=ANY)
    if not all(isinstance(key, str) for key in value):
        return Field(type="any", name=name, missing=True)
    return Field(type="struct", name=name, fields=tuple(field_of_value(one, key) for key, one in value.items()))


def merged(fields: Iterable[Field], name: Name | None = None) -> Field:
    """The field that all values of several fields fit."""
    found: Field | None = None
    for one in fields:
        found = one if found is None else _both(found, one)
    if found is None:
        return msgspec.structs.replace(ANY, name=name)
    return found if name is None else msgspec.structs.replace(found, name=name)


def _both(a: Field, b: Field) -> Field:
    if a == b:
        return a
    missing = a.missing or b.missing
    required = a.required and b.required
    if a.type == "null" or b.type == "null":
        known = b if a.type == "null" else a
        return msgspec.structs.replace(known, missing=True, required=required)
    if a.type == b.type:
        return _same_type(a, b, missing=missing, required=required)
    word = _number(a.type, b.type)
    if word is None and {a.type, b.type} == {"date", "timestamp"}:
        word = "timestamp"
    if word is None:
        return msgspec.structs.replace(ANY, name=a.name, required=required)
    return Field(type=word, name=a.name, required=required, missing=missing)


def _same_type(a: Field, b: Field, *, missing: bool, required: bool) -> Field:
    changes: dict[str, Any] = {"missing": missing, "required": required}
    if a.items is not None and b.items is not None:
        changes["items"] = _both(a.items, b.items)
    if a.fields is not None and b.fields is not None:
        changes["fields"] = _all_fields(a.fields, b.fields)
    if a.zone != b.zone:
        changes["zone"] = None
    return msgspec.structs.replace(a, **changes)


def _all_fields(a: tuple[Field, ...], b: tuple[Field, ...]) -> tuple[Field, ...]:
    others = {one.name: one for one in b}
    found = [_both(one, others.pop(one.name)) if one.name in others else _optional(one) for one in a]
    return (*found, *map(_optional, others.values()))


def _optional(field: Field) -> Field:
    return msgspec.structs.replace(field, required=False, missing=True)


def _number(a: str, b: str) -> str | None:
    """The type of numbers that has all of two types, or ``None``."""
    whole = [one for one in (a, b) if one in _WHOLE]
    fractions = [one for one in (a, b) if one in _FRACTIONS]
    if len(whole) == 2:
        return "int64" if "uint64" not in whole else None
    if len(fractions) == 2:
        return max(fractions, key=_FRACTIONS.index)
    return "float64" if whole and fractions else None
