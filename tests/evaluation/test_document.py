"""The file `evaluation.json`: golden ones are read and written as they are, and their schema says what they are."""

import json
from pathlib import Path

import pytest

from runstone.errors import InvalidValue
from runstone.evaluation import document
from runstone.evaluation.document import Evaluation, Measure
from runstone.evaluation.pictures import pictures

GOLDEN = Path(__file__).resolve().parents[2] / "spec" / "models" / "evaluation"
FILES = sorted(path for path in GOLDEN.glob("*.json") if path.name != "schema.json")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "evaluation.md"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_is_read_and_written_as_it_is(path: Path) -> None:
    data = path.read_bytes()

    evaluation = document.decode(data, path.name)

    assert json.loads(document.encode(evaluation)) == json.loads(data)
    assert {picture[:4] for picture in pictures(evaluation, None).values()} == {b"\x89PNG"}


def test_golden_files_have_every_field() -> None:
    held = {field for path in FILES for field in json.loads(path.read_text(encoding="utf-8"))}

    assert set(Evaluation.__struct_fields__) == held


def test_number_that_is_not_finite_is_null() -> None:
    written = document.encode(Evaluation(1, "", 1, {"a": Measure(float("inf")), "b": Measure(float("nan"))}))

    assert json.loads(written)["metrics"] == {"a": {"value": None}, "b": {"value": None}}


def test_fields_of_later_times_are_passed_over() -> None:
    data = b'{"version": 1, "model_type": "", "examples": 1, "metrics": {}, "colour": "red"}'

    assert document.decode(data, "file").examples == 1


@pytest.mark.parametrize("data", [b"", b"[]", b'{"version": "1"}', b'{"version": 1, "metrics": 3}'])
def test_what_is_no_evaluation_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidValue, match="the file is no evaluation: "):
        document.decode(data, "the file")


def test_page_names_every_field() -> None:
    text = PAGE.read_text(encoding="utf-8")

    missing = [field for kind in document.STRUCTS for field in kind.__struct_fields__ if f"`{field}`" not in text]
    assert missing == []
