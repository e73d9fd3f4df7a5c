"""Writing without letting the interpreter go, compiled and not, and with a Python that cannot."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runstone.entities import ModelMetric
from runstone.journal.appending import Appending
from runstone.journal.format import entry_of
from tests.journal.writers import WAYS, appending_of, writer_of

WITHOUT = """
import os, sys
sys.modules["_ctypes"] = None
from pathlib import Path
from runstone.entities import ModelMetric
from tests.journal.writers import appending_of, writer_of
write = appending_of("python").write
writer = writer_of("python")(Path(sys.argv[1]), "0" * 32, most_bytes=1 << 20, durable=False)
writer.metrics([ModelMetric("loss", 0.5, 0, 0)])
print([writer.usual_metrics({"loss": 0.5}, 0, step) for step in (1, 2)], writer.size == os.path.getsize(writer.path))
print(write(-1, b"line", 4))
"""
NAMES = ["loss", "val/accuracy", "Verlust ä", "\U0001f600", 'a "quoted" name']
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


class Begun:
    """Two files of journals, one for each of the ways, begun alike."""

    def __init__(self, folder: Path) -> None:
        self.paths = [folder / way for way in WAYS]
        self.both: list[Appending] = [appending_of(way).Appending() for way in WAYS]
        for path, each in zip(self.paths, self.both, strict=True):
            each.file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC)
            each._names.update(NAMES)
            each.n = each.size = 0
            each.most_bytes = 1 << 30

    def log(self, values: Any, timestamp: Any, step: Any) -> list[int]:
        return [each.usual_metrics(values, timestamp, step) for each in self.both]

    def states(self) -> list[tuple[int, int, bool, bytes]]:
        return [
            (each.n, each.size, each._is_whole, path.read_bytes())
            for path, each in zip(self.paths, self.both, strict=True)
        ]

    def close(self) -> None:
        for each in self.both:
            os.close(each.file)


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begun]:
    made = Begun(tmp_path)
    yield made
    made.close()


class _Number(int):
    """No int as the short way knows it."""


class _Texts(dict[str, float]):
    """No dict as the short way knows it."""


@pytest.mark.parametrize("way", WAYS)
def test_bytes_that_are_written_are_told(tmp_path: Path, way: str) -> None:
    write = appending_of(way).write
    with (tmp_path / "file").open("wb") as file:
        assert write(file.fileno(), b"a line", 6) == 6
        assert write(file.fileno(), b"a line", 2) == 2
    assert (tmp_path / "file").read_bytes() == b"a linea "
    assert write(-1, b"line", 4) == -1


def test_python_without_libffi_and_without_the_compiled_part_logs_as_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )

    assert done.stdout.splitlines() == ["[2, 3] True", "-1"]


_usual = st.dictionaries(st.sampled_from(NAMES), st.floats(allow_nan=False, allow_infinity=False), min_size=1)
_values = _usual | st.dictionaries(
    st.sampled_from([*NAMES, "unknown", 7, None]), st.floats() | st.integers() | st.booleans() | st.text() | st.none()
)
_integers = st.integers(INT64_MIN, INT64_MAX) | st.integers() | st.sampled_from([INT64_MIN - 1, INT64_MAX + 1])
_times = st.integers(0, INT64_MAX) | _integers | st.floats() | st.booleans() | st.builds(_Number)
_steps = st.none() | _integers | st.floats() | st.booleans() | st.builds(_Number) | st.text()


@given(calls=st.lists(st.tuples(_values, _times, _steps), max_size=20))
@example(calls=[({"loss": 0.5}, INT64_MAX, INT64_MIN), ({"loss": -0.0}, 0, INT64_MAX), ({"loss": 5e-324}, 0, None)])
@example(calls=[({"loss": nan}, 0, 0), ({"loss": inf}, 0, 0), ({"loss": 1.7976931348623157e308}, 0, 0), ({}, 0, 0)])
def test_both_ways_write_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[Any, Any, Any]]
) -> None:
    begun = Begun(tmp_path_factory.mktemp("both"))

    for call in calls:
        told, expected = begun.log(*call)

        assert told == expected
    one, other = begun.states()
    assert one == other
    begun.close()


def test_compiled_line_is_an_entry_of_now(begun: Begun) -> None:
    before = time.time_ns() // 1_000_000
    begun.log({"loss": 0.1, "Verlust ä": -1e-300}, None, None)
    after = time.time_ns() // 1_000_000

    [line] = begun.paths[0].read_bytes().splitlines()
    entry = entry_of(line)
    assert before <= entry.metrics[0].timestamp <= after
    assert entry.metrics == [
        ModelMetric("loss", 0.1, entry.metrics[0].timestamp, 0),
        ModelMetric("Verlust ä", -1e-300, entry.metrics[0].timestamp, 0),
    ]


def test_compiled_line_has_the_time_of_a_clock_that_was_frozen(begun: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([7_000_000, 6_999_999, -1])
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    compiled = begun.both[0]

    assert [compiled.usual_metrics({"loss": 0.5}, None, 0) for _ in range(3)] == [1, 2, 0]
    with pytest.raises(StopIteration):
        compiled.usual_metrics({"loss": 0.5}, None, 0)

    times = [entry_of(line).metrics[0].timestamp for line in begun.paths[0].read_bytes().splitlines()]
    assert times == [7, 6]


@pytest.mark.parametrize("most", [0, 1, 66, 67, 68, 134])
def test_both_ways_fill_a_file_to_the_same_byte(begun: Begun, most: int) -> None:
    for each in begun.both:
        each.most_bytes = most

    for step in range(3):
        told, expected = begun.log({"loss": 0.5}, 1, step)
        assert told == expected

    one, other = begun.states()
    assert one == other
    assert one[2]


def test_both_ways_leave_a_line_that_could_not_be_written_to_the_other(begun: Begun) -> None:
    for each in begun.both:
        os.close(each.file)
        each.file = os.open(os.devnull, os.O_RDONLY)

    assert begun.log({"loss": 0.5}, 0, 0) == [0, 0]

    assert begun.states() == [(0, 0, False, b"")] * 2
    assert begun.log({"loss": 0.5}, 0, 0) == [0, 0]


def test_compiled_way_writes_nothing_while_somebody_writes(begun: Begun) -> None:
    compiled = begun.both[0]
    with compiled._lock:
        assert compiled.usual_metrics({"loss": 0.5}, 0, 0) == 0
    assert compiled.usual_metrics({"loss": 0.5}, 0, 0) == 1


@pytest.mark.parametrize("count", [100, 1000])
def test_many_values_are_written_the_short_way_too(tmp_path: Path, count: int) -> None:
    writer = writer_of("compiled")(tmp_path, "0" * 32, most_bytes=1 << 30, durable=False)
    values = {f"metric {number}": number / 7 for number in range(count)}
    metrics = [ModelMetric(key, value, 0, 0) for key, value in values.items()]
    writer.metrics(metrics)

    assert writer.usual_metrics(values, 0, 0) == 2

    *_, one, other = writer.path.read_bytes().splitlines()
    assert entry_of(one).metrics == entry_of(other).metrics == metrics
    writer.close()


@pytest.mark.parametrize(
    "arguments", [(), ({},), ({}, 0), ({}, 0, 0, 0), ([], 0, 0), (None, 0, 0), (_Texts(loss=0.5), 0, 0)]
)
def test_compiled_way_refuses_what_no_caller_of_it_gives(arguments: tuple[Any, ...]) -> None:
    compiled = appending_of("compiled").Appending
    with pytest.raises(TypeError, match="takes a dict, a timestamp and a step"):
        compiled().usual_metrics(*arguments)


def test_name_that_no_text_can_hold_is_an_error_and_nothing_is_written(begun: Begun) -> None:
    for each in begun.both:
        each._names.add("\ud800")
        with pytest.raises(UnicodeEncodeError):
            each.usual_metrics({"\ud800": 0.5}, 0, 0)

    assert begun.states() == [(0, 0, True, b"")] * 2


def test_compiled_way_keeps_nothing_that_it_was_given(begun: Begun) -> None:
    compiled, values = begun.both[0], {"loss": 0.5, "val/accuracy": 0.25}
    unusual: dict[str, float] = {"loss": nan}
    times = [12345678901, 2**70]
    before = [sys.getrefcount(each) for each in (values, unusual, *times, *values, compiled, compiled._lock)]

    for step in range(1000):
        compiled.usual_metrics(values, times[0], step)
        compiled.usual_metrics(values, times[1], step)
        compiled.usual_metrics(unusual, None, None)
        with pytest.raises(TypeError):
            compiled.usual_metrics(values)  # type: ignore[call-arg]  # what is tested

    assert [sys.getrefcount(each) for each in (values, unusual, *times, *values, compiled, compiled._lock)] == before


@pytest.mark.parametrize("arguments", [(), (1, b"x"), ("1", b"x", 1), (1, "x", 1), (1, b"x", 2), (1, b"x", -1)])
def test_compiled_write_reads_nothing_beyond_its_text(arguments: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, ValueError)):
        appending_of("compiled").write(*arguments)


def test_what_is_compiled_has_the_attributes_of_what_is_not() -> None:
    made, other = (appending_of(way).Appending() for way in WAYS)

    for name in ("_lock", "_names", "_is_whole"):
        assert type(getattr(made, name)) is type(getattr(other, name))
    for name in ("file", "n", "size", "most_bytes", "_is_whole"):
        with pytest.raises(TypeError):
            setattr(made, name, "x")
    for name in ("_lock", "_names"):
        with pytest.raises(AttributeError):
            setattr(made, name, None)


@pytest.mark.parametrize("size", [*range(1018, 1032), *range(4090, 4101), 100_000])
def test_lines_of_any_length_are_the_same_with_the_longest_numbers(begun: Begun, size: int) -> None:
    name = "x" * (size - 115 - len('{"":-0.5}') + 2)  # two of three numbers have no sign
    for each in begun.both:
        each.n = INT64_MAX - 1
        each._names.add(name)

    told, expected = begun.log({name: -0.5}, INT64_MAX, INT64_MIN)

    one, other = begun.states()
    assert told == expected == INT64_MAX
    assert one == other
    assert one[1] == size


def test_long_line_leaves_a_full_file_as_it_is(begun: Begun) -> None:
    for each in begun.both:
        each._names.add("x" * 10_000)
        each.most_bytes = 10_000

    assert begun.log({"x" * 10_000: 0.5}, 0, 0) == [0, 0]

    assert begun.states() == [(0, 0, True, b"")] * 2
