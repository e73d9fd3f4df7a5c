"""A repository in an empty folder, to check the checks on."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

MakeFile = Callable[[str, str], Path]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty git working tree."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


@pytest.fixture
def make_file(repository: Path) -> MakeFile:
    """Writes a file of the repository, folders included."""

    def make(name: str, text: str) -> Path:
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return make
