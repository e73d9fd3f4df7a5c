"""SHAP values pass their tests where the library is."""

import os
from pathlib import Path

import pytest

from tests.peers.genuine import ROOT, run_in

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PYTHON = ROOT / ".venv-libraries" / "bin" / "python"


def test_shap_values_pass_their_tests(tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("the library shap is not installed: run `make libraries`")
    # Coverage of this one file; warnings are those of the libraries, whose versions are what they are.
    covered = ["--cov=runstone.evaluation.explanations", "--cov-branch", "--cov-config", os.devnull]
    command = ["-m", "pytest", "-q", "-W", "default", "-p", "no:cacheprovider", *covered, "--cov-report=term-missing"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COVERAGE_FILE": str(tmp_path / "coverage")}
    variables["NUMBA_DISABLE_JIT"] = "1"  # shap would compile for longer than it then counts

    run_in(PYTHON, *command, "--cov-fail-under=95", "tests/evaluation/large", variables=variables, folder=ROOT)
