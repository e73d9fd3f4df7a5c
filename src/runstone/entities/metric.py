"""A metric: one measured value of one run."""

from functools import lru_cache
from math import isfinite

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
            check_key("metric", key)
        if type(value) is not float:
            value = _as_float(key, value)
            force_setattr(self, "value", value)
        if not isfinite(value):
            force_setattr(self, "value", NonFinite(value))
        if type(timestamp) is not int or not 0 <= timestamp < 2**63:
            check_int64("the timestamp of a metric", timestamp, least=0)
        if type(step) is not int or not -(2**63) <= step < 2**63:
            check_int64("the step of a metric", step)


@lru_cache(maxsize=16384)
def _check_name(key: str) -> None:
    # With one argument, which is a string, a look-up costs half.
    check_key("metric", key)


def _as_float(key: str, value: object) -> float:
    # numpy, torch and tensorflow scalars all answer float(); a string does too, but is a mistake more often than not.
    if isinstance(value, str | bytes):
        raise InvalidValue(f"the metric {key!r} is a number; got {shown(value)}, {a_class(value)}")
    try:
        return float(value)  # type: ignore[arg-type]  # what has no __float__ is what the except is for
    except (TypeError, ValueError, OverflowError):
        raise InvalidValue(f"the metric {key!r} is a number; got {shown(value)}, {a_class(value)}") from None


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
