"""The metrics of two runs beside each other."""

from collections.abc import Iterable, Mapping
from math import inf, isfinite, isnan

from msgspec import Struct, field

from runstone.errors import InvalidValue

# Rounding on another processor is no difference.
RTOL, ATOL = 1e-6, 1e-12
_SYSTEM = "system/"


class Tolerances(Struct, frozen=True):
    """How far the value of a metric may be from the first one: ``atol + rtol * |first|``.

    Attributes:
        rtol: Relative to the first value, >= 0; infinity lets any value pass.
        atol: Absolute, >= 0.
        rtol_of: The same for single metrics, by name.
        atol_of: The same for single metrics, by name.
    """

    rtol: float = RTOL
    atol: float = ATOL
    rtol_of: dict[str, float] = field(default_factory=dict)
    atol_of: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no tolerance.

        Raises:
            InvalidValue: One of them is negative or NaN.
        """
        for value in (self.rtol, self.atol, *self.rtol_of.values(), *self.atol_of.values()):
            if not value >= 0:
                raise InvalidValue(f"a tolerance is a number from 0; got {value!r}")

    def check_names(self, names: Iterable[str]) -> None:
        """Refuse a tolerance for what is no metric.

        Raises:
            InvalidValue: There is one.
        """
        unknown = sorted({*self.rtol_of, *self.atol_of} - {*names})
        if unknown:
            raise InvalidValue(f"a tolerance is given for {unknown[0]!r}, which is no metric of the run")

    def are_same(self, name: str, first: float, second: float) -> bool:
        """Whether two values of a metric count as the same; NaN is the same as NaN.

        Example:
            >>> Tolerances(rtol=0.1).are_same("loss", 1.0, 1.05)
            True
        """
        rtol, atol = self.rtol_of.get(name, self.rtol), self.atol_of.get(name, self.atol)
        if first == second or (isnan(first) and isnan(second)) or inf in {rtol, atol}:
            return True
        return isfinite(first) and isfinite(second) and abs(first - second) <= atol + rtol * abs(first)


class Compared(Struct, frozen=True):
    """One metric of both runs; ``None`` where a run has no value of it."""

    name: str
    first: float | None
    second: float | None
    is_same: bool


def compare(first: Mapping[str, float], second: Mapping[str, float], tolerances: Tolerances) -> list[Compared]:
    """The latest values of all metrics but those of the machine, by name.

    Args:
        first: Those of the original.
        second: Those of the repetition.
        tolerances: How far they may be apart; a metric that one run lacks is never the same.
    """
    names = sorted(name for name in {*first, *second} if not name.startswith(_SYSTEM))
    compared = []
    for name in names:
        old, new = first.get(name), second.get(name)
        is_same = old is not None and new is not None and tolerances.are_same(name, old, new)
        compared.append(Compared(name, old, new, is_same))
    return compared
