"""Entries as text, which a store is to read: the same as those that are read here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.entities import Entry, ModelMetric, Param, Tag
from runstone.errors import InvalidValue
from runstone.journal import reader
from runstone.journal.format import Values, line_of
from runstone.journal.reader import Position, Texts
from runstone.stores.journals import checked

START = Position(0, 0, 0)
LINES = [
    line_of(Values(1, {"loss": 0.5}, 1_764_000_000_000, 0)),
    line_of(Entry(n=2, params=[Param("a", '"crc":"00000000"}\n{')], tags=[Tag("ü", "x" * 300)])),
    line_of(Entry(n=3, metrics=[ModelMetric("loss", 1e-300, 1, -3)])),
    line_of(Entry(n=4, deleted_tag="ü")),
]


@contextmanager
def opened(folder: Path, text: bytes) -> Iterator[int]:
    path = folder / "journal.jsonl"
    path.write_bytes(text)
    file = os.open(path, os.O_RDONLY)
    try:
        yield file
    finally:
        os.close(file)


def texts_of(folder: Path, text: bytes) -> Texts | None:
    with opened(folder, text) as file:
        return reader.texts(file, START, until=len(text))


def test_texts_are_the_entries(tmp_path: Path) -> None:
    text = b"".join(LINES)
    with opened(tmp_path, text) as file:
        read = reader.read(file, START)

    found = texts_of(tmp_path, text)

    assert found is not None
    assert checked(found.entries) == read.entries
    assert found.end == read.end == Position(len(text), 4, 4)


def test_text_of_a_line_that_is_not_ended_is_not_there_yet(tmp_path: Path) -> None:
    found = texts_of(tmp_path, LINES[0] + LINES[1][:-1])

    assert found is not None
    assert found.end == Position(len(LINES[0]), 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(LINES[0][:-1], id="no line that is ended"),
        pytest.param(LINES[0] + LINES[0], id="a number twice"),
        pytest.param(LINES[0] + LINES[2], id="a number missing"),
        pytest.param(LINES[1] + LINES[0], id="numbers that fall"),
        pytest.param(LINES[0] + b"no JSON\n", id="no JSON"),
        pytest.param(b'{"n":1}\n' + LINES[1], id="no checksum"),
    ],
)
def test_what_is_wrong_at_once_is_left_to_who_tells_of_it(text: bytes, tmp_path: Path) -> None:
    assert texts_of(tmp_path, text) is None


@given(data=st.data())
def test_changed_byte_is_noticed_here_or_by_the_store_or_changes_nothing(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = bytearray(b"".join(LINES))
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("changed")

    found = texts_of(folder, bytes(text))

    entries = None
    if found is not None:
        with suppress(InvalidValue):
            entries = checked(found.entries)
    if found is not None and entries is not None:
        with opened(folder, bytes(text)) as file:
            read = reader.read(file, START)
        assert read.damages == []
        assert entries == read.entries
        assert found.end == read.end
