from pathlib import Path

import pytest

from tests.tools.conftest import MakeFile
from tools import lengths


def test_file_above_600_lines_is_an_error(
    repository: Path, make_file: MakeFile, capsys: pytest.CaptureFixture[str]
) -> None:
    make_file("long.py", "x = 1\n" * 601)
    make_file("longest.ts", "x\n" * 600)

    assert lengths.main(repository) == 1
    assert "long.py: 601 lines; at most 600" in capsys.readouterr().out


def test_file_above_400_lines_is_only_named(
    repository: Path, make_file: MakeFile, capsys: pytest.CaptureFixture[str]
) -> None:
    make_file("longish.R", "x <- 1\n" * 401)

    assert lengths.main(repository) == 0
    assert capsys.readouterr().out == "warning: longish.R: 401 lines; 400 are wanted\n"


def test_generated_types_may_be_long(repository: Path, make_file: MakeFile) -> None:
    make_file("web/src/types/api.d.ts", "x\n" * 5000)

    assert lengths.main(repository) == 0


@pytest.mark.parametrize("word", ["def", "async def"])
def test_function_above_60_lines_is_an_error(repository: Path, make_file: MakeFile, word: str) -> None:
    make_file("module.py", f"class A:\n    {word} f():\n" + "        x = 1\n" * 60)

    assert lengths.main(repository) == 1


def test_function_of_60_lines_is_fine(repository: Path, make_file: MakeFile) -> None:
    make_file("module.py", "def f():\n" + "    x = 1\n" * 59)

    assert lengths.main(repository) == 0


def test_docstring_does_not_count(repository: Path, make_file: MakeFile) -> None:
    make_file("module.py", 'def f():\n    """First.\n' + "\n" * 80 + '    """\n' + "    x = 1\n" * 59)

    assert lengths.main(repository) == 0


def test_this_repository_holds_the_rule() -> None:
    assert lengths.main() == 0
