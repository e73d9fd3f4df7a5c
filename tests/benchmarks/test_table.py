"""The table of the benchmarks says what was measured."""

from pathlib import Path

import pytest

from benchmarks import table
from benchmarks.load import shares
from benchmarks.table import BEGIN, END, Row
from benchmarks.writes import p99
from tools.repository import ROOT

PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"


def test_row_has_the_ratio_and_whether_the_bar_is_met() -> None:
    row = Row("a batch", "ms", 100.0, 2.0, 1.8, "noted")

    assert row.cells == ["a batch", "ms", "100", "2.00", "50.0x", "1.80", "**no**", "noted"]


def test_row_shows_a_dash_for_what_is_not_there() -> None:
    row = Row("a batch", "ms", None, 0.0123)

    assert row.cells == ["a batch", "ms", "-", "0.012", "-", "-", "-", ""]


def test_table_replaces_only_what_lies_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")

    table.write(page, "new")
    table.write(page, "newer")

    assert page.read_text() == f"before\n{BEGIN}\n\nnewer\n{END}\nafter\n"


def test_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks\n")

    with pytest.raises(ValueError, match="has to hold the lines"):
        table.write(page, "new")

    assert page.read_text() == "no marks\n"


def test_page_of_the_docs_has_the_marks_and_a_table() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert text.count(BEGIN) == text.count(END) == 1
    assert f"| {' | '.join(table.HEAD)} |" in text


def test_requests_are_dealt_out_whole() -> None:
    requests = [bytes([number]) for number in range(10)]

    dealt = list(shares(requests, 4))

    assert sorted(b"".join(map(b"".join, dealt))) == list(range(10))
    assert {len(share) for share in dealt} == {2, 3}


def test_p99_leaves_out_the_slowest_hundredth() -> None:
    times = [float(number) for number in range(200)]

    found = p99(times)

    assert found == 198.0
