"""The flavors of large libraries pass their tests where these libraries are, and are covered there."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.peers.genuine import ROOT

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PYTHON = ROOT / ".venv-libraries" / "bin" / "python"


@pytest.mark.parametrize("name", ["keras", "prophet", "pytorch", "spacy", "transformers"])
def test_flavor_passes_its_tests(name: str, tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.skip("the large libraries are not installed: run `make libraries`")
    # Coverage of this one file; warnings are those of the libraries, whose versions are what they are.
    covered = [f"--cov=runstone.flavors.{name}", "--cov-branch", "--cov-config", os.devnull, "--cov-fail-under=95"]
    command = [str(PYTHON), "-m", "pytest", "-q", "-W", "default", "-p", "no:cacheprovider", *covered]
    variables = {"PYTHONPATH": str(ROOT / "src"), "COVERAGE_FILE": str(tmp_path / "coverage")}

    done = subprocess.run(
        [*command, "--cov-report=term-missing", f"tests/flavors/large/test_{name}.py"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:]
