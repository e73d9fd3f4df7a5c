"""Type hints say the signature of a function, and rows reach it in the classes that they name."""

import dataclasses
import enum
import json
import typing
from datetime import date, datetime
from typing import Any, Literal, Optional, TypedDict, Union

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pydantic
import pytest

from runstone.errors import InvalidSignature, SignatureMismatch
from runstone.models import infer_signature, signature_of_function
from runstone.models.enforcement import check_input
from runstone.models.hints import as_hinted, field_of_hint, schema_of_hint, signature_from_type_hints


class Kind(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Row(pydantic.BaseModel):
    age: int
    name: str | None = None
    at: datetime = None  # type: ignore[assignment]  # as people write it
    scores: list[float] = pydantic.Field(default=[], max_length=2)


@dataclasses.dataclass
class Box:
    width: float
    kind: Kind = Kind.SMALL
    tags: list[str] = dataclasses.field(default_factory=list)


class Loose(TypedDict):
    a: int
    b: typing.NotRequired[str]


@dataclasses.dataclass
class Tree:
    size: int
    parts: "list[Tree]" = dataclasses.field(default_factory=list)
    within: "Tree | None" = None


@dataclasses.dataclass
class Dangling:
    size: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


UserId = typing.NewType("UserId", int)


@pytest.mark.parametrize(
    ("hint", "says"),
    [
        (list[str], {"type": "string"}),
        (list[int], {"type": "long"}),
        (list[float], {"type": "double"}),
        (list[bool], {"type": "boolean"}),
        (list[bytes], {"type": "binary"}),
        (list[datetime], {"type": "datetime"}),
        (list[date], {"type": "datetime"}),
        (list[Any], {"type": "any"}),
        (list[UserId], {"type": "long"}),
        (list[np.float32], {"type": "float"}),
        (list[Union[int, str]], {"type": "any"}),  # noqa: UP007
        (list[Optional[int]], {"type": "long"}),  # noqa: UP045
        (list[Literal["a", "b"]], {"type": "string"}),
        (list[Kind], {"type": "string"}),
        (list[list[int]], {"type": "array", "items": {"type": "long"}}),
        (list[tuple[int, ...]], {"type": "array", "items": {"type": "long"}}),
        (list[tuple[int, int]], {"type": "array", "items": {"type": "long"}}),
        (list[dict[str, int]], {"type": "map", "values": {"type": "long"}}),
        (typing.Annotated[list[str], "rows"], {"type": "string"}),
        (str, {"type": "string"}),
        (list, {"type": "any"}),
        (list[dict], {"type": "map", "values": {"type": "any"}}),  # type: ignore[type-arg]
        (list[dict[int, str]], {"type": "any"}),
        (list[RuntimeError], {"type": "any"}),
        (typing.List, {"type": "any"}),  # noqa: UP006
        (list[typing.Dict], {"type": "map", "values": {"type": "any"}}),  # type: ignore[type-arg]  # noqa: UP006
        (list[typing.Tuple], {"type": "array", "items": {"type": "any"}}),  # type: ignore[type-arg]  # noqa: UP006
        (
            list[Tree],
            {
                "type": "object",
                "properties": {
                    "parts": {"type": "array", "items": {"type": "any"}, "required": False},
                    "size": {"type": "long", "required": True},
                    "within": {"type": "any", "required": False},
                },
            },
        ),
        (
            list[Row],
            {
                "type": "object",
                "properties": {
                    "age": {"type": "long", "required": True},
                    "at": {"type": "datetime", "required": False},
                    "name": {"type": "string", "required": False},
                    "scores": {"type": "array", "items": {"type": "double"}, "required": False},
                },
            },
        ),
        (
            list[Loose],
            {
                "type": "object",
                "properties": {"a": {"type": "long", "required": True}, "b": {"type": "string", "required": False}},
            },
        ),
    ],
    ids=str,
)
def test_hint_is_a_schema_in_mlflows_words(hint: Any, says: dict[str, Any]) -> None:
    schema = schema_of_hint(hint)

    assert schema is not None
    assert schema.to_dict() == [{**says, "required": True}]


@pytest.mark.parametrize(
    "hint",
    [None, Any, object, pd.DataFrame, np.ndarray, pl.DataFrame, pa.Table, type(None), RuntimeError, dict[int, str]],
)
def test_hint_that_says_nothing_of_the_values_is_no_schema(hint: Any) -> None:
    assert schema_of_hint(hint) is None


def test_function_and_method_say_their_signature() -> None:
    def by_rows(context: Any, model_input: list[str], params: dict[str, Any] | None = None) -> list[int]:
        raise NotImplementedError

    def of_frames(rows: pd.DataFrame) -> list[int]:
        raise NotImplementedError

    def without(rows, by=1):  # type: ignore[no-untyped-def]
        ...

    found = signature_of_function(by_rows)

    assert found is not None
    assert json.loads(found.to_dict()["inputs"]) == [{"type": "string", "required": True}]
    assert json.loads(found.to_dict()["outputs"]) == [{"type": "long", "required": True}]
    assert signature_of_function(of_frames) is None
    assert signature_of_function(without) is None
    assert signature_of_function(print) is None
    assert signature_from_type_hints({"return": list[int]}) is None
    assert signature_from_type_hints({"x": list[int]}) is not None


def test_hint_that_cannot_be_read_is_refused() -> None:
    def broken(rows: "list[Nowhere]") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(InvalidSignature, match="'Nowhere' is not defined; import at the top of the module"):
        signature_of_function(broken)
    with pytest.raises(InvalidSignature, match="the type hints of Dangling cannot be read: name 'Nowhere'"):
        signature_from_type_hints({"rows": list[Dangling]})


@pytest.mark.parametrize(
    "rows",
    [
        [{"age": 1.0, "at": "2026-01-31"}, {"age": 2, "name": None}],
        [Row(age=1, at=datetime(2026, 1, 31)), {"age": 2, "more": 1}],
        pd.DataFrame({"age": [1, 2], "at": [datetime(2026, 1, 31), None]}),
        pl.DataFrame({"age": [1, 2], "at": [datetime(2026, 1, 31), None]}),
        pa.table({"age": [1, 2], "at": [datetime(2026, 1, 31), None]}),
    ],
    ids=["dicts", "instances", "pandas", "polars", "arrow"],
)
def test_rows_become_instances(rows: Any) -> None:
    def predict(rows: list[Row]) -> list[int]:
        raise NotImplementedError

    signature = signature_of_function(predict)
    assert signature is not None

    found = as_hinted(list[Row], check_input(signature, rows))

    assert [type(row) for row in found] == [Row, Row]
    assert [(row.age, row.name, row.at) for row in found] == [(1, None, datetime(2026, 1, 31)), (2, None, None)]


def test_rows_become_dataclasses_with_their_enums() -> None:
    def predict(rows: list[Box]) -> None: ...

    signature = signature_of_function(predict)
    assert signature is not None

    found = as_hinted(list[Box], check_input(signature, [{"width": 1, "kind": "l"}, Box(2.0)]))

    assert found == [Box(1.0, Kind.LARGE), Box(2.0)]


def test_rows_become_instances_of_a_class_that_holds_itself() -> None:
    signature = signature_from_type_hints({"rows": list[Tree]})
    assert signature is not None

    rows = [{"size": 2, "parts": [{"size": 1}]}]
    found = as_hinted(list[Tree], check_input(signature, rows))

    assert found == [Tree(2, [Tree(1)])]


def test_rows_without_classes_stay_as_they_are() -> None:
    rows = ["a"]

    assert as_hinted(list[str], rows) is rows
    assert as_hinted(pd.DataFrame, rows) is rows
    assert as_hinted(None, rows) is rows


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"age": 1}, {"age": "2"}], "the input, row 1, at ['age'], is '2', a str; wanted: int64"),
        ([{"name": "x"}], "the input, row 0, has no 'age'"),
        ([{"age": None}], "the input, row 0, at ['age'], is missing"),
        (["x"], "the input, row 0, is 'x', a str; wanted: struct"),
        (
            [{"age": 1, "scores": [1, 2, 3]}],
            "the input, row 0, at ['scores'], is [1.0, 2.0, 3.0]: List should have at most 2",
        ),
    ],
)
def test_row_that_the_class_does_not_take_is_refused(rows: Any, says: str) -> None:
    def predict(rows: list[Row]) -> None: ...

    signature = signature_of_function(predict)
    assert signature is not None

    with pytest.raises(SignatureMismatch) as caught:
        as_hinted(list[Row], check_input(signature, rows))

    assert says in str(caught.value)


def test_what_is_not_optional_may_not_be_missing() -> None:
    assert not field_of_hint(str).nullable
    assert field_of_hint(str | None).nullable
    assert infer_signature(["a"]).inputs == schema_of_hint(list[str])
