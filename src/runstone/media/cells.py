"""The cells of tables as JSON, each number exactly."""

import json
import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

# A number of JSON that is too large for any float, hence read as infinity by Python, pandas and browsers.
_INFINITY = "1e999"
# Largest integer below which a float holds each one.
_FLOAT_HOLDS = 2**53


def to_json(value: Any) -> str:
    """A value as JSON.

    Args:
        value: What a cell or the name of a column may be. Numbers keep each digit; NaN and what pandas calls missing
            become ``null``; an infinity becomes ``1e999``; times become ISO 8601, arrays and sets lists; other foreign
            values their text.

    Raises:
        UnicodeDecodeError: Bytes are no UTF-8.
        RecursionError: A list or dict holds itself.
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Real) and not _is_duration(value):
        return str(int(value)) if isinstance(value, Integral) else _of_float(float(value))
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{to_json(str(key))}:{to_json(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple | AbstractSet):
        return of_list(value)
    return _of_foreign(value)


def of_list(values: Iterable[Any]) -> str:
    """Values as a list of JSON; raises what :func:`to_json` raises."""
    return f"[{','.join(map(to_json, values))}]"


def would_round(values: Iterable[Any]) -> bool:
    """Whether numpy would make floats of integers that no float holds, since other things stand beside them."""
    is_wide = is_mixed = False
    for value in values:
        if not isinstance(value, Integral) or _is_duration(value):
            is_mixed = True
        elif not -_FLOAT_HOLDS <= int(value) <= _FLOAT_HOLDS:
            is_wide = True
    return is_wide and is_mixed


def _is_duration(value: Any) -> bool:
    """Whether it is a ``timedelta64`` of numpy, which numpy takes for an integer."""
    return getattr(getattr(value, "dtype", None), "kind", "") == "m"


def _of_float(value: float) -> str:
    if math.isnan(value):
        return "null"
    if math.isinf(value):
        return _INFINITY if value > 0 else f"-{_INFINITY}"
    return repr(value)


def _of_foreign(value: Any) -> str:
    import numpy as np
    import pandas as pd

    if value is pd.NaT or value is pd.NA:
        return "null"
    if isinstance(value, np.datetime64):
        return to_json(pd.Timestamp(value))
    if isinstance(value, timedelta | np.timedelta64):
        length: Any = pd.Timedelta(value)
        return "null" if length is pd.NaT else to_json(length.isoformat())
    if isinstance(value, datetime | date | time):
        return to_json(value.isoformat())
    if isinstance(value, Decimal):
        return _of_decimal(value)
    if isinstance(value, bytes | bytearray):
        return to_json(value.decode())
    if isinstance(value, np.ndarray) and value.ndim:
        return of_list(value)
    return to_json(value.tolist() if hasattr(value, "tolist") else str(value))


def _of_decimal(value: Decimal) -> str:
    """A number where a float holds all digits, else their text."""
    nearest = float(value)
    return _of_float(nearest) if value.is_nan() or Decimal(repr(nearest)) == value else to_json(str(value))
