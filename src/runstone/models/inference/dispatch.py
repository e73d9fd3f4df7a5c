"""Which library holds some data, and the schema that it has."""

from collections.abc import Mapping
from typing import Any

from runstone.errors import InvalidSignature
from runstone.models.fields import Field
from runstone.models.inference import arrow, pandas, polars
from runstone.models.inference.values import field_of_value, merged
from runstone.models.schema import ColSpec, Schema, TensorSpec

_LIBRARIES = {"pandas", "polars", "pyarrow", "numpy", "scipy"}


def library_of(data: object) -> str | None:
    """The library of frames or arrays that a value is of, or ``None``."""
    for kind in type(data).__mro__:
        root = kind.__module__.partition(".")[0]
        if root in _LIBRARIES:
            return root
    return None


def schema_of(data: Any) -> Schema:
    """The schema of data: columns of what is a table, tensors of what is an array.

    Raises:
        InvalidSignature: It is a table without columns.
    """
    match library_of(data):
        case "pandas" if pandas.is_columnar(data):
            return pandas.schema_of(data)
        case "polars":
            return polars.schema_of(data)
        case "pyarrow" if arrow.is_columnar(data):
            return arrow.schema_of(data)
        case "numpy" if hasattr(data, "dtype") and data.ndim > 0:
            return _of_array(data)
        case "scipy" if hasattr(data, "nnz"):
            return Schema([tensor_of(data)], container="scipy")
    if isinstance(data, Mapping):
        return _of_dict(data)
    if isinstance(data, list | tuple):
        return _of_list(data)
    return Schema([ColSpec.from_field(field_of_value(data))], container="value")


def tensor_of(data: Any, name: str | None = None) -> TensorSpec:
    """The tensor that an array or a sparse matrix is, of any length."""
    sparse = data.format if hasattr(data, "nnz") else None
    return TensorSpec(data.dtype, (-1, *data.shape[1:]), name, sparse=sparse)


def _of_array(data: Any) -> Schema:
    if data.dtype.names is None:
        return Schema([tensor_of(data)], container="numpy")
    columns = [_column_of(data[name], name) for name in data.dtype.names]
    return Schema(map(ColSpec.from_field, columns), container="numpy")


def _column_of(array: Any, name: str) -> Field:
    if array.ndim > 1 or array.dtype.names is not None:
        return merged([field_of_value(one) for one in array.tolist()], name)
    return pandas.field_of(pandas.series_of(array), name)


def _of_dict(data: Mapping[Any, Any]) -> Schema:
    if not data:
        raise InvalidSignature("a signature cannot be made of an empty dict; give one with its keys and values")
    if all(library_of(one) == "numpy" and getattr(one, "ndim", 0) > 0 for one in data.values()):
        return Schema([tensor_of(one, str(name)) for name, one in data.items()], container="dict")
    if not all(isinstance(name, str) for name in data):
        return Schema([ColSpec.from_field(field_of_value(data))], container="value")
    return Schema([ColSpec.from_field(field_of_value(one, name)) for name, one in data.items()], container="dict")


def _of_list(data: list[Any] | tuple[Any, ...]) -> Schema:
    found = merged([field_of_value(one) for one in data])
    if found.type == "struct" and found.fields:
        return Schema(map(ColSpec.from_field, found.fields), container="list")
    return Schema([ColSpec.from_field(found)], container="list")
