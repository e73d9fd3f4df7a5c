"""A script that gets a fork of an interpreter lives as in a process of its own."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.peers.interpreters import Interpreter

pytestmark = pytest.mark.peer

TELLS = """
import atexit, os, sys
import other
print(__name__, vars(sys.modules["__main__"]) is globals(), sys.argv[1:], "json" in sys.modules, os.environ["A"])
print(sys.stdin.read() == "", os.getcwd(), other.NAME, hasattr(sys, "changed"), file=sys.stderr)
sys.changed = True
atexit.register(print, "the end")
sys.exit(int(sys.argv[-1]))
"""


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Interpreter]:
    """One with a module loaded."""
    with Interpreter(Path(sys.executable), ["json"], {}) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a script is, and what it imports."""
    (tmp_path / "tells.py").write_text(TELLS)
    (tmp_path / "other.py").write_text("NAME = 'other'")
    return tmp_path


def run(interpreter: Interpreter, *command: str, folder: Path, within_s: float = 60) -> CompletedProcess[str]:
    return interpreter.run(*command, folder=folder, environment={"A": "b"}, ends_within_s=within_s)


@pytest.mark.parametrize("command", [["tells.py"], ["-m", "tells"], ["-c", TELLS]], ids=["file", "module", "code"])
def test_script_has_what_it_was_given_and_leaves_nothing_behind(
    interpreter: Interpreter, folder: Path, command: list[str]
) -> None:
    for code in ("0", "3"):
        done = run(interpreter, *command, "x", code, folder=folder)

        assert done.returncode == int(code), done.stderr
        assert done.stdout == f"__main__ True ['x', '{code}'] True b\nthe end\n"
        assert done.stderr == f"True {folder} other False\n"


def test_script_that_fails_says_why(interpreter: Interpreter, folder: Path) -> None:
    done = run(interpreter, "-c", "1 / 0", folder=folder)

    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_script_that_does_not_end_is_killed(interpreter: Interpreter, folder: Path) -> None:
    done = run(interpreter, "-c", "import signal; signal.pause()", folder=folder, within_s=0.05)

    assert done.returncode == -signal.SIGKILL


def test_interpreter_that_cannot_load_its_modules_says_so(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    with (
        Interpreter(Path(sys.executable), ["nothing_of_this_name"], {}) as interpreter,
        pytest.raises(AssertionError, match="ended with 1"),
    ):
        run(interpreter, "-c", "", folder=folder)

    assert "No module named 'nothing_of_this_name'" in capfd.readouterr().err
