"""A project that is installed in editable form is run again as it was, not as it stands now."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from venv import EnvBuilder

import pytest

from runstone.client import Client
from runstone.client.capture.environment import EnvironmentFacts, Package
from runstone.reproduction import live
from runstone.reproduction.interpreter import place_of
from tests.client.capture.repositories import WorkTree

Run = Callable[..., subprocess.CompletedProcess[str]]

TRAIN = """
import runstone
from mypkg import VALUE
with runstone.start_run():
    runstone.log_metric("value", VALUE)
"""
# What setuptools leaves for a project whose folders it cannot put on the path.
FINDER = """
import sys
from importlib.util import spec_from_file_location

MAPPING = {{"mypkg": {folder!r}}}

class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            return spec_from_file_location(name, MAPPING[name] + "/__init__.py")

def install():
    sys.meta_path.append(Finder)
"""


@pytest.fixture(autouse=True)
def _users_programs(unmeasured_children: None) -> None:
    """The trainings are a user's."""


@pytest.fixture
def project(tmp_path: Path) -> WorkTree:
    made = WorkTree(tmp_path / "project")
    made.write("packages/one/src/mypkg/__init__.py", "VALUE = 1\n")
    made.commit(train__py=TRAIN, __gitignore="__pycache__\n")
    return made


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder of the packages of a fresh Python, which knows those of this one."""
    EnvBuilder(symlinks=True).create(tmp_path / "venv")
    (found,) = (tmp_path / "venv").glob("lib/*/site-packages")
    (found / "others.pth").write_text("".join(f"{place}\n" for place in sys.path if place))
    return found


@pytest.fixture
def run(project: WorkTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls that Python in the project; its runs are kept in a database of their own."""
    (tmp_path / "store").mkdir()
    monkeypatch.delenv("PYTHONPATH", raising=False)
    for capture in ("GIT", "CODE", "ENVIRONMENT"):
        monkeypatch.setenv(f"RUNSTONE_CAPTURE_{capture}", "1")
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", f"sqlite:///{tmp_path}/store/runs.db")

    def called(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(tmp_path / "venv/bin/python"), *arguments],
            cwd=project.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return called


def installed(site: Path, folder: Path) -> None:
    """What tells of a package `mypkg` in editable form."""
    info = site / "mypkg-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mypkg\nVersion: 1.0\n")
    (info / "direct_url.json").write_text(json.dumps({"url": folder.as_uri(), "dir_info": {"editable": True}}))


def trained(run: Run, tmp_path: Path) -> str:
    done = run("train.py")
    assert done.returncode == 0, done.stderr
    (found,) = Client(f"sqlite:///{tmp_path}/store/runs.db").search_runs(["0"])
    assert found.data.metrics == {"value": 1}
    return found.info.run_id


@pytest.mark.parametrize("form", ["path", "finder"])
def test_editable_project_is_imported_from_the_code_of_the_run(
    project: WorkTree, site: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    package = project.folder / "packages/one"
    installed(site, package)
    if form == "path":
        (site / "__editable__.mypkg-1.0.pth").write_text(f"{package}/src\n")
    else:
        (site / "__editable___mypkg_finder.py").write_text(FINDER.format(folder=f"{package}/src/mypkg"))
        (site / "mypkg.pth").write_text("import __editable___mypkg_finder as f; f.install()\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/sitecustomize.py").write_text("import sys; sys.stderr.write('mine too\\n')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "mine"))
    run_id = trained(run, tmp_path)
    project.write("packages/one/src/mypkg/__init__.py", "VALUE = 2\n")

    done = run("-m", "runstone", "reproduce", run_id, "--environment", "local", "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "mypkg" not in done.stderr
    assert done.stderr.count("mine too") == 2


def test_editable_project_that_cannot_be_had_as_it_was_is_told_before(
    project: WorkTree, site: Path, run: Run, tmp_path: Path
) -> None:
    elsewhere = WorkTree(tmp_path / "elsewhere")
    elsewhere.write("mypkg/__init__.py", "VALUE = 1\n")
    elsewhere.commit()
    installed(site, elsewhere.folder)
    (site / "mypkg.pth").write_text(f"{elsewhere.folder}\n")
    run_id = trained(run, tmp_path)

    done = run("-m", "runstone", "reproduce", run_id, "--environment", "local")

    told = f"mypkg is taken from {elsewhere.folder} as it is now: the commit is not in there"
    assert told in done.stderr
    assert "give --yes to run it" in done.stderr


def test_project_that_is_led_to_in_an_unknown_way_is_told(
    project: WorkTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, project.folder / "packages/one")
    monkeypatch.syspath_prepend(str(tmp_path))
    facts = EnvironmentFacts(packages=[Package("mypkg", "1.0", "editable")])
    commit = project.git("rev-parse", "HEAD")

    local, by_uv = (live.told(facts, commit, with_this_python=this) for this in (True, False))

    assert "how it is installed is not understood" in local[0]
    assert by_uv == []


def test_option_by_which_python_heeds_no_setting_is_told(
    project: WorkTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, project.folder / "packages/one")
    monkeypatch.syspath_prepend(str(project.folder / "packages/one/src"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(os.devnull)
    packages = [Package("mypkg", "1.0", "editable")]
    commit = project.git("rev-parse", "HEAD")

    told = [
        live.told(EnvironmentFacts(command=["python", *words], packages=packages), commit, with_this_python=True)
        for words in (["-I", "train.py"], ["-uE", "train.py"], ["train.py", "-I"], ["-c", "-I"])
    ]

    assert [len(each) for each in told] == [1, 1, 0, 0]


@pytest.mark.parametrize("says_its_name", [True, False])
def test_folder_of_a_project_is_that_of_the_code(
    project: WorkTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says_its_name: bool
) -> None:
    if says_its_name:
        project.write("packages/one/pyproject.toml", "[project]\nname = 'My.Pkg'\nversion = '1.0'\n")
        name = "my-pkg"
    else:
        project.write("packages/one/setup.py", "import setuptools as s; s.setup(name='mypkg')")
        installed(tmp_path, project.folder / "packages/one")
        monkeypatch.syspath_prepend(str(tmp_path))
        name = "mypkg"
    commit = project.commit()
    project.git("clone", "-q", str(project.folder), str(tmp_path / "code"))

    found = place_of(Package(name, "1.0", "editable"), tmp_path / "code", commit)

    assert found == tmp_path / "code/packages/one"
