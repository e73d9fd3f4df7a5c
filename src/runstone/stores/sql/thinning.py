"""Curves with fewer points that look the same: the lowest and the highest of each stretch are kept."""

from collections.abc import Sequence
from math import isnan


def thin(values: Sequence[float], *, points: int) -> list[int]:
    """Choose at most ``points`` of the values of a curve.

    The values are cut into stretches of equal length. Of each stretch the first lowest and the first highest stay, and
    the first NaN where the curve has any; the first and the last value of all stay. The same values give the same
    choice every time.

    Args:
        values: float64 in the order of the curve; NaN marks a gap.
        points: Upper bound of the result's length, >= 4.

    Returns:
        Indices into ``values``, rising. All of them where there are no more than ``points``.

    Example:
        >>> thin([0.0, 1.0, 0.0, 9.0, 0.0, -9.0, 0.0, 1.0, 0.0], points=4)
        [0, 3, 5, 8]
    """
    size = len(values)
    if size <= points:
        return list(range(size))
    inner = size - 2
    has_gap = any(map(isnan, values))
    room = points - 2
    # A stretch gives two values, or three with a gap; with room for only two, the gap gives way.
    keeps_gaps = has_gap and room >= 3
    stretches = min(inner, room // (3 if keeps_gaps else 2))
    chosen = {0, size - 1}
    for number in range(stretches):
        start = 1 + number * inner // stretches
        end = 1 + (number + 1) * inner // stretches
        chosen |= _extremes(values[start:end], start, has_gap=has_gap, keeps_gaps=keeps_gaps)
    return sorted(chosen)


def _extremes(stretch: Sequence[float], start: int, *, has_gap: bool, keeps_gaps: bool) -> set[int]:
    numbers = [value for value in stretch if not isnan(value)] if has_gap else stretch
    found: set[int] = set()
    if numbers:
        found = {start + stretch.index(min(numbers)), start + stretch.index(max(numbers))}
    if len(numbers) < len(stretch) and (keeps_gaps or not numbers):
        found.add(start + next(index for index, value in enumerate(stretch) if isnan(value)))
    return found
