"""Signatures out of type hints, and data in the classes that hints ask for."""

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from runstone.entities.names import shown
from runstone.errors import InvalidSignature, SignatureMismatch
from runstone.models.fields import PLAIN, Field, Name
from runstone.models.inference.values import merged
from runstone.models.schema import ColSpec, Schema
from runstone.models.signature import ModelSignature

_NOT_INPUT = {"self", "context", "params", "return"}
_PLAIN: dict[Any, str] = {
    bool: "bool",
    int: "int64",
    float: "float64",
    complex: "complex128",
    str: "string",
    bytes: "binary",
    bytearray: "binary",
    datetime: "timestamp",
    date: "date",
    time: "time",
    timedelta: "duration",
    Decimal: "decimal",
    types.NoneType: "null",
    Any: "any",
    object: "any",
}
_Classes = tuple[type, ...]


def signature_of_function(function: Callable[..., Any]) -> ModelSignature | None:
    """The signature that the type hints of a function, or of a method ``predict``, say.

    Args:
        function: Takes rows, and maybe ``context`` before and ``params`` after them.

    Returns:
        ``None`` where the hints say nothing of the values: there are none, or they name a frame or an array.

    Raises:
        InvalidSignature: A hint cannot be read.

    Example:
        >>> def double(rows: list[float]) -> list[float]:
        ...     return [2 * row for row in rows]
        >>> signature_of_function(double).inputs
        [double (required)]
    """
    return signature_from_type_hints({"model_input": hint_of_rows(function), "return": _hints(function).get("return")})


def hint_of_rows(function: Callable[..., Any]) -> Any:
    """The type hint of what a function takes as rows: its first parameter but ``self`` and ``context``.

    Raises:
        InvalidSignature: The hints of the function cannot be read.
    """
    names = [name for name in _parameters(function) if name not in _NOT_INPUT]
    return _hints(function).get(names[0]) if names else None


def _hints(function: Any) -> dict[str, Any]:
    """The hints of a function, or of a class."""
    try:
        return typing.get_type_hints(function, include_extras=True)
    except TypeError:  # no function of Python's own
        return {}
    except NameError as error:
        raise InvalidSignature(
            f"the type hints of {getattr(function, '__qualname__', shown(function))} cannot be read: {error}; "
            "import at the top of the module what they name"
        ) from None


def _parameters(function: Callable[..., Any]) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # one that is written in C
        return []


def signature_from_type_hints(hints: Mapping[str, Any]) -> ModelSignature | None:
    """The signature that type hints say.

    Args:
        hints: Hints by name, as ``typing.get_type_hints`` gives them: ``return`` is what comes out, and the first of
            the others, but ``context`` and ``params``, what goes in.

    Returns:
        ``None`` where they say nothing of the values.

    Raises:
        InvalidSignature: The hints of a class that they name cannot be read.
    """
    rows = next((hint for name, hint in hints.items() if name not in _NOT_INPUT), None)
    inputs, outputs = schema_of_hint(rows), schema_of_hint(hints.get("return"))
    return None if inputs is None else ModelSignature(inputs, outputs)


def schema_of_hint(hint: Any) -> Schema | None:
    """The schema that a type hint says: values without a name, in a list if it is the hint of one.

    Args:
        hint: Such as ``list[str]`` or ``list[Row]``, where ``Row`` is a class of pydantic.

    Returns:
        ``None`` where it says nothing of the values, as a frame, an array or a class of which nothing is known.

    Raises:
        InvalidSignature: The hints of a class in it cannot be read.
    """
    hint = _bare(hint)
    if hint is None or hint is types.NoneType or _names_library(hint):
        return None
    field = field_of_hint(hint)
    if field.type == "any":
        return None
    if field.type == "list" and field.items is not None:
        return Schema([ColSpec.from_field(field.items)], container="list")
    return Schema([ColSpec.from_field(field)], container="value")


def _names_library(hint: Any) -> bool:
    kind = get_origin(hint) or hint
    return getattr(kind, "__module__", "").partition(".")[0] in {"numpy", "pandas", "polars", "pyarrow", "scipy"}


def _bare(hint: Any) -> Any:
    """A hint without what annotates it, and a new type as what it is made of."""
    while True:
        if get_origin(hint) is typing.Annotated:
            hint = get_args(hint)[0]
        elif isinstance(hint, typing.NewType):
            hint = hint.__supertype__
        else:
            return hint


def field_of_hint(hint: Any, name: Name | None = None, *, required: bool = True, inside: _Classes = ()) -> Field:
    """The field that a type hint says. Only what is optional may be missing.

    Args:
        hint: The hint.
        name: The name of the field.
        required: Whether it has to be there.
        inside: The classes that the hint stands in: of one of them, which thus holds itself, no more is said.

    Raises:
        InvalidSignature: The hints of a class in it cannot be read.
    """
    hint = _bare(hint)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _of_union(get_args(hint), name, inside, required=required)
    said: dict[str, Any] = {"name": name, "required": required}
    if hint in _PLAIN:
        word = _PLAIN[hint]
        return Field(type=word, nullable=word in {"any", "null"}, **said)
    if origin is Literal:
        return _of_levels(get_args(hint), said)
    if get_args(hint):
        return _of_generic(get_args(hint), origin, said, inside)
    kind = origin or hint  # a bare typing.List has an origin, and says no more than list
    known = isinstance(kind, type) and kind not in inside
    return (_of_class(kind, said, inside) if known else None) or Field(type="any", nullable=True, **said)


def _of_union(parts: tuple[Any, ...], name: Name | None, inside: _Classes, *, required: bool) -> Field:
    others = [one for one in parts if one is not types.NoneType]
    found = merged([field_of_hint(one, name, inside=inside) for one in others])
    nullable = len(others) < len(parts) or found.type == "any"
    return msgspec.structs.replace(found, name=name, nullable=nullable, required=required)


def _of_generic(parts: tuple[Any, ...], origin: Any, said: dict[str, Any], inside: _Classes) -> Field:
    if origin in (list, Sequence, Iterable, set, frozenset) or (origin is tuple and parts[1:] == (...,)):
        return Field(type="list", items=field_of_hint(parts[0], inside=inside), **said)
    if origin is tuple:
        return Field(type="list", items=merged([field_of_hint(one, inside=inside) for one in parts]), **said)
    if origin in (dict, Mapping) and parts[0] is str:
        return Field(type="map", items=field_of_hint(parts[1], inside=inside), **said)
    if origin in (typing.Required, typing.NotRequired):
        return field_of_hint(parts[0], said["name"], required=origin is typing.Required, inside=inside)
    return Field(type="any", nullable=True, **said)


def _of_levels(values: Sequence[Any], said: dict[str, Any]) -> Field:
    words = {_PLAIN.get(type(one)) for one in values}
    word = words.pop() if len(words) == 1 else None
    return Field(type="category", levels=tuple(values), ordered=False, items=Field(type=word or "any"), **said)


def _of_class(kind: Any, said: dict[str, Any], inside: _Classes) -> Field | None:
    """The field of instances of a class; ``None`` for one of which nothing is known."""
    if kind in (list, tuple, set, frozenset):
        return Field(type="list", items=Field(type="any", nullable=True), **said)
    if kind is dict:
        return Field(type="map", items=Field(type="any", nullable=True), **said)
    inside = (*inside, kind)
    if hasattr(kind, "model_fields"):  # of pydantic
        fields = kind.model_fields.items()
        return _of_parts(((name, one.annotation, one.is_required(), one.default) for name, one in fields), said, inside)
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        parts = [(one.name, hints[one.name], _has_no_default(one), one.default) for one in dataclasses.fields(kind)]
        return _of_parts(parts, said, inside)
    if typing.is_typeddict(kind):
        hints = _hints(kind)
        return _of_parts(
            ((name, one, name in kind.__required_keys__, ...) for name, one in hints.items()), said, inside
        )
    if issubclass(kind, enum.Enum):
        return _of_levels([one.value for one in kind], said)
    if hasattr(kind, "dtype") and kind.__name__ in PLAIN:  # a scalar of numpy
        return Field(type=kind.__name__, **said)
    return None


def _has_no_default(one: Any) -> bool:
    return one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING


def _of_parts(parts: Iterable[tuple[str, Any, bool, Any]], said: dict[str, Any], inside: _Classes) -> Field:
    """A struct of what has a name, a hint, has to be there or not, and is something where it is not there."""
    fields = []
    for name, hint, required, default in parts:
        found = field_of_hint(hint, name, required=required, inside=inside)
        fields.append(found if default is not None else msgspec.structs.replace(found, nullable=True))
    return Field(type="struct", fields=tuple(fields), **said)


def as_hinted(hint: Any, data: Any, what: str = "input") -> Any:
    """Data in the classes that a type hint asks for: dicts as instances of a class.

    Args:
        hint: The hint of what is to get the data.
        data: What ``check_input`` made of the data by the signature of the hint.
        what: ``input`` or ``output``, for the message.

    Returns:
        ``data`` itself where the hint asks for nothing else.

    Raises:
        SignatureMismatch: A class does not take a row.
    """
    hint = _bare(hint)
    element = get_args(hint)[0] if get_origin(hint) is list else None
    if not _has_classes(element):
        return data
    return [_instance(element, one, row, what) for row, one in enumerate(data)]


def _has_classes(hint: Any) -> bool:
    hint = _bare(hint)
    if isinstance(hint, type) and not get_args(hint):
        return hasattr(hint, "model_fields") or dataclasses.is_dataclass(hint) or issubclass(hint, enum.Enum)
    return any(map(_has_classes, get_args(hint)))


def _instance(hint: Any, value: Any, row: int, what: str) -> Any:
    import pydantic

    try:
        return pydantic.TypeAdapter(hint).validate_python(value)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"[{step!r}]" for step in first["loc"])
        raise SignatureMismatch(
            f"the {what}, row {row},{f' at {place},' if place else ''} is {shown(first['input'])}: {first['msg']}",
            row=row,
            value=shown(first["input"]),
            wanted=getattr(hint, "__name__", str(hint)),
        ) from None
