"""The params that values are."""

from collections.abc import Mapping
from typing import Any

from runstone.entities.names import a_class, shown
from runstone.errors import InvalidSignature
from runstone.models.datatypes import DataType, Object
from runstone.models.inference.values import field_of_value
from runstone.models.params import ParamSchema, ParamSpec


def params_of(params: Mapping[str, Any]) -> ParamSchema:
    """The params that values are, each of which is the default.

    Raises:
        InvalidSignature: A value is of no type that params have.
    """
    return ParamSchema([_param_of(str(name), value) for name, value in params.items()])


def _param_of(name: str, value: Any) -> ParamSpec:
    found = field_of_value(value)
    is_list = found.type == "list" and found.items is not None
    kind = found.items.value_type if is_list and found.items else found.value_type
    if is_list and len(value) == 0:
        raise InvalidSignature(
            f"the param {name!r} is an empty list, of which the type cannot be told; "
            f"declare it: ParamSpec({name!r}, 'string', [], (-1,))"
        )
    if not isinstance(kind, DataType | Object) or kind is DataType.binary:
        raise InvalidSignature(
            f"the param {name!r} is {shown(value)}, {a_class(value)}; a param is a truth, a number, a text, "
            "a time, a list of one of them, or a dict"
        )
    return ParamSpec(name, kind, value, (-1,) if is_list else None)
