"""The card of a model tells what it is."""

from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.models import infer_signature
from runstone.models.card import CARD


@pytest.fixture
def rows() -> pd.DataFrame:
    return pd.DataFrame({"rain | mm": [1.0, 2.0], "sun": [3.0, 4.0]})


def card(folder: Path) -> str:
    return (folder / CARD).read_text(encoding="utf-8")


def test_card_tells_columns_and_how_to_load(tmp_path: Path, rows: pd.DataFrame) -> None:
    model = LinearRegression().fit(rows, [1.0, 2.0])

    runstone.sklearn.save_model(model, str(tmp_path / "model"), input_example=rows)
    told = card(tmp_path / "model")

    assert "A model of the flavor sklearn, saved on 20" in told
    assert "| rain \\| mm | double | yes |" in told
    assert 'runstone.pyfunc.load_model(".")' in told
    assert "library(runstone)" not in told  # until R has the verb
    assert "scikit-learn==" in told
    assert "`input_example.json`" in told


def test_card_of_a_model_without_a_signature_has_no_tables(tmp_path: Path, rows: pd.DataFrame) -> None:
    model = LinearRegression().fit(rows, [1.0, 2.0])

    runstone.sklearn.save_model(model, str(tmp_path / "model"))

    assert "## Takes" not in card(tmp_path / "model")
    assert "input_example" not in card(tmp_path / "model")


def test_card_tells_params_and_leaves_out_what_is_too_much(tmp_path: Path) -> None:
    wide = pd.DataFrame({f"c{number}": [1.0, 2.0] for number in range(40)})
    model = LinearRegression().fit(wide, [1.0, 2.0])
    signature = infer_signature(wide, model.predict(wide), {"by": 2, "of": ["a", "b"]})

    runstone.sklearn.save_model(model, str(tmp_path / "model"), signature=signature)
    told = card(tmp_path / "model")

    assert "| and 10 more | | |" in told
    assert "| by | long | 2 |" in told
    assert "| of | list of string | ['a', 'b'] |" in told


def test_card_is_one_of_the_files_that_are_compared(tmp_path: Path, rows: pd.DataFrame) -> None:
    runstone.sklearn.save_model(LinearRegression().fit(rows, [1.0, 2.0]), str(tmp_path / "model"))
    (tmp_path / "model" / CARD).write_text("another model")

    found = runstone.models.verify_model(str(tmp_path / "model"), quick=True)

    assert found.checks[0].details == ["card.md was changed"]
