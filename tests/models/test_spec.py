"""The cases of ``spec/models/signatures``, which R reads too: rows against a schema.json, and what comes of them."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runstone.errors import SignatureMismatch
from runstone.models import ModelSignature
from runstone.models.enforcement import check_input

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
