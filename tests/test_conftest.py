"""What the frame of the tests, `conftest.py` at the top, promises."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SKIPS = {
    "inside": "import pytest\n\ndef test_a():\n    pytest.skip('no engine')\n",
    "by_mark": "import pytest\n\n@pytest.mark.skip(reason='no engine')\ndef test_a():\n    pass\n",
    "whole_module": "import pytest\n\npytest.skip('no engine', allow_module_level=True)\n",
}
EXPECTED = "import pytest\n\n@pytest.mark.xfail(strict=True)\ndef test_a():\n    assert False\n"
SETTINGS = "import os\n\ndef test_a():\n    assert 'RUNSTONE_TRACKING_URI' not in os.environ\n"
BYTECODE = """
import os, sys

def test_a():
    assert not sys.dont_write_bytecode
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
"""
CHILD = """
import signal, subprocess, sys

def test_a():
    child = subprocess.run([sys.executable, "-c", "import signal; signal.raise_signal(signal.SIGINT)"])
    assert child.returncode == -signal.SIGINT
"""
IN_BACKGROUND = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]


def run(folder: Path, tests: dict[str, str], *, before: Sequence[str] = (), **environment: str) -> str:
    """Run modules of tests below our frame; returns what pytest said, at its end what became of each."""
    for name, code in tests.items():
        (folder / f"test_{name}.py").write_text(code)
    frame = [sys.executable, "-m", "pytest", "-p", "conftest", "-c", os.devnull, "-p", "no:cacheprovider", "-rap"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(
        [*before, *frame, "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "RUNSTONE_REQUIRE_ALL": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said where everything must run."""
    folder = tmp_path_factory.mktemp("strict")
    # A module that fails to load would end the run before the others.
    going_on = {"RUNSTONE_REQUIRE_ALL": "1", "PYTEST_ADDOPTS": "--continue-on-collection-errors"}
    return run(folder, {**SKIPS, "expected": EXPECTED}, **going_on)


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said elsewhere, with a shell whose settings are in the way, in its background."""
    folder = tmp_path_factory.mktemp("lenient")
    tests = {**SKIPS, "settings": SETTINGS, "bytecode": BYTECODE, "child": CHILD}
    shell = {"RUNSTONE_TRACKING_URI": "http://elsewhere", "PYTHONDONTWRITEBYTECODE": "1"}
    return run(folder, tests, before=IN_BACKGROUND, **shell)


@pytest.mark.parametrize("name", SKIPS)
def test_skip_is_a_failure_where_everything_must_run(strict: str, name: str) -> None:
    assert re.search(rf"^(FAILED|ERROR) test_{name}\.py", strict, re.MULTILINE), strict
    # As a line of its own it stands in the report; the summary has it once more, cut to the width unless CI=true.
    assert strict.splitlines().count("RUNSTONE_REQUIRE_ALL=1 forbids this: Skipped: no engine") == len(SKIPS)


@pytest.mark.parametrize("name", SKIPS)
def test_skip_is_a_skip_elsewhere(lenient: str, name: str) -> None:
    assert re.search(rf"^SKIPPED \[1\] .*test_{name}\.py.*: no engine", lenient, re.MULTILINE), lenient


def test_expected_failure_stays_one(strict: str) -> None:
    assert re.search(r"^XFAIL test_expected\.py::test_a", strict, re.MULTILINE), strict


@pytest.mark.parametrize("name", ["settings", "bytecode"])
def test_settings_of_the_shell_reach_no_test(lenient: str, name: str) -> None:
    assert f"PASSED test_{name}.py::test_a" in lenient


def test_ctrl_c_reaches_a_child_also_of_tests_in_the_background(lenient: str) -> None:
    assert "PASSED test_child.py::test_a" in lenient


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_is_counted_under_faults_is_shown_at_the_end(tmp_path: Path, workers: str) -> None:
    for folder in ("faults", "client"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
        (tmp_path / "tests" / folder / f"test_{folder}.py").write_text(
            f"import pytest\n\n@pytest.mark.parametrize('seed', [1, 2])\ndef test_it(seed):\n"
            f"    print(seed, 'kills of {folder}')\n"
        )

    shown = run(tmp_path, {}, PYTEST_ADDOPTS=f"-n {workers}")

    assert shown.count("kills of faults") == 2
    assert "counted under faults" in shown
    assert "test_it[1]: 1 kills of faults\ntest_it[2]: 2 kills of faults" in shown
    assert "kills of client" not in shown
