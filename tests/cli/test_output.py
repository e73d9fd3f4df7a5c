"""Tables and documents: in full for programs, fitted for a terminal."""

import fcntl
import json
import math
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from runstone.cli.output import duration, moment, print_facts, print_json, print_table


def test_table_is_aligned_and_in_full_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "value"), [("a" * 300, 1.23456789), ("b", 12)])

    assert capsys.readouterr().out.splitlines() == [
        "name" + " " * 298 + "  value",
        "a" * 300 + "  1.23457",
        "b" + " " * 299 + "       12",
    ]


def test_table_without_rows_has_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "value"), [])

    assert capsys.readouterr().out == "name  value\n"


def test_cell_with_several_lines_stays_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "value"), [("a", "one\ntwo"), ("b", None)])

    assert capsys.readouterr().out == "name  value\na     one two\nb\n"


def test_facts_stand_below_each_other_without_those_that_are_missing(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts([("id", 7), ("user", None), ("remark", "one\ntwo"), ("empty", "")])

    assert capsys.readouterr().out == "id      7\nremark  one\n        two\nempty\n"


def test_terminal_obeys_nothing_that_others_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    harm = "\x1b]52;c;cm0=\x07\x9b2J\r"

    print_facts([("note", f"one{harm}\r\ntwo\tthree")])
    print_table(("tags.note",), [(harm,)])

    shown = capsys.readouterr().out
    assert not set(shown) & set("\x1b\x07\x9b\r")
    assert shown.startswith("note  one\\x1b]52;c;cm0=\\x07\\x9b2J\\r\n      two\tthree\n")


def test_document_is_json_whatever_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"values": [math.nan, math.inf, -math.inf, 0.1], "deep": {"x": (math.nan,)}})

    assert json.loads(capsys.readouterr().out) == {
        "values": ["NaN", "Infinity", "-Infinity", 0.1],
        "deep": {"x": ["NaN"]},
    }


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, None),
        (0, "0.0s"),
        (-59_900, "0.0s"),
        (59_940, "59.9s"),
        (59_999, "60.0s"),
        (61_000, "1m 1s"),
        (3_600_000, "1h 0m"),
        (90_000_000, "1d 1h"),
    ],
)
def test_duration_has_its_two_largest_units(milliseconds: int | None, text: str | None) -> None:
    assert duration(milliseconds) == text


def test_moment_that_is_missing_stays_missing() -> None:
    assert moment(None) is None
    assert moment(0) is not None


@pytest.mark.parametrize("odd", [2**62, -(2**62), 2**63 - 1, -(2**63)])
def test_moment_that_no_calendar_has_is_the_plain_number(odd: int) -> None:
    assert moment(odd) == str(odd)


def test_terminal_gets_a_table_that_fits(tmp_path: Path) -> None:
    reading, writing = pty.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "70"}

    child = subprocess.Popen(
        [sys.executable, "-m", "runstone", "config"], cwd=tmp_path, env=environment, stdout=writing, stderr=writing
    )
    os.close(writing)
    shown = _read_all(reading)

    assert child.wait() == 0
    lines = re.sub(r"\x1b\[[0-9;]*m|\r", "", shown.decode()).split("\n")
    assert max(map(len, lines)) <= 70
    assert "RUNSTONE_TRACKING_URI" in shown.decode()


def _read_all(reading: int) -> bytes:
    pieces = []
    try:
        while piece := os.read(reading, 65536):
            pieces.append(piece)
    except OSError:
        pass  # how Linux says that the other end of a terminal is closed
    os.close(reading)
    return b"".join(pieces)
