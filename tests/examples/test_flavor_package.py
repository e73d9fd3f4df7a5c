"""The example of a flavor from outside is installed as a user would, and passes its own tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.repository import ROOT

ASKED = """
import sys
import runstone, runstone.pyfunc

runstone.sklearn.log_model
assert "runstone_lookup" not in sys.modules, "it is imported before it is needed"
assert callable(runstone.lookup.save_model)
assert "runstone_lookup" in sys.modules
from runstone import lookup
assert lookup is runstone.lookup
"""


SAVED = """
import site, sys
site.addsitedir(sys.argv[1])
import numpy as np
import runstone
from runstone_lookup import LookupTable

runstone.lookup.save_model(LookupTable(np.array([[60.0, 5.0]]), np.array([6.1])), sys.argv[2])
"""
COMMAND = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--offline"]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A copy of the package, and an environment in which it is installed."""
    folder = tmp_path_factory.mktemp("package")
    copied = Path(shutil.copytree(ROOT / "examples" / "flavor-package", folder / "flavor-package"))
    installed = folder / "installed"
    subprocess.run([*COMMAND, "--python", sys.executable, "--target", str(installed), str(copied)], check=True)
    return copied, {**os.environ, "PYTHONPATH": str(installed)}


def test_package_passes_its_own_tests(package: tuple[Path, dict[str, str]]) -> None:
    folder, environment = package

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout


def test_package_is_not_imported_before_it_is_needed(package: tuple[Path, dict[str, str]]) -> None:
    folder, environment = package

    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_model_needs_a_package_that_is_a_link_to_its_source(
    package: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    links = tmp_path / "links"
    subprocess.run(
        [*COMMAND, "--python", sys.executable, "--target", str(links), "--editable", str(package[0])], check=True
    )

    subprocess.run([sys.executable, "-c", SAVED, str(links), str(tmp_path / "saved")], check=True)

    needed = (tmp_path / "saved" / "requirements.txt").read_text("utf-8")
    assert "runstone-lookup==0.1.0" in needed
