"""Data and params against a signature: what fits goes on, converted where that changes no value."""

from collections.abc import Mapping
from typing import Any

from runstone.entities.names import shown
from runstone.errors import SignatureMismatch
from runstone.models.schema import Schema
from runstone.models.signature import ModelSignature
from runstone.models.values import NotOfType


def check_input(signature: ModelSignature, data: Any) -> Any:
    """Data as a model takes it: its columns in order, of the right types, without any that the model does not know.

    Args:
        signature: The signature of the model.
        data: What is to go in.

    Returns:
        ``data`` itself where nothing had to be done.

    Raises:
        SignatureMismatch: It does not fit; the message names column, row and value.
    """
    return data if signature.inputs is None else _checked(signature.inputs, data, "input")


def check_output(signature: ModelSignature, data: Any) -> Any:
    """What came out of a model, as ``check_input`` has what goes in.

    Raises:
        SignatureMismatch: It does not fit; the message names column, row and value.
    """
    return data if signature.outputs is None else _checked(signature.outputs, data, "output")


def check_params(signature: ModelSignature, params: Mapping[str, Any] | None) -> dict[str, Any]:
    """The params of one call: those that are given, and the defaults of those that are not.

    Args:
        signature: The signature of the model.
        params: Values by name.

    Raises:
        SignatureMismatch: A param is not known, or is not of its type.

    Example:
        >>> from runstone.models import infer_signature
        >>> signature = infer_signature(params={"temperature": 0.5, "words": ["a"]})
        >>> check_params(signature, {"temperature": 1})
        {'temperature': 1.0, 'words': ['a']}
    """
    known = {} if signature.params is None else {one.name: one for one in signature.params}
    given = dict(params or {})
    if unknown := [name for name in given if name not in known]:
        wanted = f"the params are {', '.join(map(repr, known))}" if known else "it has no params"
        raise SignatureMismatch(
            f"the model knows no param {unknown[0]!r}: {wanted}; leave it out, or log the model with a signature that "
            "has it: infer_signature(..., params={...})",
            column=str(unknown[0]),
        )
    found = {}
    for name, spec in known.items():
        try:
            found[name] = spec.taken(given[name]) if name in given else spec.default
        except NotOfType as error:
            raise SignatureMismatch(
                f"the param {name!r} {error}",
                column=name,
                value=shown(given[name]),
                wanted=repr(spec.dtype),
            ) from None
    return found


def _checked(schema: Schema, data: Any, what: str) -> Any:
    if schema.is_tensor_spec() or not schema.has_input_names() or not hasattr(data, "columns"):
        return data
    known = schema.input_names()
    if absent := [name for name in schema.required_input_names() if name not in data.columns]:
        raise SignatureMismatch(
            f"the {what} has no column {absent[0]!r}; wanted: {shown(known)}; got: {shown(list(data.columns))}",
            column=str(absent[0]),
            wanted=str(absent[0]),
        )
    return data[[name for name in known if name in data.columns]]
