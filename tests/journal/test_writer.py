"""Appending to a journal, and reading it while it is written, cut or damaged."""

import fcntl
import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path
from threading import Event, Thread
from time import time

import pytest

from runstone.entities import Entry, ModelMetric, Tag
from runstone.errors import InvalidValue, JournalFull
from runstone.journal import reader
from runstone.journal.format import Values, line_of
from runstone.journal.reader import Position
from runstone.journal.writer import Writer
from tests.journal.writers import WAYS, writer_of

ROOT = Path(__file__).parents[2]
RUN = "0f3b6c2a9d4e4f60a1b2c3d4e5f60718"


@pytest.fixture(params=WAYS)
def kind(request: pytest.FixtureRequest) -> type[Writer]:
    return writer_of(request.param)


@pytest.fixture
def writer(kind: type[Writer], tmp_path: Path) -> Iterator[Writer]:
    made = kind(tmp_path, RUN, most_bytes=1 << 30, durable=False)
    yield made
    made.close()


def log(writer: Writer, key: str, value: float, timestamp: int, step: int) -> int:
    """Append one value, as a run does."""
    return log_all(writer, {key: value}, timestamp, step)


def log_all(writer: Writer, values: dict[str, float], timestamp: int, step: int) -> int:
    """Append values, as a run does: the short way first."""
    return writer.usual_metrics(values, timestamp, step) or writer.metrics(
        [ModelMetric(key, value, timestamp, step) for key, value in values.items()]
    )


def entries_of(writer: Writer) -> list[Entry]:
    found: list[Entry] = []
    position = writer.start()
    while True:
        stretch = reader.read(writer.file, position, size=200)
        if stretch.end == position:
            return found
        assert not stretch.damages
        found += stretch.entries
        position = stretch.end


def test_numbers_rise_by_one_whoever_writes(writer: Writer) -> None:
    def log_both() -> None:
        for step in range(200):
            log(writer, "loss", 0.5, 0, step)
            writer.append(Entry(n=1, tags=[Tag("t", str(step))]))

    threads = [Thread(target=log_both) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [entry.n for entry in entries_of(writer)] == list(range(1, 1601))


@pytest.mark.parametrize("way", ["metrics", "append"])
def test_thread_that_waits_for_the_interpreter_is_not_woken_by_each_line(writer: Writer, way: str) -> None:
    """It would find the interpreter taken again each time, and could wait for it for seconds in a loop that logs."""
    go, had_a_turn = Event(), Event()
    interval = sys.getswitchinterval()

    def wait() -> None:
        go.wait()
        had_a_turn.set()

    waits = Thread(target=wait)
    waits.start()
    sys.setswitchinterval(60)  # whoever runs goes on until it lets go by itself
    try:
        go.set()
        for step in range(20_000):
            if way == "metrics":
                log(writer, "loss", 0.5, 0, step)
            else:
                writer.append(Entry(n=1, tags=[Tag("t", "x")]))
        went_without = not had_a_turn.is_set()
    finally:
        sys.setswitchinterval(interval)
        waits.join()

    assert went_without
    assert writer.n == 20_000


def test_second_writer_of_a_run_has_a_file_of_its_own(writer: Writer, tmp_path: Path) -> None:
    other = type(writer)(tmp_path, RUN, most_bytes=1 << 30, durable=False)
    log(writer, "a", 1.0, 0, 0)
    log(other, "b", 1.0, 0, 0)

    assert writer.path.name == "journal.jsonl"
    assert other.path.name == f"journal-{other.writer}.jsonl"
    assert [[metric.key for metric in entries_of(one)[0].metrics] for one in (writer, other)] == [["a"], ["b"]]
    other.close()


def test_file_is_locked_from_the_moment_it_can_be_found(writer: Writer, tmp_path: Path) -> None:
    assert [path.name for path in tmp_path.iterdir()] == ["journal.jsonl"]
    with writer.path.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("value", ["0.5", None, "x"])
def test_value_that_is_none_is_refused_and_nothing_is_written(writer: Writer, value: object) -> None:
    with pytest.raises(InvalidValue, match="is a number"):
        log(writer, "loss", value, 0, 0)  # type: ignore[arg-type]  # what is tested

    assert entries_of(writer) == []


@pytest.mark.parametrize(("timestamp", "step"), [(-1, 0), (2**63, 0), (0, 2**63), (0, -(2**63) - 1), (nan, 0)])
def test_time_and_step_out_of_range_are_refused(writer: Writer, timestamp: int, step: int) -> None:
    with pytest.raises(InvalidValue, match="of a metric"):
        log(writer, "loss", 0.5, timestamp, step)


def test_known_metric_is_written_the_short_way(writer: Writer) -> None:
    log(writer, "loss", 0.5, 7, 0)

    assert writer.usual_metrics({"loss": 0.25}, 8, -(2**63)) == 2
    assert writer.usual_metrics({"loss": 0.125}, None, 2**63 - 1) == 3
    assert writer.usual_metrics({"loss": 0.0625}, 9, None) == 4

    found = [entry.metrics[0] for entry in entries_of(writer)]
    assert [(metric.value, metric.step) for metric in found] == [
        (0.5, 0),
        (0.25, -(2**63)),
        (0.125, 2**63 - 1),
        (0.0625, 0),
    ]
    assert found[1].timestamp == 8
    line = writer.path.read_bytes().splitlines(keepends=True)[2]
    assert line == line_of(Values(2, {"loss": 0.25}, 8, -(2**63)))
    assert abs(found[2].timestamp / 1000 - time()) < 60


class _Text(str):
    """No text as the encoder of JSON knows it."""


@pytest.mark.parametrize(
    ("key", "value", "timestamp", "step"),
    [
        ("error", 0.5, 0, 0),
        (_Text("loss"), 0.5, 0, 0),
        ("loss", 1, 0, 0),
        ("loss", True, 0, 0),
        ("loss", "0.5", 0, 0),
        ("loss", nan, 0, 0),
        ("loss", inf, 0, 0),
        ("loss", 0.5, -1, 0),
        ("loss", 0.5, 2**63, 0),
        ("loss", 0.5, 0.0, 0),
        ("loss", 0.5, 0, 2**63),
        ("loss", 0.5, 0, -(2**63) - 1),
        ("loss", 0.5, 0, 1.0),
        ("loss", 0.5, 0, True),
    ],
)
def test_short_way_writes_nothing_that_is_unusual(
    writer: Writer, key: str, value: float, timestamp: int, step: int
) -> None:
    log(writer, "loss", 0.5, 0, 0)

    assert writer.usual_metrics({key: value}, timestamp, step) == 0

    assert len(entries_of(writer)) == 1


def test_short_way_leaves_what_is_wrong_with_the_file_to_the_other(kind: type[Writer], tmp_path: Path) -> None:
    full = kind(tmp_path, RUN, most_bytes=1000, durable=False)
    log(full, "loss", 0.5, 0, 0)
    while full.usual_metrics({"loss": 0.5}, 0, 0):
        pass
    with pytest.raises(JournalFull):
        log(full, "loss", 0.5, 0, 0)
    full.close()

    durable = kind(tmp_path, RUN, most_bytes=1 << 30, durable=True)
    log(durable, "loss", 0.5, 0, 0)
    assert durable.usual_metrics({"loss": 0.5}, 0, 1) == 0
    durable.close()


def test_value_of_another_type_is_written_as_a_float(writer: Writer) -> None:
    log(writer, "loss", 3, 0, 0)
    log(writer, "loss", True, 0, 0)

    assert [entry.metrics[0].value for entry in entries_of(writer)] == [3.0, 1.0]


def test_metrics_of_one_call_are_one_entry_whether_their_names_are_known_or_not(writer: Writer) -> None:
    for value in (0.5, 1, float("inf"), 0.25):
        log_all(writer, {"loss": value, "error": 0.5}, 7, 3)

    found = [
        [(metric.key, metric.value, metric.timestamp, metric.step) for metric in entry.metrics]
        for entry in entries_of(writer)
    ]
    assert found == [[("loss", value, 7, 3), ("error", 0.5, 7, 3)] for value in (0.5, 1.0, float("inf"), 0.25)]


@pytest.mark.parametrize(
    ("values", "timestamp", "step"),
    [
        ({"loss": 0.5, "a\nb": 0.5}, 0, 0),
        ({"loss": 0.5, "error": "x"}, 0, 0),
        ({"loss": 0.5, 7: 0.5}, 0, 0),
        ({"loss": 0.5}, -1, 0),
        ({"loss": 0.5}, 2**63, 0),
        ({"loss": 0.5}, 0, 2**63),
    ],
)
def test_of_metrics_that_break_a_rule_none_is_written(
    values: dict[str, float], timestamp: int, step: int, writer: Writer
) -> None:
    log(writer, "loss", 1.0, 0, 0)

    with pytest.raises(InvalidValue):
        log_all(writer, values, timestamp, step)

    assert [metric.value for entry in entries_of(writer) for metric in entry.metrics] == [1.0]


def test_full_journal_takes_no_more_and_stays_whole(kind: type[Writer], tmp_path: Path) -> None:
    writer = kind(tmp_path, RUN, most_bytes=2000, durable=False)
    while writer.size < 1900:
        log(writer, "loss", 0.5, 0, 0)

    with pytest.raises(JournalFull, match=r"may not have more than 2,000; .*RUNSTONE_JOURNAL_MAX_MB"):
        writer.append(Entry(n=1, tags=[Tag("t", "x" * 100)]))

    assert [entry.n for entry in entries_of(writer)] == list(range(1, writer.n + 1))
    writer.close()


def test_full_disk_leaves_whole_lines(writer: Writer) -> None:
    log(writer, "loss", 0.5, 0, 0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (writer.size + 30, hard))
    try:
        with pytest.raises(JournalFull):
            log(writer, "loss", 0.5, 0, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    log(writer, "loss", 0.5, 0, 2)

    assert [(entry.n, entry.metrics[0].step) for entry in entries_of(writer)] == [(1, 0), (2, 2)]


def test_disk_that_has_no_room_for_a_first_line_is_told(kind: type[Writer], tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30, hard))
    try:
        with pytest.raises(JournalFull, match=r"cannot be written: .*; make room there, or .*RUNSTONE_JOURNAL_DIR"):
            kind(tmp_path, RUN, most_bytes=1 << 30, durable=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


class _Interrupted(BaseException):
    """What Ctrl-C is in a notebook, which goes on afterwards."""


def log_interrupted(folder: Path, way: str) -> None:
    """Log 20,000 values, interrupted at random; tells what was acknowledged, what is found, whether all is counted."""

    is_armed = False

    def interrupt(*_: object) -> None:
        nonlocal is_armed
        if is_armed:  # an alarm that was called off may come late
            is_armed = False
            raise _Interrupted

    writer = writer_of(way)(folder, RUN, most_bytes=1 << 30, durable=False)
    chance = random.Random(1)
    acknowledged: list[int] = []
    signal.signal(signal.SIGALRM, interrupt)
    for step in range(20_000):
        try:
            is_armed = True
            # From a fraction of a call to many: a virtual machine takes 20 us to set an alarm that is near.
            signal.setitimer(signal.ITIMER_REAL, 10 ** chance.uniform(-6, -3.5))
            log(writer, "loss", 0.5, 0, step)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except _Interrupted:
            continue
        is_armed = False
        acknowledged.append(step)
    log(writer, "loss", 0.5, 0, 20_000)  # drops what the last one may have left, if it was interrupted
    acknowledged.append(20_000)
    found = [entry.metrics[0].step for entry in entries_of(writer)]
    is_counted = writer.remove(Position(writer.path.stat().st_size, len(found) + 1, writer.n))
    sys.stdout.write(json.dumps([acknowledged, found, is_counted]))


@pytest.mark.parametrize("way", WAYS)
def test_calls_that_are_interrupted_anywhere_cost_no_other_call(tmp_path: Path, way: str) -> None:
    # In a process that nobody measures: an interruption amid the measuring would leave its lock taken for ever.
    code = "import sys; from pathlib import Path; from tests.journal.test_writer import log_interrupted as log; "
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    said = subprocess.run(
        [sys.executable, "-c", code + "log(Path(sys.argv[1]), sys.argv[2])", str(tmp_path), way],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    acknowledged, found, is_counted = json.loads(said.stdout)

    assert 1 < len(acknowledged) < 20_001
    assert found == sorted(set(found))
    assert set(acknowledged) <= set(found)
    assert is_counted


def test_file_that_was_given_back_needs_no_more_to_be_durable(writer: Writer) -> None:
    log(writer, "loss", 0.5, 0, 0)
    writer.close()

    writer.sync()

    assert writer.path.exists()


def test_file_is_removed_only_when_all_was_sent(writer: Writer) -> None:
    log(writer, "loss", 0.5, 0, 0)
    assert not writer.remove(writer.start())
    assert writer.path.exists()

    assert writer.remove(Position(writer.size, 2, 1))

    assert not writer.path.exists()
    assert log(writer, "loss", 0.5, 0, 1) == 0
    assert writer.append(Entry(n=1, tags=[Tag("t", "x")])) == 0


def test_journal_cut_at_any_byte_gives_the_entries_before(writer: Writer, tmp_path: Path) -> None:
    for step in range(5):
        log(writer, "loss", 0.5, 0, step)
    text = writer.path.read_bytes()
    for size in range(len(text) + 1):
        cut = tmp_path / "cut"
        cut.write_bytes(text[:size])
        file = os.open(cut, os.O_RDONLY)

        header, position, damages = reader.begin(file)
        stretch = reader.read(file, position)

        os.close(file)
        assert (header is None) == (b"\n" not in text[:size])
        assert damages + stretch.damages == []
        assert [entry.n for entry in stretch.entries] == list(range(1, max(0, text[:size].count(b"\n") - 1) + 1))


def test_line_longer_than_a_stretch_is_read(writer: Writer) -> None:
    writer.append(Entry(n=1, tags=[Tag("t", "x" * 8000)]))

    assert len(reader.read(writer.file, writer.start(), size=100).entries) == 1
