"""The table of the benchmarks says what was measured."""

from pathlib import Path

import pytest

from benchmarks import picture, table
from benchmarks.__main__ import GROUPS, KEPT, kept, main
from benchmarks.load import shares
from benchmarks.table import BEGIN, END, Curve, Results, Row, row
from benchmarks.writes import p99
from tools.repository import ROOT

PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"


def test_row_has_the_ratio_and_whether_the_bar_is_met() -> None:
    found = Row("a batch", "ms", 100.0, 2.0, 1.8, "noted", fasttrackml=12.0)

    assert found.cells == ["a batch", "ms", "SQLite", "100", "12.0", "2.00", "50.0x", "1.80", "**no**", "noted"]


def test_row_of_a_rate_is_the_better_the_higher() -> None:
    found = Row("values", "1/s", 100.0, 600.0, 500.0, on="PostgreSQL", is_rate=True)

    assert found.cells == ["values", "1/s", "PostgreSQL", "100", "-", "600", "6.00x", "500", "yes", ""]


def test_row_shows_a_dash_for_what_is_not_there() -> None:
    found = row("a batch", "ms", {"ours": 0.0123})

    assert found.cells == ["a batch", "ms", "SQLite", "-", "-", "0.012", "-", "-", "-", ""]


def test_slowdown_that_drowns_in_the_noise_has_no_ratio() -> None:
    found = Row("a loop", "%", 149.0, -8.2, 1.0)

    assert found.cells == ["a loop", "%", "SQLite", "149", "-", "-8.2", "-", "1.00", "yes", ""]


def test_curve_tells_how_the_last_compares_with_the_first() -> None:
    found = Curve("a batch", "ms", "points", [1000, 10_000], [2.0, 3.0])

    assert found.cells == ["a batch", "ms", "SQLite", "points", "1,000: 2.00, 10,000: 3.00", "1.50x"]


def test_page_has_all_groups_and_where_each_was_measured() -> None:
    curve = Curve("a batch", "ms", "points", [10, 100], [1.0, 1.0])
    groups = {
        "first": Results("here", [Row("one", "ms", 1.0, 1.0)]),
        "second": Results("there", [Row("two", "ms", 1.0, 1.0)]),
        "third": Results("here", [], [curve]),
    }

    text = table.markdown(groups, "picture.svg")

    assert text.startswith("- here: first, third\n- there: second\n")
    assert text.index("| one |") < text.index("| two |") < text.index("| a batch |") < text.index("](picture.svg)")


def test_picture_is_the_same_for_the_same_curves(tmp_path: Path) -> None:
    curves = [
        Curve("a batch", "ms", "points", [10, 100], [1.0, 1.0]),
        Curve("a search", "ms", "runs", [1000, 10_000], [2.0, 3.0]),
    ]

    picture.draw(curves, tmp_path / "one.svg")
    picture.draw(curves, tmp_path / "two.svg")

    drawn = (tmp_path / "one.svg").read_text()
    assert drawn == (tmp_path / "two.svg").read_text()
    assert "a batch (ms, SQLite)" in drawn
    assert "a search (ms, SQLite)" in drawn


def test_results_are_kept_for_groups_that_there_are() -> None:
    assert {path.stem for path in KEPT.glob("*.json")} <= GROUPS.keys()
    assert kept().keys() == {path.stem for path in KEPT.glob("*.json")}


def test_unknown_group_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nothing"])

    assert "there is no group 'nothing'; there are starts" in capsys.readouterr().err


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
