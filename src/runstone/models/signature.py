"""The signature of a model: what goes in, what comes out, and the params it takes."""

from collections.abc import Mapping
from typing import Any, Self

from runstone.entities.names import shown
from runstone.errors import InvalidSignature
from runstone.models.datatypes import Json
from runstone.models.fields import Field
from runstone.models.inference import schema_of
from runstone.models.inference.params import params_of
from runstone.models.params import ParamSchema
from runstone.models.schema import ColSpec, Schema, TensorSpec

VERSION = 1


class ModelSignature:
    """What goes into a model, what comes out, and the params it takes.

    Args:
        inputs: Schema of what goes in.
        outputs: Schema of what comes out.
        params: The params of ``predict``.

    Raises:
        InvalidSignature: None of them is given, or one is no schema.

    Example:
        >>> from runstone.models.schema import ColSpec, Schema
        >>> ModelSignature(inputs=Schema([ColSpec("long", "age")])).to_dict()
        {'inputs': '[{"type": "long", "name": "age", "required": true}]', 'outputs': None, 'params': None}
    """

    def __init__(
        self, inputs: Schema | None = None, outputs: Schema | None = None, params: ParamSchema | None = None
    ) -> None:
        parts: list[tuple[str, object, type]]
        parts = [("inputs", inputs, Schema), ("outputs", outputs, Schema), ("params", params, ParamSchema)]
        for name, given, kind in parts:
            if given is not None and not isinstance(given, kind):
                raise InvalidSignature(
                    f"the {name} of a signature are a {kind.__name__} or None; got {shown(given)}; "
                    "infer_signature() makes a signature from data"
                )
        if inputs is None and outputs is None and params is None:
            raise InvalidSignature("a signature has inputs, outputs or params; none of them was given")
        self.inputs = inputs
        self.outputs = outputs
        self.params = params

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModelSignature):
            return False
        return (self.inputs, self.outputs, self.params) == (other.inputs, other.outputs, other.params)

    def __hash__(self) -> int:
        return hash((self.inputs, self.outputs, self.params))

    def __repr__(self) -> str:
        return f"inputs: \n  {self.inputs!r}\noutputs: \n  {self.outputs!r}\nparams: \n  {self.params!r}\n"

    def to_dict(self) -> Json:
        """The block ``signature`` of the file MLmodel, as MLflow writes it."""
        return {
            "inputs": self.inputs.to_json() if self.inputs is not None else None,
            "outputs": self.outputs.to_json() if self.outputs is not None else None,
            "params": self.params.to_json() if self.params is not None else None,
        }

    @classmethod
    def from_dict(cls, signature_dict: Mapping[str, Any]) -> Self:
        """The signature that the block ``signature`` of a file MLmodel describes.

        Args:
            signature_dict: The block; keys that are not known are left.

        Raises:
            InvalidSignature: It describes none.
        """
        given: object = signature_dict
        if not isinstance(given, Mapping):
            raise InvalidSignature(f"the signature of an MLmodel file is an object; got {shown(signature_dict)}")
        inputs, outputs, params = (given.get(name) for name in ("inputs", "outputs", "params"))
        return cls(
            Schema.from_json(inputs) if inputs else None,
            Schema.from_json(outputs) if outputs else None,
            ParamSchema.from_json(params) if params else None,
        )

    def to_typed(self) -> Json:
        """The signature with all that is known of it, as ``schema.json`` has it."""
        return {
            "schema_version": VERSION,
            "inputs": None if self.inputs is None else _schema_to_typed(self.inputs),
            "outputs": None if self.outputs is None else _schema_to_typed(self.outputs),
            "params": None if self.params is None else self.params.to_dict(),
        }

    @classmethod
    def from_typed(cls, found: Mapping[str, Any]) -> Self:
        """The signature that a ``schema.json`` describes.

        Raises:
            InvalidSignature: It describes none, or has a newer format than this Runstone knows.
        """
        given: object = found
        version = given.get("schema_version") if isinstance(given, Mapping) else None
        if not isinstance(version, int) or version < 1:
            raise InvalidSignature(f"schema.json is an object with 'schema_version', a number; got {shown(found)}")
        if version > VERSION:
            raise InvalidSignature(
                f"schema.json has version {version} of its format, and this Runstone knows {VERSION}; "
                "install a newer Runstone"
            )
        inputs, outputs, params = (found.get(name) for name in ("inputs", "outputs", "params"))
        return cls(
            None if inputs is None else _schema_from_typed(inputs),
            None if outputs is None else _schema_from_typed(outputs),
            None if params is None else ParamSchema.from_list(params),
        )


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: Mapping[str, Any] | None = None
) -> ModelSignature:
    """The signature that data has: of what goes in, of what comes out, and of the params.

    Args:
        model_input: Data as the model takes it: frames of pandas, polars or pyarrow, arrays of numpy, sparse matrices,
            dicts, lists or single values.
        model_output: Data as the model gives it.
        params: What params are where nobody gives them, by name.

    Returns:
        A signature that ``model_input``, ``model_output`` and ``params`` fit.

    Raises:
        InvalidSignature: Nothing was given, or a param is of no type that params have.

    Example:
        >>> import pandas
        >>> wheat = pandas.DataFrame({"height": [61.5, 58.0], "kind": ["a", "b"]})
        >>> infer_signature(wheat).inputs
        ['height': double (required), 'kind': string (required)]
    """
    return ModelSignature(
        None if model_input is None else schema_of(model_input),
        None if model_output is None else schema_of(model_output),
        params_of(params) if params else None,
    )


def _schema_to_typed(schema: Schema) -> Json:
    found: Json = {} if schema.container is None else {"container": schema.container}
    if schema.is_tensor_spec():
        return {**found, "tensors": [_tensor_to_typed(one) for one in schema if isinstance(one, TensorSpec)]}
    return {**found, "columns": [one.field.to_dict() for one in schema if isinstance(one, ColSpec)]}


def _tensor_to_typed(spec: TensorSpec) -> Json:
    name: Json = {} if spec.name is None else {"name": spec.name}
    sparse: Json = {} if spec.sparse is None else {"sparse": spec.sparse}
    return {**name, "dtype": spec.type_name, "shape": list(spec.shape), **sparse}


def _schema_from_typed(found: object) -> Schema:
    if isinstance(found, Mapping):
        container = found.get("container")
        if isinstance(columns := found.get("columns"), list):
            return Schema((ColSpec.from_field(Field.from_dict(one)) for one in columns), container=container)
        if isinstance(tensors := found.get("tensors"), list):
            return Schema(map(_tensor_from_typed, tensors), container=container)
    raise InvalidSignature(f"a schema in schema.json has 'columns' or 'tensors', each a list; got {shown(found)}")


def _tensor_from_typed(found: object) -> TensorSpec:
    if not isinstance(found, Mapping) or not {"dtype", "shape"} <= set(found):
        raise InvalidSignature(f"a tensor in schema.json has 'dtype' and 'shape'; got {shown(found)}")
    return TensorSpec(found["dtype"], found["shape"], found.get("name"), sparse=found.get("sparse"))
