"""Entries as text, which a store is to read: the same as those that are read here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.entities import Entry, ModelMetric, Param, Tag
from runstone.journal import reader
from runstone.journal.format import line_of, values_line
from runstone.journal.reader import Position, Texts
from runstone.stores.journals import checked

START = Position(0, 0, 0)
LINES = [
    values_line(1, {"loss": 0.5}, 1_764_000_000_000, 0),
    line_of(Entry(n=2, params=[Param("a", '"crc":"00000000"}\n{')], tags=[Tag("ü", "x" * 300)])),
    line_of(Entry(n=5, metrics=[ModelMetric("loss", 1e-300, 1, -3)])),
    line_of(Entry(n=6, deleted_tag="ü")),
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
    assert found.end == read.end == Position(len(text), 4, 6)


def test_text_of_a_line_that_is_not_ended_is_not_there_yet(tmp_path: Path) -> None:
    found = texts_of(tmp_path, LINES[0] + LINES[1][:-1])

    assert found is not None
    assert found.end == Position(len(LINES[0]), 1, 1)


def test_no_text_is_the_same_place(tmp_path: Path) -> None:
    assert texts_of(tmp_path, b"") == Texts([], START)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LINES[0] + b'{"n":2,"params":[]}\n', id="without a checksum"),
        pytest.param(LINES[0] + LINES[0], id="a number twice"),
        pytest.param(LINES[2] + LINES[1], id="numbers that fall"),
        pytest.param(b'{"n":0,"crc":"aaaaaaaa"}\n', id="another checksum"),
    ],
)
def test_what_is_wrong_is_left_to_who_tells_of_it(text: bytes, tmp_path: Path) -> None:
    assert texts_of(tmp_path, text) is None


@given(data=st.data())
def test_changed_byte_is_noticed_or_changes_nothing(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = bytearray(b"".join(LINES))
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("changed")

    found = texts_of(folder, bytes(text))

    if found is not None:
        with opened(folder, bytes(text)) as file:
            read = reader.read(file, START)
        assert read.damages == []
        assert checked(found.entries) == read.entries
        assert found.end == read.end
