"""The types of signatures are MLflow's: same arguments, same texts, same JSON; what makes no sense is refused."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runstone.errors import InvalidSignature, InvalidValue
from runstone.models.fields import Field
from runstone.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from runstone.types.schema import AnyType, Array, Map, Object, Property

BOX = Object([Property("b", "long"), Property("a", DataType.string, required=False)])


@pytest.mark.parametrize(
    ("kind", "shown", "written"),
    [
        (DataType.long, "long", {"type": "long"}),
        (Array("long"), "Array(long)", {"type": "array", "items": {"type": "long"}}),
        (Array(Array("double")), "Array(Array(double))", None),
        (Map("string"), "Map(str -> string)", {"type": "map", "values": {"type": "string"}}),
        (AnyType(), "Any", {"type": "any"}),
        (
            BOX,
            "{a: string (optional), b: long (required)}",
            {
                "type": "object",
                "properties": {"a": {"type": "string", "required": False}, "b": {"type": "long", "required": True}},
            },
        ),
    ],
    ids=repr,
)
def test_type_is_shown_and_written_as_by_mlflow(kind: Any, shown: str, written: dict[str, Any] | None) -> None:
    column = ColSpec(kind, "x")

    again = ColSpec.from_json_dict(**column.to_dict())

    assert repr(kind) == shown
    assert written is None or kind.to_dict() == written
    assert again == column
    assert hash(again) == hash(column)
    assert repr(column) == f"'x': {shown} (required)"
    assert repr(ColSpec(kind, required=False)) == f"{shown} (optional)"


def test_types_read_their_own_json() -> None:
    assert Array.from_json_dict(type="array", items={"type": "long"}) == Array("long")
    assert Map.from_json_dict(type="map", values={"type": "long"}) == Map("long")
    assert Object.from_json_dict(**BOX.to_dict()) == BOX
    assert Property.from_json_dict(a={"type": "long"}) == Property("a", "long")
    assert Property.from_json_dict(cls={"type": "long"}) == Property("cls", "long")
    assert ColSpec.from_json_dict(type="sparkml_vector", name="v").to_dict()["type"] == "sparkml_vector"
    assert "SparkML" in repr(ColSpec.from_json_dict(type="sparkml_vector"))


def test_data_types_know_their_names_in_numpy_pandas_and_python() -> None:
    assert [kind.name for kind in DataType.all_types()] == [
        "boolean",
        "integer",
        "long",
        "float",
        "double",
        "string",
        "binary",
        "datetime",
    ]
    assert DataType.integer.to_numpy() == DataType.integer.to_pandas() == np.dtype("int32")
    assert (DataType.string.to_pandas(), DataType.string.to_numpy()) == (np.dtype(object), np.dtype("str"))
    assert (DataType.long.to_python(), DataType.datetime.to_python()) == (int, dt.date)
    assert DataType.from_numpy_type(np.dtype("float32")) is DataType.float
    assert DataType.from_numpy_type(np.dtype("uint64")) is None


def test_values_cannot_be_changed() -> None:
    column = ColSpec("long", "a")

    with pytest.raises(AttributeError, match="a ColSpec cannot be changed; make another"):
        column.name = "b"

    assert Array("long") != Map("long")
    assert column != "a"


def test_columns_are_told_by_name_or_place() -> None:
    named = Schema([ColSpec("long", "a"), ColSpec("string", "b", required=False)])
    placed = Schema([ColSpec("long"), ColSpec("double")])

    assert (named.input_names(), placed.input_names()) == (["a", "b"], [0, 1])
    assert (named.required_input_names(), named.optional_input_names()) == (["a"], ["b"])
    assert named.input_types_dict() == {"a": DataType.long, "b": DataType.string}
    assert list(named.input_dict()) == ["a", "b"]
    assert (named.has_input_names(), placed.has_input_names()) == (True, False)
    assert named.pandas_types() == [np.dtype("int64"), np.dtype(object)]
    assert named.numpy_types() == [np.dtype("int64"), np.dtype("str")]
    assert repr(named) == "['a': long (required), 'b': string (optional)]"
    assert (len(named), list(named), hash(named)) == (2, named.inputs, hash(Schema(named.inputs)))
    assert named != placed


def test_tensors_have_dtypes_and_shapes() -> None:
    one = Schema([TensorSpec(np.dtype("f4"), (-1, 2))])
    two = Schema([TensorSpec(np.dtype("U5"), [-1], "a"), TensorSpec(np.float64, (3,), "b")])

    assert one.to_json() == '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]'
    assert Schema.from_json(two.to_json()) == two
    assert (one.is_tensor_spec(), one.numpy_types(), one.input_types()) == (True, [np.dtype("f4")], [np.dtype("f4")])
    assert repr(two) == "['a': Tensor('str', (-1,)), 'b': Tensor('float64', (3,))]"
    assert two.required_input_names() == ["a", "b"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: ColSpec("nope"), "'nope' is no type of a signature; wanted: boolean, integer, long"),
        (lambda: ColSpec("any"), "or an Array, Object, Map or AnyType"),
        (lambda: Array(5), "5 is no type of a signature"),  # type: ignore[arg-type]
        (lambda: Object([]), "an Object has one property or more"),
        (lambda: Object([Property("a", "long")] * 2), "twice there are: ['a']"),
        (lambda: Array.from_json_dict(type="long"), "wanted the JSON of Array; got that of long"),
        (lambda: Property.from_json_dict(a={}, b={}), "a property is one name with its type"),
        (lambda: ColSpec.from_json_dict(type="array"), "a type is an object with the key 'type'; got None"),
        (lambda: ColSpec.from_json_dict(type="object"), "an object has 'properties'"),
        (lambda: Schema([]), "one column or tensor or more; for no schema there is None"),
        (lambda: Schema(["a"]), "made of ColSpec or TensorSpec; got 'a'"),  # type: ignore[list-item]
        (lambda: Schema([ColSpec("long", "a"), ColSpec("long")]), "all parts of a schema have a name or none"),
        (lambda: Schema([ColSpec("long", "a"), TensorSpec("f4", (1,), "b")]), "of columns or of tensors, not of both"),
        (lambda: Schema([TensorSpec("f4", (1,))] * 2), "told apart by their names"),
        (lambda: Schema([ColSpec("long")]).input_dict(), "has no dict by name"),
        (lambda: Schema([ColSpec("long")]).input_types_dict(), "has no dict by name"),
        (lambda: Schema([ColSpec(BOX, "a")]).pandas_types(), "has no dtype of pandas"),
        (lambda: Schema([ColSpec(BOX, "a")]).numpy_types(), "has no dtype of numpy"),
        (lambda: Schema([TensorSpec("f4", (1,))]).pandas_types(), "numpy_types() gives theirs"),
        (lambda: Schema.from_json("nope"), "a signature is a text of JSON; got 'nope'"),
        (lambda: Schema.from_json(None), "a signature is a text of JSON; got None"),  # type: ignore[arg-type]
        (lambda: Schema.from_json('{"name": "a"}'), "a schema is a list of columns or tensors"),
        (lambda: Schema.from_json('[{"name": "a"}]'), "None is no type of a signature"),
        (lambda: Schema.from_json('[{"type": "tensor"}]'), "a tensor has a 'tensor-spec' with 'dtype' and 'shape'"),
        (lambda: TensorSpec("nope", (1,)), "a dtype of numpy, such as 'float32'; got 'nope'"),
        (lambda: TensorSpec("f4", -1), "a tuple of lengths, such as (-1, 4); got -1"),  # type: ignore[arg-type]
        (lambda: TensorSpec("f4", (2.0,)), "0 or more, or -1 for any; got the shape (2.0,)"),  # type: ignore[arg-type]
        (lambda: TensorSpec("f4", (-2,)), "0 or more, or -1 for any"),
        (lambda: Field.from_dict({"type": "nope"}), "the type 'nope', which is not known; wanted: bool, int8"),
        (lambda: Field.from_dict({"type": "category", "name": "c"}), "type category has 'levels', but 'c' has none"),
        (lambda: Field.from_dict({"type": 5}), "a column of schema.json cannot be read"),
        (lambda: Field.from_dict([]), "a column of schema.json cannot be read"),
    ],
)
def test_schema_that_makes_no_sense_is_refused(wrong: Callable[[], Any], says: str) -> None:
    with pytest.raises(InvalidSignature) as caught:
        wrong()

    assert says in str(caught.value)
    assert isinstance(caught.value, InvalidValue)


@pytest.mark.parametrize(
    ("spec", "shown", "written"),
    [
        (ParamSpec("a", "long", 3), "'a': long (default: 3)", {"default": 3, "shape": None, "type": "long"}),
        (ParamSpec("a", "double", 3), "'a': double (default: 3.0)", {"default": 3.0, "shape": None, "type": "double"}),
        (ParamSpec("a", "float", 1.1), "'a': float (default: 1.1)", {"default": 1.1, "shape": None, "type": "float"}),
        (
            ParamSpec("a", "string", None),
            "'a': string (default: None)",
            {"default": None, "shape": None, "type": "string"},
        ),
        (
            ParamSpec("a", "long", [1, 2], (-1,)),
            "'a': long (default: [1, 2]) (shape: (-1,))",
            {"default": [1, 2], "shape": [-1], "type": "long"},
        ),
        (
            ParamSpec("a", "datetime", dt.datetime(2020, 1, 1, 3)),
            None,
            {"default": "2020-01-01T03:00:00", "shape": None, "type": "datetime"},
        ),
        (ParamSpec("a", "datetime", "2020-01-01"), None, {"default": "2020-01-01", "shape": None, "type": "datetime"}),
        (
            ParamSpec("a", "datetime", np.datetime64("2020-01-01T01", "h")),
            None,
            {"default": "2020-01-01T01:00:00", "shape": None, "type": "datetime"},
        ),
        (ParamSpec("a", BOX, {"b": 1}), None, {"default": {"b": 1}, "shape": None, **BOX.to_dict()}),
        (ParamSpec("a", "integer", np.int64(3)), None, {"default": 3, "shape": None, "type": "integer"}),
        (ParamSpec("a", "boolean", np.True_), None, {"default": True, "shape": None, "type": "boolean"}),
    ],
)
def test_param_is_shown_and_written_as_by_mlflow(spec: ParamSpec, shown: str | None, written: dict[str, Any]) -> None:
    schema = ParamSchema([spec])

    assert shown is None or repr(schema) == f"[{shown}]"
    assert schema.to_dict() == [{"name": "a", **written}]
    assert ParamSchema.from_json(schema.to_json()) == schema
    assert hash(ParamSchema([spec])) == hash(schema)
    assert (list(schema), len(schema)) == ([spec], 1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: ParamSpec("a", "long", 3.5), "the default of the param 'a' is 3.5, which is no whole number"),
        (lambda: ParamSpec("a", "integer", 2**40), "out of the range of int32"),
        (lambda: ParamSpec("a", "long", [1, 2]), "is one value of the type long; got the list [1, 2]"),
        (lambda: ParamSpec("a", "long", 1, (-1,)), "is a list of the type long; got 1"),
        (lambda: ParamSpec("a", "long", [1], (1,)), "is (-1,) for a list, or None; got (1,)"),
        (lambda: ParamSpec("a", "binary", b"x"), "a plain type but binary, or is an Object; got binary"),
        (lambda: ParamSpec("a", Map("long"), {}), "or is an Object; got Map(str -> long)"),  # type: ignore[arg-type]
        (lambda: ParamSpec("a", "nope", 1), "'nope' is no type of a signature"),
        (lambda: ParamSpec("a", "boolean", 1), "is 1, an int; wanted: bool"),
        (lambda: ParamSpec("a", "datetime", "soon"), "is 'soon', which is no time"),
        (lambda: ParamSchema([ParamSpec("a", "long", 1)] * 2), "twice there are: ['a']"),
        (lambda: ParamSchema(["a"]), "params are ParamSpec; got 'a'"),  # type: ignore[list-item]
        (lambda: ParamSchema.from_json("nope"), "a signature is a text of JSON; got 'nope'"),
        (lambda: ParamSchema.from_json("{}"), "params are a list of objects; got {}"),
        (lambda: ParamSchema.from_json('[{"name": "a"}]'), "a param has 'name', 'type' and 'default'"),
    ],
)
def test_param_that_makes_no_sense_is_refused(wrong: Callable[[], Any], says: str) -> None:
    with pytest.raises(InvalidSignature) as caught:
        wrong()

    assert says in str(caught.value)


def test_params_that_old_mlflow_wrote_are_read() -> None:
    assert ParamSchema.from_json('[{"name": "a", "dtype": "long", "default": 3}]') == ParamSchema(
        [ParamSpec("a", "long", 3)]
    )


def test_columns_that_old_mlflow_wrote_are_required() -> None:
    assert Schema.from_json('[{"name": "a", "type": "long"}]') == Schema([ColSpec("long", "a")])


def test_names_of_several_levels_survive() -> None:
    schema = Schema([ColSpec("long", ("a", 1)), ColSpec("long", ("b", 2))])

    assert Schema.from_json(schema.to_json()).input_names() == [("a", 1), ("b", 2)]
    assert schema.to_dict()[0]["name"] == ["a", 1]


def test_facts_do_not_make_columns_differ() -> None:
    frame = pd.DataFrame({"a": pd.Categorical(["x"])})
    from runstone.models import infer_signature

    assert infer_signature(frame).inputs == Schema([ColSpec("string", "a")])
