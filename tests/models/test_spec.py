"""The cases of ``spec/models/signatures``, which R reads too: rows against a schema.json, and what comes of them."""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runstone.errors import SignatureMismatch
from runstone.models import ModelSignature
from runstone.models.enforcement import check_input
from runstone.models.fields import NESTED, PLAIN, Field
from tests.docs.blocks import blocks_of

SPEC = Path(__file__).parents[2] / "spec" / "models" / "signatures"
CASES = [
    pytest.param(told["schema"], case, id=f"{path.stem}: {case['name']}")
    for path in sorted(SPEC.glob("*.json"))
    for told in [json.loads(path.read_text(encoding="utf-8"))]
    for case in told["cases"]
]


def rows_of(frame: Any) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    if isinstance(value, date | datetime) and value is not pd.NaT:
        return value.isoformat()
    return value if isinstance(value, list | dict) or not pd.isna(value) else None


@pytest.mark.parametrize(("schema", "case"), CASES)
def test_rows_fit_or_the_message_says_why(schema: dict[str, Any], case: dict[str, Any]) -> None:
    signature = ModelSignature.from_typed(schema)

    if case["fits"]:
        assert rows_of(check_input(signature, case["rows"])) == case["becomes"]
        return
    with pytest.raises(SignatureMismatch) as caught:
        check_input(signature, case["rows"])

    assert case["says"] in str(caught.value)
    assert {key: getattr(caught.value, key) for key in ("column", "row", "value", "wanted")} == {
        key: case[key] for key in ("column", "row", "value", "wanted")
    }


def test_example_in_the_reference_is_read_and_written_alike() -> None:
    page = SPEC.parents[2] / "docs" / "reference" / "signatures.md"
    [block] = [one for one in blocks_of(page, SPEC.parents[2]) if one.language == "json"]
    told = json.loads(block.code)

    assert ModelSignature.from_typed(told).to_typed() == told


def test_keys_of_a_column_are_told_in_the_reference() -> None:
    page = (SPEC.parents[2] / "docs" / "reference" / "signatures.md").read_text(encoding="utf-8")
    table = page.split("| key of a column | |")[1].split("\n\n")[0]
    told = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert told == set(Field.__struct_fields__)


def test_types_are_told_in_the_reference() -> None:
    page = (SPEC.parents[2] / "docs" / "reference" / "signatures.md").read_text(encoding="utf-8")
    table = page.split("| type in `schema.json` |")[1].split("\n\n")[0]

    assert {*PLAIN, *NESTED} - {"sparkml_vector"} <= set(re.findall(r"`(\w+)`", table))
