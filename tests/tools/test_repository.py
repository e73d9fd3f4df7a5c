from pathlib import Path

from tests.tools.conftest import MakeFile
from tools.repository import tracked_files


def test_new_files_count_and_ignored_ones_do_not(repository: Path, make_file: MakeFile) -> None:
    make_file(".gitignore", "*.log\n")
    make_file("a.py", "")
    make_file("b.log", "")
    make_file("deep/c.md", "")

    assert tracked_files(repository) == [repository / ".gitignore", repository / "a.py", repository / "deep/c.md"]
    assert tracked_files(repository, ".py") == [repository / "a.py"]
