"""The params that a model takes at predict: their types and what they are when nobody gives them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Self

from runstone.entities.names import shown
from runstone.errors import InvalidSignature
from runstone.models.datatypes import DataType, Json, Object, Value, as_type, type_from_dict
from runstone.models.fields import field, field_of
from runstone.models.values import NotOfType, python_value, value_of


class ParamSpec(Value):
    """A param of ``predict``.

    Args:
        name: Its name.
        dtype: Its type, or the name of that: a plain type but ``binary``, or an ``Object``.
        default: What it is where nobody gives it; ``None`` if it then is not there.
        shape: ``(-1,)`` for a list of values, ``None`` for one value.

    Raises:
        InvalidSignature: The default is not of the type, or the type or shape is none of a param.

    Example:
        >>> ParamSpec("temperature", "double", 1).to_dict()
        {'name': 'temperature', 'default': 1.0, 'shape': None, 'type': 'double'}
    """

    _parts = ("name", "dtype", "default", "shape")
    name: str
    dtype: DataType | Object
    default: Any
    shape: tuple[int, ...] | None

    def __init__(
        self, name: str, dtype: DataType | Object | str, default: Any, shape: Iterable[int] | None = None
    ) -> None:
        kind = as_type(dtype)
        if not isinstance(kind, DataType | Object) or kind is DataType.binary:
            raise InvalidSignature(f"the param {name!r} has a plain type but binary, or is an Object; got {kind!r}")
        lengths = None if shape is None else tuple(shape)
        if lengths not in (None, (-1,)):
            raise InvalidSignature(f"the shape of the param {name!r} is (-1,) for a list, or None; got {lengths}")
        self._set(name=name, dtype=kind, shape=lengths)
        try:
            self._set(default=self.taken(default))
        except NotOfType as error:
            raise InvalidSignature(f"the default of the param {name!r} {error}") from None

    def __repr__(self) -> str:
        shape = "" if self.shape is None else f" (shape: {self.shape})"
        return f"{self.name!r}: {self.dtype!r} (default: {self.default}){shape}"

    def taken(self, value: Any) -> Any:
        """A value as the param takes it: of its type, in Python's own classes.

        Raises:
            NotOfType: It cannot be that without a change.
        """
        plain = python_value(value)
        if self.shape is None:
            if isinstance(plain, list):
                raise NotOfType(f"is one value of the type {self.dtype!r}; got the list {shown(plain)}")
            return None if plain is None else value_of(field_of(self.dtype), plain)
        if not isinstance(plain, list):
            raise NotOfType(f"is a list of the type {self.dtype!r}; got {shown(plain)}")
        return list(value_of(field("list", items=field_of(self.dtype)), plain))

    def to_dict(self) -> Json:
        """The param in MLflow's JSON."""
        default = [_written(one) for one in self.default] if self.shape is not None else _written(self.default)
        shape = None if self.shape is None else list(self.shape)
        return {"name": self.name, "default": default, "shape": shape, **self.dtype.to_dict()}

    @classmethod
    def from_json_dict(cls, /, **kwargs: Any) -> Self:
        """The param that some JSON of MLflow describes.

        Raises:
            InvalidSignature: It describes none.
        """
        kind = kwargs.get("type", kwargs.get("dtype"))
        if not isinstance(kwargs.get("name"), str) or kind is None or "default" not in kwargs:
            raise InvalidSignature(f"a param has 'name', 'type' and 'default'; got {shown(kwargs)}")
        found: Any = type_from_dict({**kwargs, "type": kind})
        return cls(kwargs["name"], found, kwargs["default"], kwargs.get("shape"))


class ParamSchema:
    """All params that a model takes.

    Args:
        params: The params, each with a name of its own.

    Raises:
        InvalidSignature: Two have one name.
    """

    def __init__(self, params: Iterable[ParamSpec]) -> None:
        given: list[object] = list(params)
        self.params = [one for one in given if isinstance(one, ParamSpec)]
        if wrong := [one for one in given if not isinstance(one, ParamSpec)]:
            raise InvalidSignature(f"params are ParamSpec; got {shown(wrong[0])}")
        names = [one.name for one in self.params]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InvalidSignature(f"params have different names; twice there are: {twice}")

    def __repr__(self) -> str:
        return repr(self.params)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSchema) and self.params == other.params

    def __hash__(self) -> int:
        return hash(tuple(one.name for one in self.params))

    def __iter__(self) -> Iterator[ParamSpec]:
        return iter(self.params)

    def __len__(self) -> int:
        return len(self.params)

    def to_dict(self) -> list[Json]:
        """The params in MLflow's JSON."""
        return [one.to_dict() for one in self.params]

    def to_json(self) -> str:
        """The params as a text of MLflow's JSON."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """The params that a text of MLflow's JSON describes.

        Raises:
            InvalidSignature: It describes none.
        """
        return cls.from_list(read_json(json_str))

    @classmethod
    def from_list(cls, found: object) -> Self:
        """The params that MLflow's JSON describes.

        Raises:
            InvalidSignature: It describes none.
        """
        if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
            raise InvalidSignature(f"params are a list of objects; got {shown(found)}")
        return cls(ParamSpec.from_json_dict(**one) for one in found)


def read_json(text: str) -> Any:
    """What a text of JSON says.

    Raises:
        InvalidSignature: It is no JSON.
    """
    try:
        return json.loads(text)
    except (TypeError, ValueError) as error:
        raise InvalidSignature(f"a signature is a text of JSON; got {shown(text)}: {error}") from None


def _written(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _written(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
