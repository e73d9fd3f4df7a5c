from pathlib import Path

import pytest

from tools import generated


def test_stale_file_is_named_then_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"deep/a.txt": lambda: "new\n", "b.txt": lambda: "same\n"}
    (tmp_path / "b.txt").write_text("same\n")

    assert generated.main([], tmp_path, files) == 1
    assert "deep/a.txt: not what the code makes" in capsys.readouterr().out
    assert generated.main(["--write"], tmp_path, files) == 0
    assert (tmp_path / "deep/a.txt").read_text() == "new\n"
    assert generated.main([], tmp_path, files) == 0


def test_wrong_argument_is_answered_with_the_usage(tmp_path: Path) -> None:
    assert generated.main(["--wrong"], tmp_path, {}) == 2


@pytest.mark.parametrize("name", generated.FILES)
def test_file_of_this_repository_is_what_the_code_makes(name: str) -> None:
    made = generated.FILES[name]

    assert generated.main([], files={name: made}) == 0, "run `make generated`"
