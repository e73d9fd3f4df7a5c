"""Training data described, at a price that does not grow with it."""

from dataclasses import replace
from typing import Any

from runstone import data
from runstone.data import Dataset
from runstone.data.dataset import check_name, digest_of, place

# A dataset with more cells is described by this many of them, in rows that are taken evenly; texts cost more.
_MOST_CELLS = 500_000
_MOST_TEXTS = 20_000


def describe(features: Any, targets: Any = None, *, name: str | None = None) -> Dataset | None:
    """A dataset of what was given to a training function; ``None`` where that is nothing that can be described.

    A large one is told apart by its shape and by rows that are taken evenly from it.

    Args:
        features: A frame, an array, a sparse matrix or a list.
        targets: What is to be predicted, for each row; or nothing.
        name: A name for people.
    """
    goals = None if targets is None else _array(targets)
    if hasattr(features, "tocsr") and hasattr(features, "nnz"):
        return _sparse(features, goals, name)
    if hasattr(features, "columns") and hasattr(features, "shape"):
        return _frame(features, goals, name)
    array = _array(features)
    if array is None:
        return None
    described = data.from_numpy(_some(array), None, None if goals is None else _some(goals), name=name)
    profile = _sizes("features", array) | ({} if goals is None else _sizes("targets", goals))
    if profile == described.profile:
        return described
    return replace(described, digest=digest_of(described.digest.encode(), repr(profile).encode()), profile=profile)


def _array(values: Any) -> Any:
    import numpy as np

    try:
        array = np.asarray(values)
    except (ValueError, TypeError, RuntimeError):  # lists of different lengths, or a tensor that NumPy cannot read
        return None
    return array if array.ndim else None


def _some(array: Any) -> Any:
    rows = len(array)
    cells = array.size // max(rows, 1)
    kept = max(1, (_MOST_TEXTS if array.dtype.kind in "OUS" else _MOST_CELLS) // max(cells, 1))
    return array if rows <= kept else array[_evenly(rows, kept)]


def _evenly(rows: int, kept: int) -> Any:
    import numpy as np

    return np.linspace(0, rows - 1, kept).astype(np.int64)


def _sizes(what: str, array: Any) -> dict[str, Any]:
    return {f"{what}_shape": list(array.shape), f"{what}_size": int(array.size), f"{what}_nbytes": int(array.nbytes)}


def _frame(frame: Any, goals: Any, name: str | None) -> Dataset | None:
    rows, columns = frame.shape
    has_texts = any(str(dtype) in {"object", "str", "string", "category", "String"} for dtype in frame.dtypes)
    kept = max(1, (_MOST_TEXTS if has_texts else _MOST_CELLS) // max(columns, 1))
    if hasattr(frame, "iloc"):
        few = frame if rows <= kept else frame.iloc[_evenly(rows, kept)]
        described = data.from_pandas(few, name=name, digest=_digest_of_numbers(few))
    elif type(frame).__module__.startswith("polars"):
        described = data.from_polars(frame if rows <= kept else frame[_evenly(rows, kept)], name=name)
    else:
        return None
    if goals is None and rows <= kept:
        return described
    more = (described.digest, rows, None if goals is None else data.from_numpy(_some(goals)).digest)
    profile = {"num_rows": rows, "num_elements": rows * columns}
    return replace(described, digest=digest_of(repr(more).encode()), profile=profile)


def _digest_of_numbers(frame: Any) -> str | None:
    """The digest of a frame whose columns are all of one kind of number, which is quick; ``None`` for another."""
    kinds = {str(dtype) for dtype in frame.dtypes}
    if len(kinds) != 1 or frame.dtypes.iloc[0].kind not in "biuf" or hasattr(frame.dtypes.iloc[0], "na_value"):
        return None
    names = [str(column) for column in frame.columns]
    return digest_of(repr((names, kinds, frame.shape)).encode(), frame.to_numpy().tobytes())


def _sparse(matrix: Any, goals: Any, name: str | None) -> Dataset:
    rows = matrix.tocsr()
    parts = [_some(values) for values in (rows.data, rows.indices, rows.indptr, *(() if goals is None else (goals,)))]
    digest = digest_of(repr(matrix.shape).encode(), *(part.tobytes() for part in parts))
    source_type, source = place(None)
    profile = {"features_shape": list(matrix.shape), "features_nonzeros": int(matrix.nnz)}
    return Dataset(check_name(name), digest, source_type, source, None, profile, None)
