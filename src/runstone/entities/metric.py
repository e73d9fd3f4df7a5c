"""A metric: one measured value of one run."""

from contextlib import suppress
from functools import lru_cache
from math import isfinite
from numbers import Real
from operator import index
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from runstone.entities.names import a_class, check_int64, check_key, shown
from runstone.errors import InvalidValue


class NonFinite(float):
    """NaN or an infinity; a type of its own, so that JSON can write it as the word MLflow's clients read."""

    __slots__ = ()


class Metric(Struct, frozen=True, gc=False):
    """One measured value of one run.

    Attributes:
        key: Name, 1 to 250 characters.
        value: float64; NaN and both infinities are kept as they are.
        timestamp: Milliseconds since the Unix epoch, UTC, >= 0.
        step: Training step, an int64.
    """

    key: str
    value: float
    timestamp: int
    step: int = 0

    def __post_init__(self) -> None:
        # Each field is read once: a batch has thousands of metrics.
        key, value, timestamp, step = self.key, self.value, self.timestamp, self.step
        if type(key) is str:
            _check_name(key)
        else:
            key = check_key("metric", key)
            force_setattr(self, "key", key)
        if type(value) is not float:
            value = _as_float(key, value)
            force_setattr(self, "value", value)
        if not isfinite(value):
            force_setattr(self, "value", NonFinite(value))
        if type(timestamp) is not int or not 0 <= timestamp < 2**63:
            timestamp = timestamp_of(timestamp)
            check_int64("the timestamp of a metric", timestamp, least=0)
            force_setattr(self, "timestamp", timestamp)
        if type(step) is not int or not -(2**63) <= step < 2**63:
            step = step_of(step)
            check_int64("the step of a metric", step)
            force_setattr(self, "step", step)


@lru_cache(maxsize=16384)
def _check_name(key: str) -> None:
    # With one argument, which is a string, a look-up costs half.
    check_key("metric", key)


def _as_float(key: str, value: object) -> float:
    try:
        number = _only_element(value)
        # numpy, torch and tensorflow scalars all answer float(); a string does too, but is a mistake more often than
        # not.
        if isinstance(number, str | bytes):
            raise TypeError
        return float(number)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # torch raises the last for several elements
        raise InvalidValue(f"the metric {key!r} is a number; got {shown(value)}, {a_class(value)}") from None


def _only_element(value: Any) -> Any:
    """What an array, a tensor or a series of one element holds; anything else as it is."""
    has_axes = len(getattr(value, "shape", ())) > 0 and hasattr(value, "item")
    return value.item() if has_axes else value


def step_of(value: object) -> int:
    """The step of a metric, out of any library's integer or a float that is whole.

    Raises:
        InvalidValue: It is none.
    """
    return _whole("the step of a metric", value, cuts=False)


def timestamp_of(value: object) -> int:
    """The time of a metric, out of any library's integer or a float, which is cut to whole milliseconds.

    Raises:
        InvalidValue: It is none.
    """
    return _whole("the timestamp of a metric", value, cuts=True)


def _whole(what: str, value: Any, *, cuts: bool) -> int:
    if not isinstance(value, bool):
        with suppress(TypeError):
            return index(value)
        if isinstance(value, Real):
            number = float(value)
            if isfinite(number) and (cuts or number.is_integer()):
                return int(number)
    raise InvalidValue(f"{what} is an integer; got {shown(value)}, {a_class(value)}")


class StoredMetric(Struct, frozen=True, gc=False):
    """A metric that our own tables gave, hence without checks: a history may have millions. Its JSON is a metric's.

    Attributes:
        key: Name.
        value: float64; a ``NonFinite`` where it is NaN or infinite.
        timestamp: Milliseconds since the Unix epoch, UTC.
        step: Training step, an int64.
    """

    key: str
    value: float
    timestamp: int
    step: int


class RunMetric(Struct, frozen=True, gc=False):
    """A metric that names its run, as answers about several runs need.

    Attributes:
        key: Name of the metric.
        value: float64; NaN and both infinities are kept as they are.
        timestamp: Milliseconds since the Unix epoch, UTC.
        step: Training step, an int64.
        run_id: The run it belongs to.
    """

    key: str
    value: float
    timestamp: int
    step: int
    run_id: str

    def __post_init__(self) -> None:
        if not isfinite(self.value):
            force_setattr(self, "value", NonFinite(self.value))
