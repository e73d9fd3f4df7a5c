"""What the frame of the tests, `conftest.py` at the top, promises."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SKIPS = {
    "inside": "import pytest\n\ndef test_a():\n    pytest.skip('no engine')\n",
    "by mark": "import pytest\n\n@pytest.mark.skip(reason='no engine')\ndef test_a():\n    pass\n",
    "whole module": "import pytest\n\npytest.skip('no engine', allow_module_level=True)\n",
}


IN_BACKGROUND = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]


def run(folder: Path, code: str, *, before: Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_sample.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-c", os.devnull, "-p", "no:cacheprovider"]
    return subprocess.run(
        [*before, *command, "--rootdir", str(folder), str(folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "RUNSTONE_REQUIRE_ALL": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("code", SKIPS.values(), ids=SKIPS)
def test_skip_is_a_failure_where_everything_must_run(tmp_path: Path, code: str) -> None:
    done = run(tmp_path, code, RUNSTONE_REQUIRE_ALL="1")

    assert done.returncode != 0
    assert "RUNSTONE_REQUIRE_ALL=1 forbids this" in done.stdout
    assert "no engine" in done.stdout


@pytest.mark.parametrize("code", SKIPS.values(), ids=SKIPS)
def test_skip_is_a_skip_elsewhere(tmp_path: Path, code: str) -> None:
    done = run(tmp_path, code)

    assert "1 skipped" in done.stdout


def test_expected_failure_stays_one(tmp_path: Path) -> None:
    code = "import pytest\n\n@pytest.mark.xfail(strict=True)\ndef test_a():\n    assert False\n"

    done = run(tmp_path, code, RUNSTONE_REQUIRE_ALL="1")

    assert done.returncode == 0
    assert "1 xfailed" in done.stdout


def test_settings_of_the_shell_reach_no_test(tmp_path: Path) -> None:
    code = "import os\n\ndef test_a():\n    assert 'RUNSTONE_TRACKING_URI' not in os.environ\n"

    done = run(tmp_path, code, RUNSTONE_TRACKING_URI="http://elsewhere")

    assert done.returncode == 0


def test_ctrl_c_reaches_a_child_also_of_tests_in_the_background(tmp_path: Path) -> None:
    code = """
import signal, subprocess, sys

def test_a():
    child = subprocess.run([sys.executable, "-c", "import signal; signal.raise_signal(signal.SIGINT)"])
    assert child.returncode == -signal.SIGINT
"""

    done = run(tmp_path, code, before=IN_BACKGROUND)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_is_counted_under_faults_is_shown_at_the_end(tmp_path: Path, workers: str) -> None:
    for folder in ("faults", "client"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
        (tmp_path / "tests" / folder / f"test_{folder}.py").write_text(
            f"import pytest\n\n@pytest.mark.parametrize('seed', [1, 2])\ndef test_it(seed):\n"
            f"    print(seed, 'kills of {folder}')\n"
        )

    shown = run(tmp_path, "", PYTEST_ADDOPTS=f"-n {workers}").stdout

    assert shown.count("kills of faults") == 2
    assert "counted under faults" in shown
    assert "test_it[1]: 1 kills of faults\ntest_it[2]: 2 kills of faults" in shown
    assert "kills of client" not in shown
