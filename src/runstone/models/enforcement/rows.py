"""Columns out of what is no frame: dicts, lists of rows, arrays and series."""

import math
from collections.abc import Mapping
from typing import Any

from runstone.entities.names import shown
from runstone.errors import SignatureMismatch
from runstone.models.enforcement.mismatch import wrong_kind
from runstone.models.fields import Field
from runstone.models.values import python_value

Columns = dict[Any, Any]


def from_array(data: Any, names: list[Any], what: str) -> Columns:
    """The columns of a series, of an array with fields, or of one with two axes, whose columns have no names."""
    if getattr(getattr(data, "dtype", None), "names", None):
        return {name: data[name] for name in data.dtype.names}
    if len(data.shape) == 1 and len(names) == 1:
        name = getattr(data, "name", None) or (0 if names == [0] else None)
        return {name: data}
    if len(data.shape) != 2:
        wanted = f"a frame with the columns {shown(names)}"
        raise wrong_kind(
            what, data, f"{wanted}; for one row, give a list with one dict" if len(data.shape) == 1 else wanted
        )
    _check_nameless(data, names, what)
    return {place: data[:, place] for place in range(data.shape[1])}


def _check_nameless(data: Any, names: list[Any], what: str) -> None:
    if names != list(range(len(names))):
        wanted = f"a frame with the columns {shown(names)}"
        raise wrong_kind(what, data, f"{wanted}; pandas.DataFrame(..., columns=[...]) gives names to what has none")


def from_dict(data: Mapping[Any, Any], fields: list[Field], what: str, *, one_row: bool) -> Columns:
    """The columns of a dict of columns, or of one row."""
    lists = {name for name, value in data.items() if _depth(value)}
    deep = [one for one in fields if one.type == "list" and one.name in data]
    if one_row or not lists or (deep and all(_depth(data[one.name]) <= _depth_of(one) for one in deep)):
        return {name: [python_value(value)] for name, value in data.items()}
    lengths = {len(data[name]) for name in lists}
    if len(lengths) > 1 or len(lists) < len(data):
        said = ", ".join(f"{name!r} has {len(data[name]) if name in lists else 'one value'}" for name in data)
        raise SignatureMismatch(
            f"the columns of the {what} differ in length: {said}; give each as many values as the others"
        )
    return {name: _column(value) for name, value in data.items()}


def _column(value: Any) -> Any:
    return python_value(value) if isinstance(value, list | tuple) else value


def _depth(value: Any) -> int:
    """How many lists stand in one another."""
    if hasattr(value, "shape"):
        return len(value.shape)
    if not isinstance(value, list | tuple):
        return 0
    return 1 + (_depth(value[0]) if value else 0)


def _depth_of(field: Field | None) -> float:
    if field is None or field.type != "list":
        return math.inf if field is not None and field.type == "any" else 0
    return 1 + _depth_of(field.items)


def from_list(data: Any, fields: list[Field], names: list[Any], what: str) -> Columns:
    """The columns of rows: dicts where columns have names, lists or single values where they have none.

    Args:
        data: The rows.
        fields: The columns that are wanted.
        names: Their names, or their places where they have none.
        what: ``input`` or ``output``, for the message.
    """
    named = fields[0].name is not None
    if named and all(isinstance(row, Mapping) for row in data):
        return _of_dicts(data, [one.name for one in fields])
    if named:
        _check_nameless(data, names, what)
    if len(names) == 1 and (_depth_of(fields[0]) or not all(_is_single(row) for row in data)):
        return {0: python_value(data)}
    for number, row in enumerate(data):
        if not isinstance(row, list | tuple) or len(row) < len(names):
            raise SignatureMismatch(
                f"row {number} of the {what} is {shown(row)}; wanted: a list with {len(names)} values", row=number
            )
    return {place: [python_value(row[place]) for row in data] for place in range(len(names))}


def _is_single(row: Any) -> bool:
    return isinstance(row, list | tuple) and len(row) == 1


def _of_dicts(data: Any, names: list[Any]) -> Columns:
    """The columns of dicts. What one lacks and others have is missing there; what nobody asks for is named alone."""
    there = {name: None for row in data for name in row} if data else dict.fromkeys(names)
    wanted = set(names)
    return {name: [python_value(row.get(name)) for row in data] if name in wanted else [] for name in there}


def dicts_of(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame of pandas, polars or Arrow, with ``None`` for what is missing."""
    if hasattr(frame, "to_dicts"):
        return list(frame.to_dicts())
    if hasattr(frame, "to_pylist"):
        return list(frame.to_pylist())
    return list(frame.astype(object).where(frame.notna(), None).to_dict("records"))
