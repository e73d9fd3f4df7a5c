"""Fields of single values of Python and numpy, and of several taken together."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from runstone.models.fields import Field, Name, field
from runstone.models.values import EXACT, bounds, is_missing, python_value

ANY = field("any")
# What a number of one type and one of another are together, from the narrowest on.
_WHOLE = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
_FRACTIONS = ("float16", "float32", "float64")


def field_of_value(value: Any, name: Name | None = None) -> Field:
    """The field of one value."""
    if is_missing(value):
        return field("null", name, missing=True)
    if isinstance(value, Mapping):
        return _of_mapping(value, name)
    if isinstance(value, list | tuple):
        return field("list", name, items=merged(field_of_value(one) for one in value))
    if getattr(value, "ndim", 0) > 0 and _has_dtype(value):
        return field("list", name, items=_of_array(value))
    return field(name=name, **_plain(value))


def _has_dtype(value: Any) -> bool:
    """Whether a value has a dtype of numpy, or of pandas; tensors of other libraries have what is none."""
    return hasattr(getattr(value, "dtype", None), "kind")


def _plain(value: Any) -> dict[str, Any]:
    if _has_dtype(value):  # a scalar of numpy
        return _of_numpy(value)
    if isinstance(value, datetime):
        zone = None if value.tzinfo is None else str(value.tzinfo)
        return {"type": "timestamp", "zone": zone}
    if isinstance(value, int) and not isinstance(value, bool):
        fits = "int64" if -(2**63) <= value < 2**63 else "uint64" if 0 <= value < 2**64 else "any"
        return {"type": fits, "range": None if fits == "any" else (value, value)}
    for kind, word in _WORDS:
        if isinstance(value, kind):
            return {"type": word}
    return {"type": "any"}


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
    return {"type": "any"}


def _of_array(array: Any) -> Field:
    """What an array holds: of its first axis."""
    if array.ndim > 1:
        inner = _of_array(array[0]) if len(array) else ANY
        return field("list", items=inner)
    if array.dtype.kind in "OV":
        return merged(field_of_value(one) for one in array.tolist())
    return field(**type_of_numpy(array.dtype))


def _of_mapping(value: Mapping[Any, Any], name: Name | None) -> Field:
    if not value:
        return field("map", name, items=ANY)
    if not all(isinstance(key, str) for key in value):
        return field("any", name)
    return field("struct", name, fields=tuple(field_of_value(one, key) for key, one in value.items()))


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
        return msgspec.structs.replace(known, missing=True, nullable=True, required=required)
    if a.type == b.type:
        return _same_type(a, b, missing=missing, required=required)
    word = _number(a, b)
    if word is None and {a.type, b.type} == {"date", "timestamp"}:
        word = "timestamp"
    if word is None:
        return msgspec.structs.replace(ANY, name=a.name, required=required)
    ends = _both_ranges(a.range, b.range) if word in _WHOLE else None
    return field(word, a.name, missing=missing, required=required, range=ends)


def _same_type(a: Field, b: Field, *, missing: bool, required: bool) -> Field:
    changes: dict[str, Any] = {"missing": missing, "nullable": a.nullable or b.nullable, "required": required}
    if a.items is not None and b.items is not None:
        changes["items"] = _both(a.items, b.items)
    if a.fields is not None and b.fields is not None:
        changes["fields"] = _all_fields(a.fields, b.fields)
    if a.zone != b.zone:
        changes["zone"] = None
    changes["range"] = _both_ranges(a.range, b.range)
    return msgspec.structs.replace(a, **changes)


def _both_ranges(a: tuple[Any, Any] | None, b: tuple[Any, Any] | None) -> tuple[Any, Any] | None:
    return None if a is None or b is None else (min(a[0], b[0]), max(a[1], b[1]))


def _all_fields(a: tuple[Field, ...], b: tuple[Field, ...]) -> tuple[Field, ...]:
    others = {one.name: one for one in b}
    found = [_both(one, others.pop(one.name)) if one.name in others else _optional(one) for one in a]
    return (*found, *map(_optional, others.values()))


def _optional(one: Field) -> Field:
    return msgspec.structs.replace(one, required=False, nullable=True, missing=True)


def _number(a: Field, b: Field) -> str | None:
    """The type of numbers that has all of two fields, or ``None``."""
    whole = [one for one in (a, b) if one.type in _WHOLE]
    fractions = [one.type for one in (a, b) if one.type in _FRACTIONS]
    if len(whole) == 2:
        return "int64" if "uint64" not in (a.type, b.type) else None
    if len(fractions) == 2:
        return max(fractions, key=_FRACTIONS.index)
    return "float64" if whole and fractions and all(map(_is_exact, whole)) else None


def _is_exact(one: Field) -> bool:
    """Whether a type of fractions has every whole number of a field."""
    least, greatest = one.range or bounds(one.type) or (0, 0)
    return bool(max(-least, greatest) <= EXACT["float64"])
