"""What is removed for good, and how long ago a thing must have been deleted."""

import re

from msgspec import Struct, field

from runstone.entities.names import shown
from runstone.errors import InvalidValue

_AGE = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")
_SECONDS = (86_400, 3600, 60, 1)
_MOST_S = 100 * 365 * 86_400


class Emptied(Struct, frozen=True, kw_only=True):
    """What was in the trash and is gone, or would be.

    Attributes:
        experiment_ids: Ids of experiments, in order.
        run_ids: Ids of runs, those of the experiments included; the ones deleted first come first.
        logged_model_ids: Ids of logged models that were deleted by themselves; those of the experiments go untold.
        kept: What stays in the trash, each with the versions of registered models that have its files.
        left: Places of files that could not be removed yet, each with the reason; the next time tries again.
    """

    experiment_ids: list[str] = field(default_factory=list)
    run_ids: list[str] = field(default_factory=list)
    logged_model_ids: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def seconds_of(age: str | None) -> float:
    """The length of a time in seconds; 0 for ``None``.

    Args:
        age: Days, hours, minutes and seconds, in this order, as ``"30d"`` or ``"1d12h"``.

    Raises:
        InvalidValue: It cannot be read, or is over a hundred years.

    Example:
        >>> seconds_of("1h30m")
        5400.0
    """
    if age is None:
        return 0.0
    found = _AGE.fullmatch(age) if age else None
    total = sum(float(part or 0) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True)) if found else -1
    if not 0 <= total <= _MOST_S:
        raise InvalidValue(f"an age is days, hours, minutes and seconds, such as '30d' or '1d12h'; got {shown(age)}")
    return float(total)
