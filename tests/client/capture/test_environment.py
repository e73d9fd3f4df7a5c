"""A run knows what it was run with: command line, Python, packages and machine."""

import json
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import distributions, version
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from runstone.client import Client
from runstone.client.capture import environment, program, reading
from runstone.client.capture.part import Subject
from runstone.errors import SchemaMismatch
from tests.client.capture.repositories import WorkTree

PRINTING = """
from runstone.client.capture import environment, program
from runstone.schemas import wire
print(wire.encode(environment.current(program.working_directory())).decode())
"""


def started(folder: Path, *arguments: str, **settings: str) -> dict[str, Any]:
    """What a process that was started by this command line says of itself."""
    done = subprocess.run(arguments, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=True)
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def test_script_is_known_as_seen_from_its_repository(tmp_path: Path) -> None:
    tree = WorkTree(tmp_path / "project")
    script = tree.write("jobs/train.py", PRINTING)
    data = f"--data={tree.folder}/data/x.csv"

    facts = started(
        tree.folder / "jobs", sys.executable, "-u", str(script), data, "--out", "/elsewhere", "--token", "abc", "a=b"
    )

    interpreter = Path(sys.executable).name
    assert facts["command"] == [
        interpreter, "-u", "train.py", "--data=../data/x.csv", "--out", "/elsewhere", "--token", "[redacted]", "a=b",
    ]  # fmt: skip
    assert facts["script"] == "jobs/train.py"
    assert facts["directory"] == "jobs"
    assert (facts["module"], facts["notebook"]) == (None, False)


MOVING = """
import os, sys
import runstone
if sys.argv[1] == "between":
    os.chdir("out")
with runstone.start_run():
    os.chdir(sys.argv[2])
"""


@pytest.mark.parametrize(("when", "to"), [("between", "."), ("after", "out"), ("after", "/")])
@pytest.mark.parametrize("arguments", [["train.py"], ["-m", "train"]])
def test_directory_is_the_one_that_the_command_was_given_in(
    tmp_path: Path, when: str, to: str, arguments: list[str]
) -> None:
    tree = WorkTree(tmp_path / "project")
    tree.write("jobs/train.py", MOVING)
    (tree.folder / "jobs" / "out").mkdir()
    store = f"sqlite:///{tmp_path}/runs.db"
    captured = {"RUNSTONE_CAPTURE_ENVIRONMENT": "true", "RUNSTONE_CAPTURE_GIT": "true", "RUNSTONE_TRACKING_URI": store}

    subprocess.run(
        [sys.executable, *arguments, when, to], cwd=tree.folder / "jobs", env=os.environ | captured, check=True
    )
    [run] = Client(store).search_runs(["0"])
    facts = reading.of(Client(store), run.info.run_id).environment

    assert facts is not None
    assert facts.directory == "jobs"
    assert facts.command[1:] == [*arguments, when, to]


def test_working_directory_that_is_gone_takes_neither_code_nor_environment(tmp_path: Path) -> None:
    tree = WorkTree(tmp_path / "project")
    tree.write("train.py", "import os, sys\nos.mkdir('gone')\nos.chdir('gone')\nos.rmdir('../gone')\n" + PRINTING)

    facts = started(tree.folder, sys.executable, "train.py")

    assert (facts["script"], facts["directory"]) == ("train.py", None)


def test_repository_behind_a_link_is_known_as_the_one_that_it_is(tmp_path: Path) -> None:
    tree = WorkTree(tmp_path / "real" / "project")
    tree.write("jobs/train.py", PRINTING)
    (tmp_path / "elsewhere").mkdir()
    (tree.folder / "data").symlink_to(tmp_path / "elsewhere")
    link, jobs = tmp_path / "link", tmp_path / "jobs"
    link.symlink_to(tmp_path / "real")
    jobs.symlink_to(tree.folder / "jobs")
    linked = link / "project"

    whole = started(linked, sys.executable, f"{linked}/jobs/train.py", f"--data={linked}/data/x.csv", str(linked))
    part = started(tree.folder / "jobs", sys.executable, str(jobs / "train.py"))

    assert (whole["directory"], whole["script"]) == ("", "jobs/train.py")
    assert whole["command"][1:] == ["jobs/train.py", "--data=data/x.csv", "."]
    assert (part["directory"], part["script"], part["command"][1:]) == ("jobs", "jobs/train.py", ["train.py"])


def test_script_outside_of_a_repository_is_known_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PRINTING)
    (tmp_path / "elsewhere").mkdir()

    below = started(tmp_path, sys.executable, str(tmp_path / "train.py"))
    beside = started(tmp_path / "elsewhere", sys.executable, str(tmp_path / "train.py"))
    (tmp_path / "link").symlink_to(tmp_path)
    linked = started(tmp_path / "elsewhere", sys.executable, str(tmp_path / "link" / "train.py"))

    assert (below["command"][1:], below["script"], below["directory"]) == (["train.py"], "train.py", None)
    assert (beside["command"][1:], beside["script"]) == (["train.py"], "train.py")
    assert (linked["command"][1:], linked["script"]) == (["train.py"], "train.py")


def test_command_that_is_no_utf_8_is_told_as_far_as_it_can_be(tmp_path: Path) -> None:
    tree = WorkTree(tmp_path / "project")
    script = "pr\udce9vision.py"
    tree.write(f"jobs/{script}", PRINTING)

    facts = started(tree.folder / "jobs", sys.executable, script, "--name=Ren\udce9")

    assert (facts["script"], facts["directory"]) == ("jobs/pr\ufffdvision.py", "jobs")
    assert facts["command"][1:] == ["pr\ufffdvision.py", "--name=Ren\ufffd"]


def test_module_is_known_by_its_name(tmp_path: Path) -> None:
    tree = WorkTree(tmp_path / "project")
    tree.write("package/__init__.py", "")
    tree.write("package/__main__.py", PRINTING)
    tree.write("package/train.py", PRINTING)

    package = started(tree.folder, sys.executable, "-m", "package")
    module = started(tree.folder, sys.executable, "-m", "package.train", "--lr", "1")

    assert (package["module"], package["script"], package["directory"]) == ("package", None, "")
    assert (module["module"], module["command"][1:]) == ("package.train", ["-m", "package.train", "--lr", "1"])


@pytest.mark.parametrize("named", ["env", "link"])
def test_command_of_a_package_is_known_by_its_name(tmp_path: Path, named: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(tmp_path / "env")], check=True)
    (tmp_path / "link").symlink_to(tmp_path / "env")
    python = tmp_path / named / "bin" / "python"
    command = python.with_name("train-it")
    command.write_text(f"#!{python}\n{PRINTING}")
    command.chmod(0o755)

    facts = started(tmp_path, str(command), "--lr", "1", PYTHONPATH=os.pathsep.join(path for path in sys.path if path))

    assert facts["command"] == ["train-it", "--lr", "1"]
    assert facts["script"] is None


WORKERS = """
import multiprocessing, sys
from runstone.client.capture import environment, program
from runstone.schemas import wire

def told(number):
    return wire.encode(environment.current(program.working_directory())).decode()

if __name__ == "__main__":
    if sys.argv[1] == "loky":
        from joblib import Parallel, delayed
        print(Parallel(n_jobs=2)([delayed(told)(0)])[0])
    else:
        with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
            print(pool.map(told, [0])[0])
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver", "loky"])
def test_worker_that_is_started_anew_has_no_command(tmp_path: Path, method: str) -> None:
    (tmp_path / "train.py").write_text(WORKERS)

    assert started(tmp_path, sys.executable, "-B", "train.py", method)["command"] == []


def test_forked_worker_has_the_command_of_its_program(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(WORKERS)

    assert started(tmp_path, sys.executable, "train.py", "fork")["command"][1:] == ["train.py", "fork"]


@pytest.mark.parametrize("options", [[], ["-BX", "dev"], ["-", "x"], ["-i", "-q"]])
def test_code_from_standard_input_has_no_command(tmp_path: Path, options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *options], cwd=tmp_path, input=PRINTING, capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout)["command"] == []


@pytest.mark.parametrize(
    "options", [["-c", PRINTING], ["-Bc", PRINTING], ["-X", "dev", f"-c{PRINTING}"], ["-Wi", "-c", PRINTING]]
)
def test_code_of_the_command_line_is_its_command(tmp_path: Path, options: list[str]) -> None:
    assert started(tmp_path, sys.executable, *options)["command"][1:] == options


def test_program_that_is_over_has_its_command_and_its_script(tmp_path: Path) -> None:
    at_exit = f"import atexit\nimport runstone\n@atexit.register\ndef told():\n{indent(PRINTING, '    ')}"
    tree = WorkTree(tmp_path / "project")
    tree.write("jobs/train.py", at_exit)

    facts = started(tree.folder, sys.executable, "jobs/train.py")

    assert facts["command"][1:] == ["jobs/train.py"]
    assert facts["script"] == "jobs/train.py"


def test_notebook_has_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a kernel looks like from within: its own package is loaded, and the main module was loaded from no file.
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)

    facts = environment.current(program.working_directory())

    assert (facts.notebook, facts.command, facts.script) == (True, [], None)


def test_python_and_machine_are_those_of_this_process() -> None:
    facts = environment.current(program.working_directory())

    assert facts.python.version == platform.python_version()
    assert facts.platform.machine == platform.machine()
    assert facts.hardware.cores == os.cpu_count()
    assert facts.hardware.memory_bytes is not None
    assert facts.hardware.memory_bytes > 1 << 28


def test_packages_are_those_that_are_installed() -> None:
    places = [
        place for place in sys.path if not place.endswith("setuptools/_vendor")
    ]  # setuptools' own, once it was imported
    installed = {re.sub(r"[-_.]+", "-", found.name).lower(): found.version for found in distributions(path=places)}

    packages = {re.sub(r"[-_.]+", "-", found.name).lower(): found for found in environment.packages()}

    assert {name: found.version for name, found in packages.items()} == installed
    assert packages["runstone"].source == "editable"
    assert packages["msgspec"].source is None


def package(folder: Path, name: str, version: str, direct_url: str = "") -> None:
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: no header\n")
    if direct_url:
        (info / "direct_url.json").write_text(direct_url)


def test_source_of_a_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = '{"url": "https://me:s3@cret@host/it.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}'
    package(tmp_path / "a", "From.Git", "1", git)
    package(tmp_path / "a", "from_file", "2", '{"url": "file:///wheels/it.whl", "archive_info": {}}')
    package(tmp_path / "a", "from_address", "3", '{"url": "https://host/it.whl?token=abcdef", "archive_info": {}}')
    package(tmp_path / "a", "broken", "4", "{")
    of_many = (
        '{"url": "ssh://git@host/many.git", "vcs_info": {"vcs": "git", "commit_id": "def"}, "subdirectory": "a/b c"}'
    )
    package(tmp_path / "a", "part", "5", of_many)
    package(tmp_path / "a", "zipped", "6", '{"url": "https://host/it.zip", "archive_info": {}, "subdirectory": "part"}')
    package(tmp_path / "a", "local", "7", '{"url": "file:///many", "dir_info": {}, "subdirectory": "part"}')
    package(tmp_path / "b", "from-git", "9")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "b")])

    facts = environment.EnvironmentFacts(packages=environment.packages())

    assert environment.requirements(facts) == (
        "broken==4\n"
        "from_address @ https://host/it.whl?token=[redacted]\n"
        "# from_file==2 (file)\n"
        "From.Git @ git+https://host/it.git@abc\n"
        "# local==7 (file)\n"
        "part @ git+ssh://git@host/many.git@def#subdirectory=a/b%20c\n"
        "zipped @ https://host/it.zip#subdirectory=part\n"
    )


def test_package_whose_files_are_no_utf_8_is_there_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, "latin", "1")
    package(tmp_path, "latin_folder", "2", "{}")
    package(tmp_path, "plain", "3")
    (tmp_path / "latin-1.dist-info" / "METADATA").write_bytes(b"Author: Ren\xe9\nName: latin\nVersion: 1\n\n\xe9\n")
    (tmp_path / "latin_folder-2.dist-info" / "direct_url.json").write_bytes(b'{"url": "file:///ren\xe9/it.whl"}')
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    found = [(found.name, found.version, found.source) for found in environment.packages()]

    assert found == [("latin", "1", None), ("latin_folder", "2", "file"), ("plain", "3", None)]


def test_package_of_an_old_installer_that_is_one_file_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old_egg-2.0.egg-info").write_text("Metadata-Version: 1.0\nName: old-egg\nVersion: 2.0\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    assert environment.packages() == [environment.Package("old-egg", "2.0")]


def test_packages_that_setuptools_carries_with_it_are_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = tmp_path / "setuptools" / "_vendor"  # which it puts among the places for modules when it is imported
    package(tmp_path, "setuptools", "84.2.1")
    package(carried, "wheel", "0.46.0")
    package(tmp_path / "_vendor", "mine", "1")  # `pip install --target _vendor`
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "_vendor"), str(carried)])

    assert environment.packages() == [environment.Package("mine", "1"), environment.Package("setuptools", "84.2.1")]


def test_package_that_is_installed_later_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    before = [found.name for found in environment.packages()]
    package(tmp_path, "later", "1")
    after = [found.name for found in environment.packages()]

    assert (before, after) == ([], ["later"])


# A stand-in for nvidia-ml-py, whose answers need a card.
NVML = """
class NVMLError(Exception): pass
class Memory: total = 80 << 30
def nvmlInit(): pass
def nvmlShutdown(): pass
def nvmlSystemGetDriverVersion(): return '550.1'
def nvmlDeviceGetCount(): return 2
def nvmlDeviceGetHandleByIndex(number):
    if number: raise NVMLError('the card has fallen off')
def nvmlDeviceGetMemoryInfo(device): return Memory
def nvmlDeviceGetName(device): return 'A card'
"""


@pytest.mark.parametrize(
    ("fails", "gpus"),
    [
        ("", [environment.Gpu("A card", 80 << 30, "550.1")]),
        ("nvmlDeviceGetMemoryInfo", [environment.Gpu("A card", None, "550.1")]),
        ("nvmlDeviceGetName", [environment.Gpu("", 80 << 30, "550.1")]),
        ("nvmlSystemGetDriverVersion", [environment.Gpu("A card", 80 << 30, "")]),
        ("nvmlDeviceGetCount", None),
        ("nvmlInit", None),
    ],
)
def test_gpus_are_asked_of_the_library_and_each_thing_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str, gpus: list[environment.Gpu] | None
) -> None:
    failing = f"\ndef {fails}(*_): raise NVMLError('Not Supported')\n" if fails else ""
    (tmp_path / "pynvml.py").write_text(NVML + failing)
    monkeypatch.delitem(sys.modules, "pynvml", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert environment.current(tmp_path).hardware.gpus == gpus


def test_gpus_are_not_known_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pynvml.py").write_text("raise ImportError")
    monkeypatch.delitem(sys.modules, "pynvml", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert environment.current(tmp_path).hardware.gpus is None


def test_environment_is_kept_once_and_read_back(client: Client, run_id: str) -> None:
    environment.picture(Subject(client, run_id))
    first = reading.of(client, run_id)

    environment.picture(Subject(client, run_id, is_resumed=True))

    assert first.code is None
    assert first.environment is not None
    assert first == reading.of(client, run_id)
    requirements = reading.content(client, run_id, environment.REQUIREMENTS).decode().splitlines()
    assert f"msgspec=={version('msgspec')}" in requirements


def test_nested_run_has_no_environment_of_its_own(client: Client, run_id: str) -> None:
    environment.picture(Subject(client, run_id, parent=Subject(client, "the run around it")))

    assert client.list_artifacts(run_id, "runstone") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "environment.json of the run .* cannot be read"), ('{"version": 2}', "written by a newer Runstone")],
)
def test_file_that_cannot_be_read_is_named(client: Client, run_id: str, text: str, told: str) -> None:
    client.log_text(run_id, text, "runstone/environment.json")

    with pytest.raises(SchemaMismatch, match=told):
        reading.of(client, run_id)
