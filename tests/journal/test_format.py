"""The lines of a journal: the files of ``spec/journal``, and what must hold of any entry."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import isnan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.entities import (
    Dataset,
    DatasetInput,
    Entry,
    LoggedModelStatus,
    ModelInput,
    ModelMetric,
    ModelOutput,
    Param,
    RunStatus,
    Tag,
)
from runstone.errors import InvalidValue, RunstoneError, Unsupported
from runstone.journal import models, reader
from runstone.journal.format import Values, entry_of, line_of
from runstone.journal.models import ModelFacts

SPEC = Path(__file__).parents[2] / "spec" / "journal"
EXPECTED = json.loads((SPEC / "expected.json").read_text())

INT64 = st.integers(-(2**63), 2**63 - 1)
KEYS = st.text("abcdefghäöü -_é漢", min_size=1, max_size=20) | st.sampled_from(["a/b", "a.b", "a:b"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
METRICS = st.builds(ModelMetric, KEYS, st.floats(), st.integers(0, 2**63 - 1), INT64)
ENTRIES = st.builds(
    Entry,
    n=st.integers(1, 2**63 - 1),
    metrics=st.lists(METRICS, max_size=3),
    params=st.lists(st.builds(Param, KEYS, TEXTS), max_size=3),
    tags=st.lists(st.builds(Tag, KEYS, TEXTS), max_size=3),
    datasets=st.lists(st.builds(DatasetInput, dataset=st.builds(Dataset, KEYS, KEYS, TEXTS, TEXTS)), max_size=2),
    model_inputs=st.none() | st.lists(st.builds(ModelInput, TEXTS), min_size=1, max_size=2),
    model_outputs=st.none() | st.lists(st.builds(ModelOutput, TEXTS, INT64), min_size=1, max_size=2),
    deleted_tag=TEXTS,
    status=st.none() | st.sampled_from(RunStatus),
    end_time=st.none() | st.integers(0, 2**53),
    run_name=TEXTS,
)


@contextmanager
def opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDONLY)
    try:
        yield file
    finally:
        os.close(file)


@pytest.mark.parametrize("name", EXPECTED)
def test_golden_journal_is_read_as_the_specification_says(name: str) -> None:
    with opened(SPEC / name) as file:
        header, position, damages = reader.begin(file)
        stretch = reader.read(file, position)

    assert [entry.n for entry in stretch.entries] == EXPECTED[name]["entries"]
    assert [damage.line for damage in damages + stretch.damages] == EXPECTED[name]["damaged_lines"]
    assert (header.after if header else 0) == EXPECTED[name]["after"]


def test_journal_with_and_without_checksums_says_the_same() -> None:
    read = []
    for name in ("whole.jsonl", "without-checksums.jsonl"):
        with opened(SPEC / name) as file:
            read.append([line_of(entry) for entry in reader.read(file, reader.begin(file)[1]).entries])

    assert read[0] == read[1]
    _, *others, last = (SPEC / "whole.jsonl").read_bytes().splitlines(keepends=True)
    values = {"loss": 0.25, "größe": -1e-300}
    assert read[0][:-1] == others
    assert read[0][-1] == line_of(
        Entry(n=12, metrics=[ModelMetric(*each, 1790000000600, 3) for each in values.items()])
    )
    assert last == line_of(Values(12, values, 1790000000600, 3))


def test_golden_models_are_read_and_written_as_the_specification_says(tmp_path: Path) -> None:
    read = {}
    for name in ("model.json", "model-pending.json"):
        folder = tmp_path / "runs" / "a" / "models" / name
        folder.mkdir(parents=True)
        (folder / "model.json").write_bytes((SPEC / name).read_bytes())
        read[name] = models.facts_of(folder)

    whole = read["model.json"]
    models.change(tmp_path / "runs" / "a" / "models" / "model.json", lambda facts: facts)
    assert (whole.name, whole.model_type, whole.created_at, whole.is_new) == (
        "weizen-größe",
        "tree",
        1790000000450,
        True,
    )
    assert (whole.params, whole.tags) == ([Param("depth", "3")], [Tag("stage", "new")])
    assert whole.status is LoggedModelStatus.READY
    assert read["model-pending.json"] == ModelFacts(model_id=whole.model_id)
    written = (tmp_path / "runs" / "a" / "models" / "model.json" / "model.json").read_bytes()
    assert written == (SPEC / "model.json").read_bytes()


def test_journal_of_a_newer_version_is_refused() -> None:
    with opened(SPEC / "newer.jsonl") as file, pytest.raises(Unsupported, match=r"version 2 .* reads up to 1"):
        reader.begin(file)


@given(ENTRIES)
def test_entry_comes_back_as_it_was_written(entry: Entry) -> None:
    line = line_of(entry)

    assert line.count(b"\n") == 1
    assert repr(entry_of(line[:-1])) == repr(entry)


@given(
    st.dictionaries(KEYS, st.floats(allow_nan=False, allow_infinity=False), min_size=1),
    st.integers(0, 2**63 - 1),
    INT64,
    st.integers(1, 2**60),
)
def test_line_of_values_is_read_as_their_metrics(values: dict[str, float], timestamp: int, step: int, n: int) -> None:
    written = entry_of(line_of(Values(n, values, timestamp, step))[:-1])

    assert repr(written) == repr(Entry(n=n, metrics=[ModelMetric(*item, timestamp, step) for item in values.items()]))


def test_what_is_no_number_is_kept() -> None:
    entry = Entry(n=1, metrics=[ModelMetric("a", value, 0, 0) for value in (float("nan"), float("inf"), -float("inf"))])

    kept = [metric.value for metric in entry_of(line_of(entry)[:-1]).metrics]

    assert isnan(kept[0])
    assert kept[1:] == [float("inf"), -float("inf")]


@given(ENTRIES, st.data())
def test_changed_byte_is_noticed(entry: Entry, data: st.DataObject) -> None:
    line = bytearray(line_of(entry)[:-1])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= 1 << data.draw(st.integers(0, 7))

    try:
        read = entry_of(bytes(line))
    except RunstoneError:
        return
    # Only where the change leaves a line without a checksum, or its word in other letters, could it go unnoticed.
    assert repr(read) == repr(entry)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidValue, match="half a character"):
        line_of(Entry(n=1, params=[Param("p", "\ud800")]))
