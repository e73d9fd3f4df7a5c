"""Datasets and logged models refuse what MLflow's protocol has no room for."""

from typing import Any

import pytest

from runstone.entities import Dataset, DatasetFilter, InputTag, LoggedModelStatus, ModelOrder
from runstone.entities.dataset import (
    MAX_DATASET_DIGEST,
    MAX_DATASET_NAME,
    MAX_DATASET_PROFILE,
    MAX_DATASET_SCHEMA,
    MAX_DATASET_SOURCE,
)
from runstone.entities.logged_model import as_orders, logged_model_status, status_word
from runstone.errors import InvalidValue


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("name", MAX_DATASET_NAME),
        ("digest", MAX_DATASET_DIGEST),
        ("source", MAX_DATASET_SOURCE),
        ("schema", MAX_DATASET_SCHEMA),
        ("profile", MAX_DATASET_PROFILE),
        ("source_type", 255),
    ],
)
def test_text_of_a_dataset_has_a_bound(what: str, most: int) -> None:
    fields = {"name": "wheat", "digest": "abc"}

    assert getattr(Dataset(**{**fields, what: "x" * most}), what) == "x" * most
    with pytest.raises(InvalidValue, match=f"at most {most}"):
        Dataset(**{**fields, what: "x" * (most + 1)})


@pytest.mark.parametrize("what", ["name", "digest"])
def test_dataset_has_a_name_and_a_digest(what: str) -> None:
    with pytest.raises(InvalidValue, match="got an empty one"):
        Dataset(**{"name": "wheat", "digest": "abc", what: ""})


@pytest.mark.parametrize(("key", "value"), [("", "a"), ("k" * 256, "a"), ("k", "v" * 501)])
def test_tag_of_an_input_has_bounds(key: str, value: str) -> None:
    assert InputTag("k" * 255, "v" * 500).value == "v" * 500
    with pytest.raises(InvalidValue):
        InputTag(key, value)


@pytest.mark.parametrize("status", list(LoggedModelStatus))
def test_status_is_known_by_its_word_its_number_and_its_name(status: LoggedModelStatus) -> None:
    number = list(LoggedModelStatus).index(status)

    assert {logged_model_status(each) for each in (status_word(status), number, str(number), status.value)} == {status}


@pytest.mark.parametrize("word", ["", "ready", 4, None])
def test_status_that_is_none_is_refused(word: object) -> None:
    with pytest.raises(InvalidValue, match="LOGGED_MODEL_READY"):
        logged_model_status(word)


def test_order_is_made_of_dicts_and_of_items() -> None:
    items = as_orders([ModelOrder("name"), {"field_name": "metrics.m", "ascending": False, "dataset_name": "d"}])

    assert items == [ModelOrder("name"), ModelOrder("metrics.m", ascending=False, dataset_name="d")]
    assert as_orders(None) == []


@pytest.mark.parametrize("item", ["name", {}, {"field_name": "a", "descending": True}, DatasetFilter("a")])
def test_item_of_an_order_that_is_none_is_refused(item: Any) -> None:
    with pytest.raises(InvalidValue, match="'field_name'"):
        as_orders([item])
