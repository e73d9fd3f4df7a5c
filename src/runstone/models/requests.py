"""Requests to a served model: from their JSON to what the model predicts from."""

from collections.abc import Mapping
from typing import Any

import msgspec

from runstone.entities.names import shown
from runstone.errors import InvalidValue

_FRAMES = ("dataframe_split", "dataframe_records")
_VALUES = ("instances", "inputs")
_WANTED = "wanted: an object with one of " + ", ".join(map(repr, (*_FRAMES, *_VALUES))) + ", and perhaps 'params'"


def read(request: str | Mapping[str, Any], *, arrays: bool) -> tuple[Any, dict[str, Any] | None]:
    """The rows of a request, and its params.

    Args:
        request: JSON, or what it says.
        arrays: Whether lists become arrays; where a model has a signature, that says what becomes of them.

    Raises:
        InvalidValue: It is no such request.
    """
    if isinstance(request, str):
        try:
            request = msgspec.json.decode(request)
        except msgspec.DecodeError as error:
            raise InvalidValue(f"a request is JSON; got {shown(request)}: {error}") from error
    given: object = request
    if not isinstance(given, Mapping):
        raise InvalidValue(f"a request is JSON, {_WANTED}; got {shown(given)}")
    content = dict(given)
    params = content.pop("params", None)
    if len(content) != 1 or not {*content} & {*_FRAMES, *_VALUES}:
        raise InvalidValue(f"a request with {', '.join(map(repr, content)) or 'nothing'} cannot be read; {_WANTED}")
    if params is not None and not isinstance(params, dict):
        raise InvalidValue(f"'params' of a request is an object; got {shown(params)}")
    [(kind, rows)] = content.items()
    if kind in _FRAMES:
        return _frame(kind, rows), params
    return _arrays(rows) if arrays else rows, params


def _frame(kind: str, rows: Any) -> Any:
    import pandas

    try:
        if kind == "dataframe_split" and isinstance(rows, dict):
            return pandas.DataFrame(**{name: rows[name] for name in ("columns", "data", "index") if name in rows})
        if kind == "dataframe_records" and isinstance(rows, list):
            return pandas.DataFrame.from_records(rows)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InvalidValue(f"{kind!r} of a request makes no frame: {error}; got {shown(rows)}") from error
    raise InvalidValue(f"{kind!r} of a request makes no frame; got {shown(rows)}")


def _arrays(rows: Any) -> Any:
    import numpy

    if isinstance(rows, dict):
        return {name: _arrays(each) for name, each in rows.items()}
    try:
        return numpy.asarray(rows)
    except ValueError:  # lists of several lengths
        return rows
