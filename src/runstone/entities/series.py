"""A series: the values of one metric of one run as columns."""

from math import isfinite

from msgspec import Struct, field
from msgspec.structs import force_setattr

from runstone.entities.metric import NonFinite, RunMetric


class Series(Struct, frozen=True):
    """The values of one metric of one run, as three lists of one length.

    Attributes:
        run_id: The run.
        key: Name of the metric.
        steps: Training steps, int64.
        timestamps: Milliseconds since the Unix epoch, UTC.
        values: float64; NaN and both infinities are kept as they are.
    """

    run_id: str
    key: str
    steps: list[int] = field(default_factory=list)
    timestamps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        # What is not finite makes the sum so; a sum that overflows costs a look at each value, and no more.
        if not isfinite(sum(self.values)):
            words = [value if isfinite(value) else NonFinite(value) for value in self.values]
            force_setattr(self, "values", words)

    def as_metrics(self) -> list[RunMetric]:
        """The same with an object for each value, as MLflow's answers about several runs have it."""
        points = zip(self.values, self.timestamps, self.steps, strict=True)
        return [RunMetric(self.key, value, timestamp, step, self.run_id) for value, timestamp, step in points]
