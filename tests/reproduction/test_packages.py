"""The packages that `runstone reproduce` runs a program with again."""

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runstone.client import Client
from tests.client.capture.repositories import WorkTree
from tests.reproduction.conftest import Command, Train


def wheel(folder: Path, version: str) -> None:
    """A package `tinyfit` that holds its version as a number."""
    folder.mkdir(exist_ok=True)
    info = f"tinyfit-{version}.dist-info"
    with zipfile.ZipFile(folder / f"tinyfit-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr("tinyfit.py", f"version = {version}\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tinyfit\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"tinyfit.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


@pytest.fixture
def offline_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """uv installs from a folder alone; Runstone itself and its needs are found where they are here."""
    wheels = tmp_path / "wheels"
    for version in ("1.0", "2.0"):
        wheel(wheels, version)
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    return wheels


def with_packages(client: Client, run_id: str, *packages: dict[str, Any]) -> str:
    """A run that was recorded with these packages."""
    file = Path(client.download_artifacts(run_id, "runstone/environment.json"))
    facts = json.loads(file.read_bytes()) | {"packages": list(packages)}
    client.log_dict(run_id, facts, "runstone/environment.json")
    return run_id


USES_A_PACKAGE = """
import runstone
try:
    from tinyfit import version
except ImportError:
    version = 1.0
runstone.log_metric("version", version)
"""


def installed_from(file: Path, within: Path) -> None:
    """What pip leaves where it has installed version 2.0 of ``tinyfit`` from a file."""
    info = within / "tinyfit-2.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tinyfit\nVersion: 2.0\n")
    (info / "direct_url.json").write_text(json.dumps({"url": file.as_uri(), "archive_info": {}}))


def test_recorded_versions_are_installed_in_a_fresh_environment(
    train: Train,
    reproduce: Command,
    client: Client,
    tree: WorkTree,
    offline_uv: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree.write("job/train.py", USES_A_PACKAGE)
    run_id = train()
    mine = {"name": "only-mine", "version": "3", "source": "editable"}
    old = with_packages(client, run_id, {"name": "tinyfit", "version": "1.0", "source": None}, mine)

    first = reproduce(old, environment="uv")
    installed_from(offline_uv / "tinyfit-2.0-py3-none-any.whl", offline_uv.parent / "installed")
    monkeypatch.syspath_prepend(str(offline_uv.parent / "installed"))
    new = with_packages(client, run_id, {"name": "tinyfit", "version": "2.0", "source": "file"})
    second = reproduce(new, environment="uv")

    assert first.exit_code == 0, first.output
    assert "only-mine 3 was installed from a folder or file, and is left out" in first.stderr
    assert second.exit_code == 3, second.output


def test_project_of_the_code_is_installed_as_it_was(
    train: Train, reproduce: Command, client: Client, tree: WorkTree, offline_uv: Path
) -> None:
    # A project that needs nothing to be built: its backend stands in the repository.
    tree.write("pyproject.toml", PROJECT)
    tree.write("backend.py", BACKEND)
    tree.write("job/train.py", "import runstone\nrunstone.log_metric('a', 1)\n")
    tree.commit()
    run_id = with_packages(client, train(), {"name": "Tiny_Project", "version": "1", "source": "editable"})

    done = reproduce(run_id, environment="uv")

    assert done.exit_code == 0, done.output
    assert "Tiny_Project" not in done.stderr


PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny-project"
version = "1"
"""
BACKEND = """
import os, zipfile

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name, info = "tiny_project-1-py3-none-any.whl", "tiny_project-1.dist-info"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as archive:
        archive.writestr("tiny_project.pth", os.getcwd())
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: tiny-project\\nVersion: 1\\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", f"tiny_project.pth,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n")
    return name
"""


def test_package_that_cannot_be_had_is_named(
    train: Train, reproduce: Command, client: Client, offline_uv: Path
) -> None:
    run_id = with_packages(client, train(), {"name": "tinyfit", "version": "9.9", "source": None})

    done = reproduce(run_id, environment="uv")

    assert done.exit_code == 1
    assert "the packages of the run cannot be installed" in done.stderr
    assert "tinyfit==9.9" in done.stderr


def test_local_python_tells_how_it_differs(train: Train, reproduce: Command, client: Client) -> None:
    packages = [{"name": "msgspec", "version": "0.0.1", "source": None}]
    packages += [{"name": f"absent-{number}", "version": "1", "source": None} for number in range(20)]
    run_id = with_packages(client, train(), *packages)

    done = reproduce(run_id)

    assert done.exit_code == 0, done.output
    assert "instead of 0.0.1" in done.stderr
    assert "absent-0 1 is not installed" in done.stderr
    assert "and 11 more differences" in done.stderr
