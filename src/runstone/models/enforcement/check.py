"""The checks of what goes into a model, what comes out, and its params."""

from collections.abc import Mapping
from typing import Any

from runstone.entities.names import shown
from runstone.errors import SignatureMismatch
from runstone.models.enforcement import tables, tensors, values
from runstone.models.schema import Schema
from runstone.models.signature import ModelSignature
from runstone.models.values import NotOfType


def check_input(signature: ModelSignature, data: Any) -> Any:
    """Data as a model takes it: its columns in order, of the right types, without any that the model does not know.

    Args:
        signature: The signature of the model.
        data: What is to go in.

    Returns:
        ``data`` itself where nothing had to be done; else a copy, in the kind of container that the signature was
        made from. A value is converted only to one that is equal.

    Raises:
        InvalidSignature: The signature has a column that pandas cannot have here, as in a time zone that is not known.
        SignatureMismatch: It does not fit; the message names column, row and value.

    Example:
        >>> import pandas
        >>> from runstone.models import infer_signature
        >>> signature = infer_signature(pandas.DataFrame({"height": [61.5], "kind": ["a"]}))
        >>> check_input(signature, [{"kind": "b", "height": 58, "note": "left out"}])
           height kind
        0    58.0    b
        >>> check_input(signature, [{"kind": 7, "height": 58}])
        Traceback (most recent call last):
        runstone.errors.SignatureMismatch: column 'kind' of the input, row 0, is 7, an int; wanted: string
    """
    return data if signature.inputs is None else _checked(signature.inputs, data, "input")


def check_output(signature: ModelSignature, data: Any) -> Any:
    """What came out of a model, which has to be what its signature says.

    Returns:
        ``data`` itself.

    Raises:
        SignatureMismatch: It does not fit; the message names column, row and value.
    """
    if signature.outputs is not None:
        _checked(signature.outputs, data, "output")
    return data


def check_params(signature: ModelSignature, params: Mapping[str, Any] | None) -> dict[str, Any]:
    """The params of one call: those that are given, and the defaults of those that are not.

    Args:
        signature: The signature of the model.
        params: Values by name.

    Raises:
        SignatureMismatch: A param is not known, or is not of its type; or they are no dict.

    Example:
        >>> from runstone.models import infer_signature
        >>> signature = infer_signature(params={"temperature": 0.5, "words": ["a"]})
        >>> check_params(signature, {"temperature": 1})
        {'temperature': 1.0, 'words': ['a']}
    """
    what: object = params
    if what is not None and not isinstance(what, Mapping):
        raise SignatureMismatch(f"params are a dict of values by name; got {shown(what)}", value=shown(what))
    known = {} if signature.params is None else {one.name: one for one in signature.params}
    given = dict(params or {})
    if unknown := [name for name in given if name not in known]:
        has = f"its params are {', '.join(map(repr, known))}" if known else "it has no params"
        raise SignatureMismatch(
            f"the model knows no param {unknown[0]!r}: {has}; leave it out, or log the model with a signature that has "
            "it: infer_signature(..., params={...})",
            column=str(unknown[0]),
            value=shown(given[unknown[0]]),
        )
    found = {}
    for name, spec in known.items():
        try:
            found[name] = spec.taken(given[name]) if name in given else spec.default
        except NotOfType as error:
            raise SignatureMismatch(
                f"the param {name!r}{error.place} {error}",
                column=name,
                value=shown(given[name]),
                wanted=repr(spec.dtype),
            ) from None
    return found


def _checked(schema: Schema, data: Any, what: str) -> Any:
    if schema.is_tensor_spec():
        return tensors.checked(schema, data, what)
    nameless = schema.container in values.PLAIN and not schema.has_input_names()
    if len(schema) == 1 and (nameless or schema.container in values.SERIES):
        return values.checked(schema, data, what)
    return tables.checked(schema, data, what)
