"""Requests to a served model: from their JSON to what the model predicts from."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.models.datatypes import DataType
from runstone.models.signature import ModelSignature
from runstone.models.values import is_missing

_FRAMES = ("dataframe_split", "dataframe_records")
_VALUES = ("instances", "inputs")
_WANTED = "wanted: an object with one of " + ", ".join(map(repr, (*_FRAMES, *_VALUES))) + ", and perhaps 'params'"


def read(request: str | Mapping[str, Any], *, signature: ModelSignature | None) -> tuple[Any, dict[str, Any] | None]:
    """The rows of a request, and its params.

    Args:
        request: JSON, or what it says; in it may be ``NaN`` and infinities, as MLflow writes them.
        signature: The signature of the model; without one, lists become arrays.

    Raises:
        InvalidValue: It is no such request.
    """
    if isinstance(request, str):
        try:
            request = json.loads(request)
        except (ValueError, RecursionError) as error:
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
        return with_bytes(_frame(kind, rows), signature), params
    return arrays(rows) if signature is None else rows, params


def with_bytes(frame: Any, signature: ModelSignature | None) -> Any:
    """A frame with bytes where JSON has them as texts, in base64.

    Args:
        frame: A frame of pandas; changed.
        signature: Says which columns are of bytes.

    Raises:
        ValueError: Some text is no base64.
    """
    inputs = () if signature is None or signature.inputs is None else signature.inputs
    for each in inputs:
        if each.type is DataType.binary and each.name in frame.columns:
            frame[each.name] = [_bytes(one) for one in frame[each.name]]
    return frame


def _bytes(value: Any) -> Any:
    if isinstance(value, str):
        return base64.b64decode(value)
    return None if is_missing(value) else value


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


def arrays(rows: Any) -> Any:
    """Lists as arrays, also those of a dict; one of several lengths stays a list."""
    import numpy

    if isinstance(rows, dict):
        return {name: arrays(each) for name, each in rows.items()}
    try:
        return numpy.asarray(rows)
    except ValueError:
        return rows
