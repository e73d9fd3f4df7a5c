"""Datasets of numpy."""

from typing import Any

from runstone.data.dataset import Dataset, check_name, digest_of, place
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue


def from_numpy(
    features: Any, source: Any = None, targets: Any = None, name: str | None = None, digest: str | None = None
) -> Dataset:
    """A dataset of an array, or of a dict of arrays.

    Args:
        features: An array of any shape and dtype, or arrays by name.
        source: A path, a URL or a dict that says where it came from; the script itself if ``None``.
        targets: What is to be predicted, in the same form.
        name: A name for people; ``dataset`` if ``None``.
        digest: Told apart by this instead of a hash of the data.

    Raises:
        InvalidValue: ``features`` or ``targets`` is no array, or the source cannot be described.
        Unsupported: numpy is not installed.

    Example:
        >>> import numpy
        >>> from_numpy(numpy.arange(6.0).reshape(3, 2), name="six").schema["mlflow_tensorspec"]["features"]
        '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]'
    """
    wholes = {"features": _arrays("features", features)}
    if targets is not None:
        wholes["targets"] = _arrays("targets", targets)
    if digest is None:
        digest = digest_of(*(part for arrays in wholes.values() for named in arrays.items() for part in _bytes(*named)))
    source_type, described = place(source)
    profile: dict[str, Any] = {}
    for what, arrays in wholes.items():
        profile[f"{what}_shape"] = _each(arrays, lambda array: list(array.shape))
        profile[f"{what}_size"] = _each(arrays, lambda array: int(array.size))
        profile[f"{what}_nbytes"] = _each(arrays, lambda array: int(array.nbytes))
    schema = {"mlflow_tensorspec": {what: _spec(wholes.get(what)) for what in ("features", "targets")}}
    return Dataset(check_name(name), digest, source_type, described, schema, profile, features, targets)


def _arrays(what: str, given: Any) -> dict[str, Any]:
    import numpy as np

    named = given if isinstance(given, dict) else {"": given}
    for name, array in named.items():
        if not isinstance(array, np.ndarray):
            raise InvalidValue(
                f"the {what} of a dataset are an array of numpy, or arrays by name; got {shown(array)} "
                f"{f'for {name!r}, ' if name else ''}{a_class(array)}"
            )
    return named


def _bytes(name: str, array: Any) -> list[bytes]:
    import numpy as np

    described = f"{name} {array.dtype.str} {array.shape}".encode()
    if array.dtype.hasobject:
        return [described, *(repr(value).encode() for value in array.ravel().tolist())]
    return [described, np.ascontiguousarray(array).tobytes()]


def _each(arrays: dict[str, Any], value: Any) -> Any:
    return value(arrays[""]) if "" in arrays else {name: value(array) for name, array in arrays.items()}


def _spec(arrays: dict[str, Any] | None) -> str | None:
    import json

    if arrays is None:
        return None
    specs = []
    for name, array in arrays.items():
        tensor = {"dtype": str(array.dtype), "shape": [-1, *array.shape[1:]]}
        specs.append({**({"name": name} if name else {}), "type": "tensor", "tensor-spec": tensor})
    return json.dumps(specs)
