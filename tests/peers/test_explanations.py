"""SHAP values pass their tests where the library is."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.peers.genuine import ROOT

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PYTHON = ROOT / ".venv-libraries" / "bin" / "python"


def test_shap_values_pass_their_tests(tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("the library shap is not installed: run `make libraries`")
    # Coverage of this one file; warnings are those of the libraries, whose versions are what they are.
    covered = ["--cov=runstone.evaluation.explanations", "--cov-branch", "--cov-config", os.devnull]
    command = [str(PYTHON), "-m", "pytest", "-q", "-W", "default", "-p", "no:cacheprovider", *covered]
    variables = {"PYTHONPATH": str(ROOT / "src"), "COVERAGE_FILE": str(tmp_path / "coverage")}

    done = subprocess.run(
        [*command, "--cov-fail-under=95", "--cov-report=term-missing", "tests/evaluation/large"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:]
