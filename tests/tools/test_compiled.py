import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.tags import sys_tags

from tools import compiled

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / compiled.SOURCE).parent.mkdir(parents=True)
    shutil.copy(ROOT / compiled.SOURCE, tmp_path / compiled.SOURCE)
    return tmp_path


def test_part_is_compiled_beside_its_source_unless_it_is_newer(project: Path) -> None:
    made = compiled.build(project)

    assert made is not None
    path = project / made
    code = "import appending; print(appending.Appending().usual_metrics({}, 0, 'x'))"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=path.parent, capture_output=True, text=True, check=True
    ).stdout
    assert answer == "0\n"
    first = path.stat().st_mtime_ns
    assert compiled.build(project) == made
    assert path.stat().st_mtime_ns == first


@pytest.mark.parametrize("says", ["no-such-compiler", "false"])
def test_package_goes_without_where_it_cannot_be_compiled(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], says: str
) -> None:
    monkeypatch.setenv("CC", says)
    older = project / compiled.SOURCE.with_suffix(compiled.OWN)
    older.touch()
    os.utime(older, (0, 0))

    assert compiled.build(project) is None

    assert "appending.c is left out, and calls of log_metric take longer: " in capsys.readouterr().out
    assert list(project.glob("src/**/*.so")) == []


def test_tree_that_cannot_be_written_goes_without(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".build").write_text("no folder")

    assert compiled.build(project) is None

    assert "appending.c is left out" in capsys.readouterr().out


def test_tag_is_one_that_installers_of_this_machine_take() -> None:
    assert str(compiled.tag()) in {str(tag) for tag in sys_tags()}


def test_python_without_the_stable_interface_goes_without(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.implementation, "name", "pypy")

    assert compiled.build(project) is None

    assert "lacks the interface" in capsys.readouterr().out
