"""Two answers of a model to the same rows: how they differ, beyond what arithmetic explains."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

from runstone.entities.names import a_class

# By the length of the shorter type in bytes: how far two fractions may be apart, as a part of the expected one.
TOLERANCES = {2: 1e-2, 4: 1e-4, 8: 1e-6}
# Below this two fractions are the same, whatever part of the expected one it is.
ABSOLUTE = 1e-8
# How many differences are told of one answer.
_TOLD = 5


def differences(expected: Any, got: Any) -> list[str]:
    """How an answer differs from the expected one; empty where it does not.

    Fractions of 64 bits may differ by a millionth, of 32 bits by a ten-thousandth, of 16 bits by a hundredth of the
    expected one; all else is the same or is not.

    Args:
        expected: A frame, a series, an array, a sparse matrix, or dicts, lists and plain values with such in them.
        got: The other one.

    Example:
        >>> differences([0.5, 2.0], [0.5, 2.5])
        ['[1]: 2.5 instead of 2.0']
    """
    found = list(islice(_differences(expected, got, ""), _TOLD + 1))
    return [*found[:_TOLD], "and more"] if len(found) > _TOLD else found


def _differences(expected: Any, got: Any, place: str) -> Iterator[str]:
    if hasattr(expected, "columns") and hasattr(expected, "dtypes"):
        yield from _of_frames(expected, got, place)
    elif isinstance(expected, dict) and isinstance(got, dict):
        yield from _of_dicts(expected, got, place)
    elif isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        if len(expected) != len(got):
            yield f"{place}: {len(got)} values instead of {len(expected)}".lstrip(": ")
            return
        for number, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from _differences(one, other, f"{place}[{number}]")
    elif hasattr(expected, "nnz"):
        yield from _of_arrays(expected.toarray(), got.toarray() if hasattr(got, "nnz") else got, place)
    elif hasattr(expected, "shape") or hasattr(expected, "to_list"):
        yield from _of_arrays(expected, got, place)
    elif not _same(expected, got, TOLERANCES[8]):
        yield f"{place}: {got!r} instead of {expected!r}".removeprefix(": ")


def _of_dicts(expected: dict[str, Any], got: dict[str, Any], place: str) -> Iterator[str]:
    if expected.keys() != got.keys():
        yield f"{place}: the keys {sorted(got)} instead of {sorted(expected)}".removeprefix(": ")
        return
    for key, one in expected.items():
        yield from _differences(one, got[key], f"{place}[{key!r}]")


def _of_frames(expected: Any, got: Any, place: str) -> Iterator[str]:
    names = [str(name) for name in expected.columns]
    others = [str(name) for name in getattr(got, "columns", ())]
    if names != others:
        what = f"the columns {others}" if hasattr(got, "columns") else a_class(got)
        yield f"{place}: {what} instead of the columns {names}".removeprefix(": ")
        return
    for name, one, other in zip(names, expected.columns, got.columns, strict=True):
        yield from _of_arrays(expected[one], got[other], f"{place}column {name!r}")


def _of_arrays(expected: Any, got: Any, place: str) -> Iterator[str]:
    import numpy

    one, other = numpy.asarray(expected), numpy.asarray(got)
    if one.shape != other.shape:
        yield f"{place}: the shape {other.shape} instead of {one.shape}".removeprefix(": ")
        return
    tolerance = TOLERANCES[8]
    if one.dtype.kind in "fc" and other.dtype.kind in "fc":
        tolerance = TOLERANCES.get(min(one.dtype.itemsize, other.dtype.itemsize), tolerance)
        if numpy.allclose(other, one, rtol=tolerance, atol=ABSOLUTE, equal_nan=True):
            return
    for where, (left, right) in enumerate(zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)):
        if not _same(left, right, tolerance):
            yield f"{place} row {where}: {right!r} instead of {left!r}".strip()


def _same(expected: Any, got: Any, tolerance: float) -> bool:
    if isinstance(expected, float) and isinstance(got, float | int):
        if math.isnan(expected) or math.isnan(got):
            return math.isnan(expected) and math.isnan(got)
        return math.isclose(got, expected, rel_tol=tolerance, abs_tol=ABSOLUTE)
    if expected is got:
        return True
    try:
        return bool(expected == got) and isinstance(expected, bool) == isinstance(got, bool)
    except (TypeError, ValueError):  # an array or a frame in the place of a list
        return False
