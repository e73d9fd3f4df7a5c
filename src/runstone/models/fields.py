"""What is known of a column: more than MLflow's types say, and the form of it in ``schema.json``."""

from typing import Any

import msgspec

from runstone.entities.names import shown
from runstone.errors import InvalidSignature
from runstone.models.datatypes import AnyType, Array, DataType, Json, Map, Object, Property, SparkMLVector, ValueType

# The types of fields, with what MLflow calls them. What has no word there is `any` to it, and not checked.
PLAIN: dict[str, str | None] = {
    "bool": "boolean",
    "int8": "integer",
    "int16": "integer",
    "int32": "integer",
    "int64": "long",
    "uint8": "integer",
    "uint16": "integer",
    "uint32": "long",
    "uint64": None,
    "float16": "float",
    "float32": "float",
    "float64": "double",
    "complex64": None,
    "complex128": None,
    "decimal": None,
    "string": "string",
    "binary": "binary",
    "date": "datetime",
    "time": None,
    "timestamp": "datetime",
    "duration": None,
    "period": None,
    "interval": None,
    "null": None,
    "any": None,
}
# Every value of them is one of Python's or numpy's that cannot be missing, so that missing ones have to be announced.
_SOLID = {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "list", "map", "struct"}
NESTED = ("category", "list", "map", "struct", "sparkml_vector")
_OF_MLFLOW = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "string",
    "binary": "binary",
    "datetime": "timestamp",
}

Name = str | int | tuple[Any, ...]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A column, a value of a dict, or what a list holds.

    Attributes:
        type: One of the types of ``schema.json``, such as ``int64``, ``category`` or ``timestamp``.
        name: Its name, where it has one.
        required: Whether it has to be there.
        nullable: Whether values of it may be missing.
        missing: Whether values of it were missing in what was seen.
        dtype: What the library that held the data calls the type.
        unit: What is measured in, such as ``cm``.
        range: The least and the greatest value seen, infinite ones left out.
        resolution: Of times and durations: ``s``, ``ms``, ``us`` or ``ns``.
        zone: Of times: the time zone.
        freq: Of periods: how long one is.
        precision: Of decimal numbers: how many digits there are.
        scale: Of decimal numbers: how many of them stand after the point.
        closed: Of intervals: the ends that belong to them.
        levels: Of categories: every value that is known, in order.
        ordered: Of categories: whether the order means something.
        items: Of lists, maps, categories and intervals: what they hold.
        fields: Of structs: what they hold.
    """

    type: str
    name: Name | None = None
    required: bool = True
    nullable: bool = False
    missing: bool = False
    dtype: str | None = None
    unit: str | None = None
    range: tuple[Any, Any] | None = None
    resolution: str | None = None
    zone: str | None = None
    freq: str | None = None
    precision: int | None = None
    scale: int | None = None
    closed: str | None = None
    levels: tuple[Any, ...] | None = None
    ordered: bool | None = None
    items: "Field | None" = None
    fields: "tuple[Field, ...] | None" = None

    def __post_init__(self) -> None:
        if self.type not in PLAIN and self.type not in NESTED:
            known = ", ".join((*PLAIN, *NESTED))
            raise InvalidSignature(f"a column has the type {shown(self.type)}, which is not known; wanted: {known}")
        if self.levels is not None:
            msgspec.structs.force_setattr(self, "levels", tuple(map(_frozen, self.levels)))
        needs = {"category": "levels", "list": "items", "map": "items", "struct": "fields"}.get(self.type)
        if needs and getattr(self, needs) is None:
            raise InvalidSignature(f"a column of the type {self.type} has '{needs}', but {shown(self.name)} has none")

    def to_dict(self) -> Json:
        """The field in the JSON of ``schema.json``."""
        found: Json = {} if self.name is None else {"name": _listed(self.name)}
        found["type"] = self.type
        found |= {"required": self.required, "nullable": self.nullable, "missing": self.missing}
        for key in self.__struct_fields__[5:]:
            value = getattr(self, key)
            if value is not None:
                found[key] = _listed(value)
        if self.items is not None:
            found["items"] = self.items.to_dict()
        if self.fields is not None:
            found["fields"] = [one.to_dict() for one in self.fields]
        return found

    @classmethod
    def from_dict(cls, found: object) -> "Field":
        """The field that JSON of ``schema.json`` describes; keys that a newer format added are left.

        Raises:
            InvalidSignature: It describes none.
        """
        try:
            return msgspec.convert(found, cls)
        except msgspec.ValidationError as error:
            raise InvalidSignature(f"a column of schema.json cannot be read: {error}; got {shown(found)}") from None

    @property
    def value_type(self) -> ValueType:
        """The type in MLflow's words."""
        match self.type:
            case "list" if self.items is not None:
                return Array(self.items.value_type)
            case "map" if self.items is not None:
                return Map(self.items.value_type)
            case "struct" if self.fields:
                return Object([Property(str(one.name), one.value_type, one.required) for one in self.fields])
            case "category":
                return self.items.value_type if self.items is not None else DataType.string
            case "sparkml_vector":
                return SparkMLVector()
        word = PLAIN.get(self.type)
        return AnyType() if word is None else DataType[word]


def _listed(value: Any) -> Any:
    return list(map(_listed, value)) if isinstance(value, tuple) else value


def _frozen(level: Any) -> Any:
    return tuple(map(_frozen, level)) if isinstance(level, list) else level


def holds_missing(kind: str) -> bool:
    """Whether a missing value is an ordinary one of a type, as NaN is of numbers with a fraction.

    Example:
        >>> holds_missing("float64"), holds_missing("string"), holds_missing("int64")
        (True, True, False)
    """
    return kind not in _SOLID


def field(type: str, name: Name | None = None, *, missing: bool = False, **facts: Any) -> Field:
    """A field that was seen: values may be missing where they were, or where that is nothing out of the ordinary."""
    nullable = missing or holds_missing(type)
    return Field(type=type, name=name, nullable=nullable, missing=missing, **{"required": not missing, **facts})


def field_of(kind: ValueType, name: Name | None = None, *, required: bool = True) -> Field:
    """The field of which nothing is known but MLflow's type. Where it may be absent, its values may be missing."""
    inner: dict[str, Any] = {}
    match kind:
        case DataType():
            word = _OF_MLFLOW[kind.name]
        case Array():
            word, inner = "list", {"items": _within(kind.dtype)}
        case Map():
            word, inner = "map", {"items": _within(kind.value_type)}
        case Object():
            fields = tuple(field_of(one.dtype, one.name, required=one.required) for one in kind.properties)
            word, inner = "struct", {"fields": fields}
        case SparkMLVector():
            word = "sparkml_vector"
        case AnyType():
            word = "any"
    return Field(type=word, name=name, required=required, nullable=not required or holds_missing(word), **inner)


def _within(kind: ValueType) -> Field:
    """What a list or a map holds, of which MLflow does not say whether values may be missing."""
    return msgspec.structs.replace(field_of(kind), nullable=True)
