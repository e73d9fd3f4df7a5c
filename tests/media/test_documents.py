"""Dicts and lists into JSON and YAML and back."""

import json
import math
from typing import Any

import pytest

from runstone.errors import InvalidValue
from runstone.media import documents

np = pytest.importorskip("numpy")
pytest.importorskip("yaml")


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml", ".YAML", ".txt", ""])
@pytest.mark.parametrize(
    "value", [{"b": [1, 2.5, None, True], "a": {"ü": "x: y\n- z"}}, [], "text", 1e300, {"1": "no"}]
)
def test_document_is_read_as_it_was_written(value: Any, suffix: str) -> None:
    assert documents.decode(documents.encode(value, suffix), suffix) == value


def test_json_is_indented_and_keeps_the_order() -> None:
    assert documents.encode({"b": 1, "a": "ü"}, ".json").decode() == '{\n  "b": 1,\n  "a": "ü"\n}'


def test_yaml_is_in_blocks_and_keeps_the_order() -> None:
    assert documents.encode({"b": [1], "a": "ü"}, ".yaml").decode() == "b:\n- 1\na: ü\n"


def test_foreign_values_become_plain_ones() -> None:
    value = {"n": np.float64(0.5), "i": np.int64(3), "a": np.ones((1, 2)), "t": complex(1, 2)}

    assert json.loads(documents.encode(value, ".json")) == {"n": 0.5, "i": 3, "a": [[1, 1]], "t": "(1+2j)"}


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_nan_and_infinity_are_kept(suffix: str) -> None:
    found = documents.decode(documents.encode([math.nan, math.inf], suffix), suffix)

    assert math.isnan(found[0])
    assert found[1] == math.inf


def test_what_cannot_be_written_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)

    for bad in (ring, {(1, 2): 3}):
        with pytest.raises(InvalidValue, match="cannot be written"):
            documents.encode(bad, ".json")


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_half_a_character_in_a_document_is_refused(suffix: str) -> None:
    for bad in ({"a": "\ud800"}, {"\ud800": 1}):
        with pytest.raises(InvalidValue, match="cannot be written"):
            documents.encode(bad, suffix)


def test_half_a_character_in_a_text_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidValue, match="at 2"):
        documents.encode_text("ab\ud800")


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"{", ".json"),
        (b"\xff", ".json"),
        (b"[" * 100_000, ".json"),
        (b"a: [", ".yaml"),
        (b"a: !!python/name:os.system", ".yaml"),
    ],
)
@pytest.mark.usefixtures("no_search_for_garbage")
def test_what_cannot_be_read_is_refused(data: bytes, suffix: str) -> None:
    with pytest.raises(InvalidValue, match=r"no (JSON|YAML) document"):
        documents.decode(data, suffix)
