"""A journal that is cut, or of which a bit is changed, anywhere: all whole lines are sent, the others are told."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.entities import Entry, ModelMetric, Param, Tag
from runstone.journal import folder as folders
from runstone.journal import leftovers
from runstone.journal.folder import RunFacts
from runstone.journal.format import Values, line_of
from runstone.journal.leftovers import Sent
from runstone.journal.writer import Writer
from runstone.stores.base import TrackingStore
from runstone.stores.resolve import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrackingStore]:
    opened = open_store(f"sqlite:///{tmp_path}/runstone.db")
    yield opened
    opened.close()


@pytest.fixture
def text(tmp_path: Path) -> bytes:
    """A whole journal: each entry has one key of its own."""
    (tmp_path / "whole").mkdir()
    writer = Writer(tmp_path / "whole", "a" * 32, most_bytes=1 << 30, durable=False)
    writer.close()
    lines = [
        line_of(Values(1, {"k1": 0.25}, 1_700_000_000_000, 1)),
        line_of(Entry(n=2, params=[Param("k2", 'ä\n"{}')])),
        line_of(Entry(n=3, tags=[Tag("k3", "x")])),
        line_of(Entry(n=4, metrics=[ModelMetric("k4", float("nan"), 1_700_000_000_000, 2)])),
    ]
    return writer.path.read_bytes() + b"".join(lines)


def sent(tmp_path: Path, store: TrackingStore, run_id: str, text: bytes) -> tuple[Path, Sent]:
    """Send a run whose journal has this text."""
    within = tmp_path / ".runstone"
    with folders.alone(within):
        folder = folders.make(within, RunFacts(run_id=run_id, is_new=True, experiment_id="0", run_name="left"))
    (folder / "journal.jsonl").write_bytes(text)
    os.utime(folder / "journal.jsonl", (0, 0))  # where the first line is damaged, nobody knows who writes
    (leftover,) = leftovers.find(within)
    return folder, leftovers.send(leftover, store, "sqlite:///")


def kept(store: TrackingStore, run_id: str) -> set[str]:
    """Which entries a store has, by their keys."""
    data = store.get_run(run_id).data
    return {key for key in (*data.metrics, *data.params, *data.tags) if key[0] == "k"}


def whole(text: bytes, lines: list[bytes]) -> set[str]:
    """Which entries stand whole in a text, by their keys."""
    return {f"k{lines.index(line)}" for line in text.split(b"\n")[:-1] if line in lines[1:]}


@pytest.mark.slow
def test_journal_that_is_cut_at_any_byte_keeps_all_whole_lines(
    tmp_path: Path, store: TrackingStore, text: bytes
) -> None:
    lines = text.split(b"\n")[:-1]
    for size in range(len(text) + 1):
        folder, told = sent(tmp_path, store, f"{size:032x}", text[:size])

        assert told.damages == {}
        assert kept(store, f"{size:032x}") == whole(text[:size], lines)
        assert not folder.exists()
    print(f"a journal of {len(text)} bytes cut at each of them")
    assert kept(store, f"{len(text):032x}") == {"k1", "k2", "k3", "k4"}


@pytest.mark.slow
def test_bit_that_is_changed_anywhere_is_found_and_costs_no_other_line(
    tmp_path: Path, store: TrackingStore, text: bytes
) -> None:
    lines = text.split(b"\n")[:-1]
    chance = random.Random(1)
    for place in range(len(text) - 1):
        changed = bytearray(text)
        changed[place] ^= 1 << chance.randrange(8)
        run_id = f"{place:032x}"

        folder, told = sent(tmp_path, store, run_id, bytes(changed))

        broken = [number for number, line in enumerate(bytes(changed).split(b"\n")[:-1], 1) if line not in lines]
        assert [damage.line for damage in told.damages["damaged-journal.jsonl"]] == broken
        assert kept(store, run_id) == whole(bytes(changed), lines)
        assert (folder / "damaged-journal.jsonl").read_bytes() == changed
        assert [path.name for path in folder.iterdir()] == ["damaged-journal.jsonl"]
        shutil.rmtree(folder)
    print(f"a bit of each of {len(text) - 1} bytes changed")


def test_last_line_without_its_end_counts_as_never_acknowledged(
    tmp_path: Path, store: TrackingStore, text: bytes
) -> None:
    _, told = sent(tmp_path, store, "a" * 32, text[:-1] + b" ")

    assert told.damages == {}
    assert kept(store, "a" * 32) == {"k1", "k2", "k3"}
