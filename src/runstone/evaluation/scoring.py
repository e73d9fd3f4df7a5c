"""What the metrics of all types of models have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np

from runstone.evaluation.examples import FloatArray, IntArray


def told_error(error: Exception) -> str:
    """An error of somebody else's code, in one line that is not too long."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


@dataclass(frozen=True, slots=True)
class Scores:
    """Metrics of a model.

    Attributes:
        values: By name; those that are not defined are not there.
        better: Whether greater is better, by name; what is not there is neither.
        notes: What is not there, and why.
    """

    values: dict[str, float]
    better: Mapping[str, bool]
    notes: list[str] = field(default_factory=list)


class Weighed(Protocol):
    """Examples that may have weights."""

    def __len__(self) -> int: ...

    @property
    def weights(self) -> FloatArray | None:
        """How much each example counts, float64, shape (rows,); ``None`` where all count the same."""
        ...


class Judged(Weighed, Protocol):
    """Examples with what a model said of them."""

    def part(self, rows: Any) -> Self:
        """Some of the rows, by number or by a mask."""
        ...


def counted(examples: Weighed) -> IntArray:
    """Numbers of the rows that count, int64: one of weight 0 is as if it were not there."""
    if examples.weights is None:
        return np.arange(len(examples), dtype=np.int64)
    return np.flatnonzero(examples.weights).astype(np.int64)


class Quick(Protocol):
    """Metrics as a function of how much each example counts."""

    def __call__(self, weights: FloatArray) -> dict[str, float]:
        """The metrics; NaN where one is not defined.

        Args:
            weights: float64, shape (rows,), not negative.
        """
        ...
