from pathlib import Path

import pytest

from tools import changes


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes" / "README.md").write_text("# About\n")
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{changes.MARK}\n## 0.1.0 (2026-01-31)\n\nOld.\n")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nan.bugfix.md", "Keep NaN."),
        ("Keep NaN.fixed.md", "Keep NaN."),
        ("nan.fixed.txt", "Keep NaN."),
        ("nan.fixed.md", ""),
        ("nan.fixed.md", "keep NaN."),
        ("nan.fixed.md", "Keep NaN"),
        ("nan.fixed.md", "# Keep NaN."),
        ("nan.fixed.md", "Two things:\n- one, and\n- another."),
    ],
)
def test_malformed_fragment_is_refused(project: Path, name: str, text: str) -> None:
    (project / "changes" / name).write_text(text)

    assert changes.main(["check"], project) == 1
    assert changes.main(["gather", "0.2.0", "2026-02-28"], project) == 1
    assert (project / "changes" / name).exists()


def test_fragments_become_a_section_above_the_older_releases(project: Path) -> None:
    (project / "changes" / "nan.fixed.md").write_text("Keep NaN in histories.\nAnd infinities.\n")
    (project / "changes" / "table.added.md").write_text("`log_table` is there.\n")
    (project / "changes" / "area.added.md").write_text("A chart.\n")

    assert changes.main(["gather", "0.2.0", "2026-02-28"], project) == 0

    assert (project / "CHANGELOG.md").read_text() == (
        f"# Changelog\n\n{changes.MARK}\n## 0.2.0 (2026-02-28)\n\n"
        "### Added\n\n- A chart.\n- `log_table` is there.\n\n"
        "### Fixed\n\n- Keep NaN in histories.\n  And infinities.\n\n"
        "## 0.1.0 (2026-01-31)\n\nOld.\n"
    )
    assert [path.name for path in (project / "changes").iterdir()] == ["README.md"]


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0"])
def test_nothing_is_gathered_twice_or_from_nothing(project: Path, version: str) -> None:
    before = (project / "CHANGELOG.md").read_text()

    assert changes.main(["gather", version, "2026-02-28"], project) == 1
    assert (project / "CHANGELOG.md").read_text() == before


@pytest.mark.parametrize(
    "arguments", [[], ["gather"], ["gather", "1.0", "2026-01-01"], ["gather", "1.0.0", "2026-02-30"]]
)
def test_wrong_arguments_are_answered_with_the_usage(
    project: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert changes.main(arguments, project) == 2
    assert "usage" in capsys.readouterr().err


def test_fragments_of_this_repository_are_well_formed() -> None:
    assert changes.main(["check"]) == 0
