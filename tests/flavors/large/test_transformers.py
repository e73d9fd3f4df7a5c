"""Pipelines of transformers, with models that are made here and know a handful of words."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    BertTokenizerFast,
    pipeline,
)

from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import loading, resolve, saving
from runstone.flavors.saving import Extras
from runstone.flavors.transformers import TransformersFlavor
from runstone.models import manifest
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"text": ["wheat rye", "snow"]})
FLAVOR = TransformersFlavor()
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "wheat", "rye", "snow"]
SMALL: dict[str, Any] = {
    "vocab_size": len(WORDS),
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 8,
    "max_position_embeddings": 16,
}


def tokenizer() -> Any:
    return BertTokenizerFast(vocab={word: number for number, word in enumerate(WORDS)})


def made(task: str, kind: Any) -> Any:
    torch.manual_seed(0)
    return pipeline(task, model=kind(BertConfig(**SMALL)).eval(), tokenizer=tokenizer())  # type: ignore[call-overload]


class TestClassifier(FlavorCases):
    flavor = FLAVOR
    needs = ("torch", "transformers")
    takes_arrays = False

    def example(self) -> tuple[Any, Any]:
        return made("text-classification", BertForSequenceClassification), ROWS

    def main_file(self, folder: Path) -> Path:
        return folder / "model" / "model.safetensors"

    def test_damaged_model_is_refused(self, saved: Path) -> None:
        place = self.main_file(saved)
        place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
        manifest.write(saved)

        with pytest.raises(InvalidModel, match="model' cannot be read by transformers"):
            loading.load(saved, uri="here", trust=True)

    def test_missing_file_is_named(self, saved: Path) -> None:
        self.main_file(saved).unlink()
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=r"model\.safetensors"):
            loading.load(saved, uri="here", trust=True)

    def test_missing_library_is_named(self, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        import sys

        from runstone.errors import Unsupported

        monkeypatch.setitem(sys.modules, "transformers", None)

        with pytest.raises(Unsupported, match=r"'transformers'.*pip install"):
            loading.load(made.folder, uri="here", trust=True)


@pytest.mark.parametrize(
    ("task", "kind", "rows"),
    [
        ("fill-mask", BertForMaskedLM, ["wheat [MASK]", "[MASK]"]),
        ("token-classification", BertForTokenClassification, ["wheat rye", "snow"]),
    ],
)
def test_answers_are_one_text_for_each_row(task: str, kind: Any, rows: list[str], tmp_path: Path) -> None:
    saving.save(FLAVOR, made(task, kind), tmp_path / "model", Extras(input_example=rows))

    answer = loading.load(tmp_path / "model", uri="here", trust=False).predict(rows)

    assert [type(each) for each in answer] == [str, str]


def test_one_text_is_taken_for_one_row() -> None:
    predict = FLAVOR.predictor(made("text-classification", BertForSequenceClassification), {})

    assert predict("snow", None)["label"].tolist() == predict(["snow"], None)["label"].tolist()


def test_parts_are_put_together_for_a_task(tmp_path: Path) -> None:
    whole = made("text-classification", BertForSequenceClassification)
    parts = {"model": whole.model, "tokenizer": whole.tokenizer}

    with pytest.raises(InvalidValue, match="parts of a pipeline need a task"):
        saving.save(FLAVOR, parts, tmp_path / "model", Extras())
    saving.save(FLAVOR, parts, tmp_path / "model", Extras(), task="text-classification")

    predicted = loading.load(tmp_path / "model", uri="here", trust=False).predict(ROWS)
    assert predicted["label"].tolist() == FLAVOR.predictor(whole, {})(ROWS, None)["label"].tolist()


def test_pipeline_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    whole = made("text-classification", BertForSequenceClassification)
    whole.tokenizer = None

    with pytest.raises(InvalidValue, match="kept if it has a tokenizer and a model of transformers"):
        saving.save(FLAVOR, whole, tmp_path / "model", Extras())


def test_task_that_gives_no_rows_is_refused() -> None:
    with pytest.raises(InvalidValue, match="this one's is feature-extraction"):
        FLAVOR.predictor(made("feature-extraction", BertModel), {})


def test_frame_of_two_columns_is_refused() -> None:
    predict = FLAVOR.predictor(made("text-classification", BertForSequenceClassification), {})

    with pytest.raises(InvalidValue, match="one column of texts"):
        predict(ROWS.assign(more=1), None)


def test_class_that_is_no_model_of_the_library_is_refused(tmp_path: Path) -> None:
    saving.save(FLAVOR, made("text-classification", BertForSequenceClassification), tmp_path / "model", Extras())
    model = Model.load(tmp_path / "model")
    model.flavors["transformers"]["pipeline_model_type"] = "pipeline"
    model.save(tmp_path / "model")
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match="'pipeline_model_type' is a class of a model of transformers"):
        loading.load(tmp_path / "model", uri="here", trust=False)


def test_pipeline_is_told_by_its_class() -> None:
    whole = made("text-classification", BertForSequenceClassification)

    assert resolve.of_model(whole).name == "transformers"


@pytest.mark.parametrize(
    "asked",
    [
        {"attn_implementation": "somebody/kernel"},
        {"attn_implementation": {"": "sdpa", "text": "somebody/kernel"}},
        {"parts": [{"attn_implementation": "flash_attention_2"}]},
        {"_attn_implementation": "somebody/kernel"},
        {"_attn_implementation_internal": "somebody/kernel"},
    ],
)
def test_attention_that_would_be_fetched_as_compiled_code_is_refused(asked: dict[str, Any], tmp_path: Path) -> None:
    saving.save(FLAVOR, made("text-classification", BertForSequenceClassification), tmp_path / "model", Extras())
    file = tmp_path / "model" / "model" / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **asked}))
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"'\w*attn_implementation\w*' in the model's config\.json is '.*fetched"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)
