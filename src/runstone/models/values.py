"""One value against one field: whether it is of the type, and what it is then in Python's own classes."""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, cast

from runstone.entities.names import a_class, shown
from runstone.models.fields import Field

# The greatest whole number up to which a type of fractions has every one.
EXACT = {"float16": 2**11, "float32": 2**24, "float64": 2**53}
_SHOWN = 10  # levels in a message
# A time with more digits than microseconds have.
_FINER = re.compile(r"[.,]\d{6}\d*[1-9]")
LARGEST = {"float16": 65504.0, "float32": 3.4028234663852886e38, "float64": math.inf}


class NotOfType(ValueError):
    """A value is not of a type; the message goes on from a name, and ``path`` says where within the value."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.path = path

    @property
    def place(self) -> str:
        """The path as a sentence has it."""
        return f" at {self.path}," if self.path else ""


def bounds(kind: str) -> tuple[int, int] | None:
    """The least and the greatest value of a type of whole numbers; ``None`` for other types.

    Example:
        >>> bounds("int8"), bounds("uint16"), bounds("string")
        ((-128, 127), (0, 65535), None)
    """
    sign, digits = kind.startswith("int"), kind.removeprefix("u").removeprefix("int")
    if not digits.isdigit():
        return None
    bits = int(digits)
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if sign else (0, 2**bits - 1)


def is_missing(value: Any) -> bool:
    """Whether a value is one that stands for none: ``None``, NaN, NaT or NA."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in {"NaTType", "NAType"} or (
        type(value).__name__ == "datetime64" and str(value) == "NaT"
    )


def is_same(a: Any, b: Any) -> bool:
    """Whether two values are equal and of one class, also within lists and dicts.

    A number is a number, with a fraction or without; what is missing equals itself.
    """
    if a is b or (is_missing(a) and is_missing(b)):
        return True
    if type(a) is not type(b) and {type(a), type(b)} != {int, float}:
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(is_same(one, other) for one, other in zip(a, b, strict=True))
    if isinstance(a, dict):
        return list(a) == list(b) and all(is_same(one, b[key]) for key, one in a.items())
    return bool(a == b)


def python_value(value: Any) -> Any:
    """A value with arrays as lists and numpy's scalars as Python's, also within lists and dicts."""
    if isinstance(value, str | bytes | bool | int | float) and type(value).__module__ == "builtins":
        return value
    if isinstance(value, Mapping):
        return {key: python_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [python_value(one) for one in value]
    if type(value).__name__ in {"datetime64", "timedelta64"}:
        return value.astype(f"{type(value).__name__}[us]").item() if str(value) != "NaT" else None
    if hasattr(value, "tolist"):  # arrays and scalars of numpy, series of pandas
        return python_value(value.tolist())
    if hasattr(value, "model_dump"):  # instances of classes of pydantic
        return python_value(value.model_dump(exclude_unset=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return python_value(dataclasses.asdict(value))
    return value.value if isinstance(value, Enum) else value


def level(value: Any) -> Any:
    """A level of a category as ``schema.json`` has it: times as texts, intervals as their two ends."""
    if hasattr(value, "left") and hasattr(value, "right"):
        return (level(value.left), level(value.right))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | bool | int | float) else str(value)


def value_of(field: Field, value: Any) -> Any:
    """A value as a field has it.

    Args:
        field: What is wanted.
        value: A value of Python, as ``python_value`` makes it.

    Raises:
        NotOfType: It cannot be that without a change.
    """
    if field.type == "any":
        return value
    if is_missing(value):
        if field.nullable or (isinstance(value, float) and field.type in LARGEST):
            return value
        raise NotOfType(
            f"is missing; wanted: {said(field)}, which the signature does not let be missing; "
            "fill it, or log the model with an example in which one is missing"
        )
    if bounds(field.type):
        return _whole(field, value)
    reader = _READERS.get(field.type)
    return value if reader is None else reader(field, value)


def said(field: Field) -> str:
    """The type of a field as messages tell it."""
    match field.type:
        case "list" if field.items is not None:
            return f"list of {said(field.items)}"
        case "map" if field.items is not None:
            return f"dict of {said(field.items)}"
        case "category":
            return f"category with the levels {shown(list(field.levels or ()))}"
        case "timestamp" if field.zone:
            return f"timestamp in the zone {field.zone}"
    return field.type


def _wrong(field: Field, value: Any) -> NotOfType:
    return NotOfType(f"is {shown(value)}, {a_class(value)}; wanted: {said(field)}")


def _truth(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(field, value)
    return value


def _whole(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _wrong(field, value)
    if not isinstance(value, int) and (not math.isfinite(value) or value != int(value)):
        raise NotOfType(f"is {value}, which is no whole number; wanted: {said(field)}")
    least, greatest = bounds(field.type) or (0, 0)
    if not least <= value <= greatest:
        raise NotOfType(f"is {value}, which is out of the range of {field.type}, {least} to {greatest}")
    return int(value)


def _fraction(field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(field, value)
    if isinstance(value, int) and abs(value) > EXACT[field.type] and int(float(value)) != value:
        raise NotOfType(
            f"is {value}, which {field.type} cannot hold exactly; convert it with float() if that does not matter"
        )
    if math.isfinite(value) and abs(value) > LARGEST[field.type]:
        raise NotOfType(f"is {value}, which is out of the range of {field.type}, up to {LARGEST[field.type]:.4g}")
    return float(value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(field, value)
    return value


def _bytes(field: Field, value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise _wrong(field, value)
    return bytes(value)


def _day(field: Field, value: Any) -> Any:
    found = _read_time(value) if isinstance(value, str) else value
    if not isinstance(found, date):
        raise _wrong(field, value)
    return found


def _moment(field: Field, value: Any) -> Any:
    found = _day(field, value)
    zone = getattr(found, "tzinfo", None)
    if field.zone and zone is None:
        raise NotOfType(
            f"is {found}, without a time zone; wanted: {said(field)}; give it one, as .dt.tz_localize() does"
        )
    if field.resolution and not field.zone and zone is not None:
        raise NotOfType(
            f"is {found}, with a time zone; wanted: {said(field)} without one; "
            "take it off, as .dt.tz_localize(None) does"
        )
    return found


def _read_time(text: str) -> date:
    try:
        if _FINER.search(text):
            import pandas as pd

            return cast("date", pd.Timestamp(text))  # a time of Python has no nanoseconds
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise NotOfType(
            f"is {shown(text)}, which is no time; wanted: one such as '2026-01-31' or '2026-01-31T12:30:00'"
        ) from None


def _of_class(*names: str) -> Callable[[Field, Any], Any]:
    """A reader of values of classes that only their own library has."""

    def read(field: Field, value: Any) -> Any:
        if type(value).__name__ not in names:
            raise _wrong(field, value)
        return value

    return read


def _of(kind: type) -> Callable[[Field, Any], Any]:
    def read(field: Field, value: Any) -> Any:
        if not isinstance(value, kind):
            raise _wrong(field, value)
        return value

    return read


@lru_cache
def places_of(field: Field) -> dict[Any, int]:
    """The place of each level of a category."""
    return {_key(one): number for number, one in enumerate(field.levels or ())}


def place_of(field: Field, value: Any) -> int | None:
    """The place of a value among the levels of a category; ``None`` if it is none of them."""
    try:
        return places_of(field).get(_key(level(value)))
    except TypeError:  # a list or a dict
        return None


def _key(one: Any) -> Any:
    """A level as it is told from others: a truth is no number."""
    return (bool, one) if isinstance(one, bool) else one


def _level(field: Field, value: Any) -> Any:
    if place_of(field, value) is None:
        levels = list(field.levels or ())
        known = ", ".join(map(repr, levels[:_SHOWN]))
        more = f" and {len(levels) - _SHOWN} more" if len(levels) > _SHOWN else ""
        told = value if isinstance(value, list | dict) else level(value)
        raise NotOfType(f"is {shown(told)}, which is none of the levels {known}{more}")
    return value


def _list(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or field.items is None:
        raise _wrong(field, value)
    return [_within(f"[{number}]", field.items, one) for number, one in enumerate(value)]


def _map(field: Field, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or field.items is None:
        raise _wrong(field, value)
    return {key: _within(f"[{key!r}]", field.items, one) for key, one in value.items()}


def _struct(field: Field, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(field, value)
    wanted = {one.name: one for one in field.fields or ()}
    if extra := [key for key in value if key not in wanted]:
        raise NotOfType(f"has the keys {shown(extra)}, which are not known; wanted: {shown(list(wanted))}")
    if absent := [name for name, one in wanted.items() if one.required and name not in value]:
        raise NotOfType(f"has no {shown(absent[0])}; wanted: an object with {shown(list(wanted))}")
    return {key: _within(f"[{key!r}]", wanted[key], one) for key, one in value.items()}


def _within(step: str, field: Field, value: Any) -> Any:
    try:
        return value_of(field, value)
    except NotOfType as error:
        raise NotOfType(str(error), f"{step}{error.path}") from None


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "bool": _truth,
    "float16": _fraction,
    "float32": _fraction,
    "float64": _fraction,
    "string": _text,
    "binary": _bytes,
    "date": _day,
    "timestamp": _moment,
    "decimal": _of_class("Decimal", "int"),
    "complex64": _of_class("complex", "float", "int"),
    "complex128": _of_class("complex", "float", "int"),
    "period": _of_class("Period"),
    "interval": _of_class("Interval"),
    "time": _of(time),
    "duration": _of(timedelta),
    "category": _level,
    "list": _list,
    "map": _map,
    "struct": _struct,
}
