"""A Python with the packages that a run had, made by uv."""

import platform
import subprocess
import sys
import tomllib
from pathlib import Path

from msgspec import Struct

from runstone import environments
from runstone.client.capture.environment import EnvironmentFacts, Package, packages, requirements
from runstone.errors import NotReproducible, Unsupported
from runstone.models.requirements import normal
from runstone.reproduction import live

_VERSION = "import platform; print(platform.python_version())"
_ONLY_HERE = {"editable", "file"}


class Interpreter(Struct, frozen=True):
    """A Python that the program can run with.

    Attributes:
        python: Its executable; commands of packages lie beside it.
        differences: How it differs from what was recorded, a sentence each.
        settings: Variables of the environment that the program needs with it.
    """

    python: Path
    differences: list[str]
    settings: dict[str, str] = {}


def of_this_process(facts: EnvironmentFacts) -> Interpreter:
    """The Python that runs this, with how it differs from what was recorded."""
    return Interpreter(Path(sys.executable), _differences(facts, here=platform.python_version(), installed=packages()))


def make(facts: EnvironmentFacts, folder: Path, code: Path, commit: str) -> Interpreter:
    """Make an environment with the recorded Python and packages.

    A package that only the machine of the run had is taken from the code, if its project is in there, else from the
    folder or file that the same version is installed from here.

    Args:
        facts: What was recorded.
        folder: Where the environment is made.
        code: The code of the run.
        commit: Its commit.

    Raises:
        Unsupported: uv is not installed.
        NotReproducible: The Python or a package cannot be had.
    """
    uv = _uv()
    wanted = facts.python.version
    here = platform.python_version()
    venv = (uv, "venv", "--quiet", str(folder), "--python")
    if environments.complaint(*venv, sys.executable if wanted == here else wanted):
        _do(*venv, wanted.rpartition(".")[0], what=f"Python {wanted}")
    python = environments.python_of(folder)
    listed = folder / "requirements.txt"
    listed.write_text(requirements(facts))
    install = ("pip", "install", "--quiet", "--python", str(python), "--no-deps")
    if any(package.source not in _ONLY_HERE for package in facts.packages):
        _do(uv, *install, "-r", str(listed), what="the packages")
    missing = []
    for package in facts.packages:
        if package.source in _ONLY_HERE:
            place = place_of(package, code, commit)
            if place is None:
                missing.append(f"{package.name} {package.version} was installed from a folder or file, and is left out")
            else:
                how = ["--editable"] if place.is_dir() else []
                _do(uv, *install, *how, str(place), what=f"{package.name} from {place}")
    printed = subprocess.run([python, "-c", _VERSION], capture_output=True, text=True, check=True).stdout  # noqa: S603  # a list, of ours
    version = printed.strip()
    return Interpreter(python, [*_differences(facts, here=version, installed=facts.packages), *missing])


def _differences(facts: EnvironmentFacts, *, here: str, installed: list[Package]) -> list[str]:
    told = [] if here == facts.python.version else [f"Python {here} instead of {facts.python.version}"]
    there = {normal(package.name): package.version for package in installed}
    for package in facts.packages:
        version = there.get(normal(package.name))
        if version is None:
            told.append(f"{package.name} {package.version} is not installed")
        elif version != package.version:
            told.append(f"{package.name} {version} instead of {package.version}")
    return told


def place_of(package: Package, code: Path, commit: str) -> Path | None:
    """The folder of the project that a package is, or the file that it was installed from.

    Args:
        package: One that only the machine of the run had.
        code: The code of the run.
        commit: Its commit: a folder of a repository that has it is the same folder of the code.
    """
    here = live.installed_from(package.name)
    root = None if here is None else live.root_with(commit, here)
    if here is not None and root is not None and (code / here.relative_to(root)).exists():
        return code / here.relative_to(root)
    projects = sorted(code.rglob("pyproject.toml"), key=lambda file: (len(file.parts), file))
    if found := next((file.parent for file in projects if _is_of(file, package)), None):
        return found
    return live.installed_from(package.name, package.version)


def _is_of(project: Path, package: Package) -> bool:
    try:
        said = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and normal(str(said.get("name", ""))) == normal(package.name)


def _uv() -> str:
    try:
        return environments.uv_command()
    except Unsupported as error:
        raise Unsupported(f"{error.message}; or run with this Python by --environment local") from None


def _do(*command: str, what: str) -> None:
    if said := environments.complaint(*command):
        raise NotReproducible(f"{what} of the run cannot be installed: {said}")
