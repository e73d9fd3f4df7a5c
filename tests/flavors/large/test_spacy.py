"""Pipelines of spaCy."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import spacy

from runstone.errors import InvalidValue
from runstone.flavors import loading, saving
from runstone.flavors.saving import Extras
from runstone.flavors.spacy import SpacyFlavor
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"text": ["wheat and rye", "snow"]})
FLAVOR = SpacyFlavor()
BOW = {
    "model": {
        "@architectures": "spacy.TextCatBOW.v3",
        "ngram_size": 1,
        "length": 64,
        "exclusive_classes": True,
        "no_output_layer": False,
    }
}


def categorizer() -> Any:
    made = spacy.blank("en")
    part = made.add_pipe("textcat", config=BOW)
    part.add_label("field")  # type: ignore[attr-defined]  # the types know no parts
    part.add_label("sky")  # type: ignore[attr-defined]  # as above
    made.initialize()
    return made


class TestSpacy(FlavorCases):
    flavor = FLAVOR
    needs = ("spacy",)
    takes_arrays = False

    def example(self) -> tuple[Any, Any]:
        return categorizer(), ROWS

    def main_file(self, folder: Path) -> Path:
        return folder / "model.spacy" / "config.cfg"

    @pytest.mark.parametrize("name", ["config.cfg", "textcat/model"])
    def test_damaged_model_is_refused(self, saved: Path, name: str) -> None:  # type: ignore[override]  # of two files
        from runstone.errors import InvalidModel
        from runstone.models import manifest

        place = saved / "model.spacy" / name
        place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=r"model\.spacy"):
            loading.load(saved, uri="here", trust=True)

    def test_missing_file_is_named(self, saved: Path) -> None:
        import shutil

        from runstone.errors import InvalidModel
        from runstone.models import manifest

        shutil.rmtree(saved / "model.spacy")
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=r"model\.spacy"):
            loading.load(saved, uri="here", trust=True)


def test_texts_may_come_as_a_list() -> None:
    answer = FLAVOR.predictor(categorizer(), {})(["snow"], None)

    assert set(answer["predictions"][0]) == {"field", "sky"}


def test_frame_of_two_columns_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"one column of texts; got the columns \['text', 'more'\]"):
        FLAVOR.predictor(categorizer(), {})(ROWS.assign(more=1), None)


def test_pipeline_without_categories_is_kept_and_predicts_nothing(tmp_path: Path) -> None:
    saving.save(FLAVOR, spacy.blank("en"), tmp_path / "model", Extras())

    assert loading.load_native(FLAVOR, tmp_path / "model", uri="here", trust=False)("two words").text == "two words"
    with pytest.raises(InvalidValue, match="predicts if it has a text categorizer; this one has nothing"):
        loading.load(tmp_path / "model", uri="here", trust=False).predict(ROWS)
