"""The schema of a model's input or output: columns or tensors, in MLflow's words and JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from runstone.entities.names import shown
from runstone.errors import InvalidSignature
from runstone.models.datatypes import (
    AnyType,
    Array,
    DataType,
    Json,
    Map,
    Object,
    Property,
    SparkMLVector,
    Value,
    ValueType,
    as_type,
    type_from_dict,
)
from runstone.models.fields import Field, Name, field_of
from runstone.models.params import ParamSchema, ParamSpec, read_json

__all__ = [
    "AnyType",
    "Array",
    "ColSpec",
    "DataType",
    "Map",
    "Object",
    "ParamSchema",
    "ParamSpec",
    "Property",
    "Schema",
    "SparkMLVector",
    "TensorSpec",
]


class ColSpec(Value):
    """A column: its type, its name, and whether it has to be there.

    Args:
        type: Its type, or the name of that.
        name: Its name; ``None`` where columns are told by their places.
        required: Whether the column has to be there. Of one that has not, values may be missing too.
        facts: What else is known: two columns are equal whether or not it is.

    Example:
        >>> ColSpec("long", "age", required=False).to_dict()
        {'type': 'long', 'name': 'age', 'required': False}
    """

    _parts = ("type", "name", "required")
    type: ValueType
    name: Name | None
    required: bool
    facts: Field | None

    def __init__(
        self,
        type: ValueType | str,
        name: Name | None = None,
        required: bool = True,  # noqa: FBT001, FBT002  # as MLflow's
        *,
        facts: Field | None = None,
    ) -> None:
        self._set(type=as_type(type))
        given: Any = name
        self._set(name=tuple(given) if isinstance(given, list) else given, required=bool(required), facts=facts)

    def __repr__(self) -> str:
        need = "required" if self.required else "optional"
        return f"{self.type!r} ({need})" if self.name is None else f"{self.name!r}: {self.type!r} ({need})"

    @property
    def field(self) -> Field:
        """All that is known of the column."""
        return self.facts or field_of(self.type, self.name, required=self.required)

    def to_dict(self) -> Json:
        """The column in MLflow's JSON."""
        name = {} if self.name is None else {"name": list(self.name) if isinstance(self.name, tuple) else self.name}
        return {**self.type.to_dict(), **name, "required": self.required}

    @classmethod
    def from_json_dict(cls, /, **kwargs: Any) -> Self:
        """The column that some JSON of MLflow describes.

        Raises:
            InvalidSignature: It describes none.
        """
        return cls(type_from_dict(kwargs), kwargs.get("name"), kwargs.get("required", True))

    @classmethod
    def from_field(cls, found: Field) -> Self:
        """The column that a field describes."""
        return cls(found.value_type, found.name, found.required, facts=found)


class TensorSpec(Value):
    """An array: its dtype, its shape, and its name where there are several.

    Args:
        type: A dtype of numpy, or its name.
        shape: Its shape, with -1 for a length that differs from call to call.
        name: Its name.
        sparse: How a sparse matrix was kept, such as ``csr``; two tensors are equal whether or not it is known.

    Example:
        >>> TensorSpec("float32", (-1, 4)).to_dict()
        {'type': 'tensor', 'tensor-spec': {'dtype': 'float32', 'shape': [-1, 4]}}
    """

    _parts = ("type", "shape", "name")
    type: Any
    shape: tuple[int, ...]
    name: str | None
    sparse: str | None

    def __init__(self, type: Any, shape: Iterable[int], name: str | None = None, *, sparse: str | None = None) -> None:
        lengths = _lengths(shape)
        self._set(type=_dtype(type), shape=lengths, name=name, sparse=sparse)

    def __repr__(self) -> str:
        said = f"Tensor({self.type_name!r}, {self.shape})"
        return said if self.name is None else f"{self.name!r}: {said}"

    @property
    def required(self) -> bool:
        """A tensor has to be there."""
        return True

    @property
    def type_name(self) -> str:
        """The dtype by its name, texts and bytes without a length."""
        return {"U": "str", "S": "bytes"}.get(self.type.kind, str(self.type))

    def to_dict(self) -> Json:
        """The tensor in MLflow's JSON."""
        name = {} if self.name is None else {"name": self.name}
        return {**name, "type": "tensor", "tensor-spec": {"dtype": self.type_name, "shape": list(self.shape)}}

    @classmethod
    def from_json_dict(cls, /, **kwargs: Any) -> Self:
        """The tensor that some JSON of MLflow describes.

        Raises:
            InvalidSignature: It describes none.
        """
        spec = kwargs.get("tensor-spec")
        if not isinstance(spec, Mapping) or not {"dtype", "shape"} <= set(spec):
            raise InvalidSignature(f"a tensor has a 'tensor-spec' with 'dtype' and 'shape'; got {shown(kwargs)}")
        return cls(spec["dtype"], spec["shape"], kwargs.get("name"))


Spec = ColSpec | TensorSpec


class Schema:
    """The columns or the tensors that go into a model, or come out.

    Args:
        inputs: All columns, or all tensors, all with a name or none with one.
        container: What held the data that the schema was made from, such as ``pandas``.

    Raises:
        InvalidSignature: There are none, or they do not go together.

    Example:
        >>> schema = Schema([ColSpec("long", "age"), ColSpec("string", "town", required=False)])
        >>> schema.input_names(), schema.required_input_names()
        (['age', 'town'], ['age'])
        >>> Schema.from_json(schema.to_json()) == schema
        True
    """

    def __init__(self, inputs: Iterable[Spec], *, container: str | None = None) -> None:
        self.inputs = _checked(list(inputs))
        self.container = container
        self.plan: Any = None  # what enforcement finds out once about it

    def __repr__(self) -> str:
        return repr(self.inputs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.inputs == other.inputs

    def __hash__(self) -> int:
        return hash(tuple(self.inputs))

    def __iter__(self) -> Iterator[Spec]:
        return iter(self.inputs)

    def __len__(self) -> int:
        return len(self.inputs)

    def is_tensor_spec(self) -> bool:
        """Whether it is of tensors."""
        return isinstance(self.inputs[0], TensorSpec)

    def has_input_names(self) -> bool:
        """Whether they have names."""
        return self.inputs[0].name is not None

    def input_names(self) -> list[Any]:
        """The names; the places where there are no names."""
        return [number if one.name is None else one.name for number, one in enumerate(self.inputs)]

    def required_input_names(self) -> list[Any]:
        """The names of what has to be there."""
        return [name for name, one in zip(self.input_names(), self.inputs, strict=True) if one.required]

    def optional_input_names(self) -> list[Any]:
        """The names of what may be absent."""
        return [name for name, one in zip(self.input_names(), self.inputs, strict=True) if not one.required]

    def input_types(self) -> list[Any]:
        """The types: dtypes of numpy if it is of tensors."""
        return [one.type for one in self.inputs]

    def input_dict(self) -> dict[Any, Spec]:
        """Columns or tensors by name.

        Raises:
            InvalidSignature: They have no names.
        """
        if not self.has_input_names():
            raise InvalidSignature("a schema without names has no dict by name; `inputs` is the list of its parts")
        return {one.name: one for one in self.inputs}

    def input_types_dict(self) -> dict[Any, Any]:
        """Types by name.

        Raises:
            InvalidSignature: They have no names.
        """
        return {name: one.type for name, one in self.input_dict().items()}

    def numpy_types(self) -> list[Any]:
        """The dtypes of numpy.

        Raises:
            InvalidSignature: A column is a list, an object or a map, which have none.
        """
        return self.input_types() if self.is_tensor_spec() else [one.to_numpy() for one in self._plain("numpy")]

    def pandas_types(self) -> list[Any]:
        """The dtypes of pandas.

        Raises:
            InvalidSignature: It is of tensors, or a column is a list, an object or a map, which have none.
        """
        if self.is_tensor_spec():
            raise InvalidSignature("tensors have no dtypes of pandas; numpy_types() gives theirs")
        return [one.to_pandas() for one in self._plain("pandas")]

    def _plain(self, library: str) -> list[DataType]:
        types = self.input_types()
        if other := next((one for one in types if not isinstance(one, DataType)), None):
            raise InvalidSignature(f"{other!r} has no dtype of {library}; only plain types have one")
        return types

    def to_dict(self) -> list[Json]:
        """The schema in MLflow's JSON."""
        return [one.to_dict() for one in self.inputs]

    def to_json(self) -> str:
        """The schema as a text of MLflow's JSON."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """The schema that a text of MLflow's JSON describes.

        Raises:
            InvalidSignature: It describes none.
        """
        return cls.from_list(read_json(json_str))

    @classmethod
    def from_list(cls, found: object) -> Self:
        """The schema that MLflow's JSON describes.

        Raises:
            InvalidSignature: It describes none.
        """
        if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
            raise InvalidSignature(f"a schema is a list of columns or tensors; got {shown(found)}")
        return cls(
            TensorSpec.from_json_dict(**one) if one.get("type") == "tensor" else ColSpec.from_json_dict(**one)
            for one in found
        )


def _checked(given: list[Any]) -> list[Spec]:
    specs: list[Spec] = [one for one in given if isinstance(one, ColSpec | TensorSpec)]
    if len(specs) < len(given):
        wrong = next(one for one in given if not isinstance(one, ColSpec | TensorSpec))
        raise InvalidSignature(f"a schema is made of ColSpec or TensorSpec; got {shown(wrong)}")
    if not specs:
        raise InvalidSignature("a schema has one column or tensor or more; for no schema there is None")
    names = [one.name for one in specs]
    if None in names and any(name is not None for name in names):
        raise InvalidSignature(f"all parts of a schema have a name or none has one; got the names {shown(names)}")
    tensors = sum(isinstance(one, TensorSpec) for one in specs)
    if tensors not in (0, len(specs)):
        raise InvalidSignature("a schema is of columns or of tensors, not of both; give each column as a tensor")
    if tensors > 1 and None in names:
        raise InvalidSignature("two tensors or more are told apart by their names; give each TensorSpec one")
    return specs


def _lengths(shape: Any) -> tuple[int, ...]:
    if not isinstance(shape, list | tuple):
        raise InvalidSignature(f"the shape of a tensor is a tuple of lengths, such as (-1, 4); got {shown(shape)}")
    if not all(isinstance(one, int) and not isinstance(one, bool) and one >= -1 for one in shape):
        raise InvalidSignature(f"a length in a shape is 0 or more, or -1 for any; got the shape {shown(shape)}")
    return tuple(shape)


def _dtype(given: Any) -> Any:
    import numpy as np

    try:
        dtype = np.dtype(given)
    except TypeError:
        raise InvalidSignature(
            f"the type of a tensor is a dtype of numpy, such as 'float32'; got {shown(given)}"
        ) from None
    return np.dtype(dtype.kind) if dtype.kind in "US" else dtype
