"""The types that values of a signature have, by MLflow's names and in MLflow's JSON."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, ClassVar, Self, TypeVar, Union

from runstone.entities.names import shown
from runstone.errors import InvalidSignature

Json = dict[str, Any]

_PLAIN = "boolean, integer, long, float, double, string, binary or datetime"
_SPARK_VECTOR = "sparkml_vector"

Kind = TypeVar("Kind")


class DataType(Enum):
    """What one value is: a truth, a number of 32 or 64 bits, a text, bytes or a time."""

    boolean = 1
    integer = 2
    long = 3
    float = 4
    double = 5
    string = 6
    binary = 7
    datetime = 8

    def __repr__(self) -> str:
        return self.name

    def to_dict(self) -> Json:
        """The type in MLflow's JSON."""
        return {"type": self.name}

    def to_numpy(self) -> Any:
        """The dtype of numpy."""
        import numpy as np

        return np.dtype(_NUMPY[self.name])

    def to_pandas(self) -> Any:
        """The dtype of a column of pandas, as MLflow tells it: that of numpy, and ``object`` for texts and bytes."""
        import numpy as np

        return np.dtype(object) if self in (DataType.string, DataType.binary) else self.to_numpy()

    def to_python(self) -> type:
        """The class of Python's own values."""
        return _PYTHON[self.name]

    @classmethod
    def all_types(cls) -> list[Self]:
        """Every plain type."""
        return list(cls)

    @classmethod
    def from_numpy_type(cls, dtype: Any) -> "DataType | None":
        """The type whose dtype of numpy is this one, or ``None``."""
        return next((kind for kind in cls if kind.to_numpy() == dtype), None)


_NUMPY = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "str",
    "binary": "bytes",
    "datetime": "datetime64[ns]",
}
_PYTHON: dict[str, type] = {
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "string": str,
    "binary": bytes,
    "datetime": date,
}


class Value:
    """Something that is equal to another of its class with the same parts, and cannot be changed.

    Written out, since making classes by ``dataclass`` would be a tenth of the time that ``import runstone`` takes.
    """

    _parts: ClassVar[tuple[str, ...]] = ()

    def _set(self, **parts: Any) -> None:
        self.__dict__.update(parts)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed; make another", name=name, obj=self)

    def _key(self) -> tuple[Any, ...]:
        return tuple(self.__dict__[name] for name in self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), self._key()))


class Array(Value):
    """A list of values of one type.

    Args:
        dtype: The type of the values, or its name.
    """

    _parts = ("dtype",)
    dtype: "ValueType"

    def __init__(self, dtype: "ValueType | str") -> None:
        self._set(dtype=as_type(dtype))

    def __repr__(self) -> str:
        return f"Array({self.dtype!r})"

    def to_dict(self) -> Json:
        """The type in MLflow's JSON."""
        return {"type": "array", "items": self.dtype.to_dict()}

    @classmethod
    def from_json_dict(cls, /, **kwargs: Any) -> Self:
        """The type that some JSON describes.

        Raises:
            InvalidSignature: It describes none, or another kind of type.
        """
        return _expect(cls, type_from_dict(kwargs))


class Property(Value):
    """A value of an ``Object``: its name, its type, and whether it has to be there.

    Args:
        name: Its name.
        dtype: Its type, or the name of that.
        required: Whether every object has it.
    """

    _parts = ("name", "dtype", "required")
    name: str
    dtype: "ValueType"
    required: bool

    def __init__(self, name: str, dtype: "ValueType | str", required: bool = True) -> None:  # noqa: FBT001, FBT002  # as MLflow's
        self._set(name=name, dtype=as_type(dtype), required=bool(required))

    def __repr__(self) -> str:
        return f"{self.name}: {self.dtype!r} ({'required' if self.required else 'optional'})"

    def to_dict(self) -> Json:
        """The property in MLflow's JSON, under its name."""
        return {self.name: {**self.dtype.to_dict(), "required": self.required}}

    @classmethod
    def from_json_dict(cls, /, **kwargs: Any) -> Self:
        """The property that some JSON describes: one name with its type.

        Raises:
            InvalidSignature: It describes none.
        """
        if len(kwargs) != 1:
            raise InvalidSignature(f"a property is one name with its type; got {shown(kwargs)}")
        [(name, kind)] = kwargs.items()
        required = kind.get("required", True) if isinstance(kind, Mapping) else True
        return cls(name, type_from_dict(kind), required)


class Object(Value):
    """A dict whose keys are known.

    Args:
        properties: Its keys with their types.
    """

    _parts = ("properties",)
    properties: tuple[Property, ...]

    def __init__(self, properties: Iterable[Property]) -> None:
        found = tuple(sorted(properties, key=lambda one: one.name))
        if not found:
            raise InvalidSignature("an Object has one property or more; for any dict there is Map(AnyType())")
        names = [one.name for one in found]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InvalidSignature(f"the properties of an Object have different names; twice there are: {twice}")
        self._set(properties=found)

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self.properties))}}}"

    def to_dict(self) -> Json:
        """The type in MLflow's JSON."""
        properties: Json = {}
        for one in self.properties:
            properties |= one.to_dict()
        return {"type": "object", "properties": properties}

    @classmethod
    def from_json_dict(cls, /, **kwargs: Any) -> Self:
        """The type that some JSON describes.

        Raises:
            InvalidSignature: It describes none, or another kind of type.
        """
        return _expect(cls, type_from_dict(kwargs))


class Map(Value):
    """A dict of any keys, whose values have one type.

    Args:
        value_type: The type of the values, or its name.
    """

    _parts = ("value_type",)
    value_type: "ValueType"

    def __init__(self, value_type: "ValueType | str") -> None:
        self._set(value_type=as_type(value_type))

    def __repr__(self) -> str:
        return f"Map(str -> {self.value_type!r})"

    def to_dict(self) -> Json:
        """The type in MLflow's JSON."""
        return {"type": "map", "values": self.value_type.to_dict()}

    @classmethod
    def from_json_dict(cls, /, **kwargs: Any) -> Self:
        """The type that some JSON describes.

        Raises:
            InvalidSignature: It describes none, or another kind of type.
        """
        return _expect(cls, type_from_dict(kwargs))


class AnyType(Value):
    """A value of which nothing is known, and nothing checked."""

    def __repr__(self) -> str:
        return "Any"

    def to_dict(self) -> Json:
        """The type in MLflow's JSON."""
        return {"type": "any"}


class SparkMLVector(Value):
    """A vector of Spark's, which is only read and written, so that a model with one can be described."""

    def __repr__(self) -> str:
        return "SparkML vector"

    def to_dict(self) -> Json:
        """The type in MLflow's JSON."""
        return {"type": _SPARK_VECTOR}


ValueType = Union[DataType, Array, Object, Map, AnyType, SparkMLVector]  # noqa: UP007  # named before its members are


def as_type(given: object) -> ValueType:
    """A type that was given as itself or by the name of a plain type.

    Raises:
        InvalidSignature: It is neither.
    """
    if isinstance(given, DataType | Array | Object | Map | AnyType | SparkMLVector):
        return given
    if isinstance(given, str) and given in DataType.__members__:
        return DataType[given]
    raise InvalidSignature(
        f"{shown(given)} is no type of a signature; wanted: {_PLAIN} by name or as DataType, "
        "or an Array, Object, Map or AnyType"
    )


def type_from_dict(found: object) -> ValueType:
    """The type that MLflow's JSON describes.

    Raises:
        InvalidSignature: It describes none.
    """
    if not isinstance(found, Mapping):
        raise InvalidSignature(f"a type is an object with the key 'type'; got {shown(found)}")
    match found.get("type"):
        case "array":
            return Array(type_from_dict(found.get("items")))
        case "object":
            properties = found.get("properties")
            if not isinstance(properties, Mapping):
                raise InvalidSignature(f"an object has 'properties', each a name with its type; got {shown(found)}")
            return Object([Property.from_json_dict(**{name: kind}) for name, kind in properties.items()])
        case "map":
            return Map(type_from_dict(found.get("values")))
        case "any":
            return AnyType()
        case "sparkml_vector":
            return SparkMLVector()
        case name:
            return as_type(name)


def _expect(wanted: type[Kind], found: ValueType) -> Kind:
    if not isinstance(found, wanted):
        raise InvalidSignature(f"wanted the JSON of {wanted.__name__}; got that of {found!r}")
    return found
