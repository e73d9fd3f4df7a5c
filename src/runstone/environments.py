"""Environments of Python with the packages that something needs, made by uv and kept for the next time."""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import msgspec
from msgspec import Struct

from runstone import config
from runstone.errors import EnvironmentFailed, Unsupported

# Of what uv says, how much an error tells.
_TOLD = 1500


class Wanted(Struct, frozen=True):
    """What an environment shall be.

    Attributes:
        python: Version of Python, such as ``3.11.7``.
        requirements: Lines as ``requirements.txt`` has them.
        constraints: Such lines that ask for nothing, and say which versions may be had.
    """

    python: str
    requirements: list[str]
    constraints: list[str] = []


def environment(wanted: Wanted, *, what: str) -> Path:
    """The Python of an environment; it is made on the first call, and found on the next.

    Args:
        wanted: What it shall be.
        what: What needs it, for messages.

    Raises:
        EnvironmentFailed: The Python or a package cannot be had.
        Unsupported: uv is not installed.
    """
    key = hashlib.sha256(msgspec.json.encode([platform.system(), platform.machine(), wanted])).hexdigest()[:32]
    root = Path(config.ENVIRONMENTS.required()).expanduser()
    place = root / key
    if not python_of(place).exists():  # of one whose Python is no longer installed, only the link is there
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=f".{key}-", dir=root))
        try:
            make(draft, wanted, what=what)
            if not python_of(place).exists():
                shutil.rmtree(place, ignore_errors=True)
            draft.rename(place)
        except OSError:
            if not place.exists():  # else another process made the same, and was first
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return python_of(place)


def make(folder: Path, wanted: Wanted, *, what: str) -> Path:
    """Make such an environment in an empty folder; returns its Python.

    Where the very version cannot be had, it has the newest of the same minor version.

    The other arguments, and the errors, are those of :func:`environment`.
    """
    uv = uv_command()
    start = (uv, "venv", "--quiet", "--relocatable", "--allow-existing", "--python")
    version = wanted.python
    first = sys.executable if version == platform.python_version() else version
    minor = ".".join(version.split(".")[:2])
    if complaint(*start, first, str(folder)) and (said := complaint(*start, minor, str(folder))):
        raise EnvironmentFailed(
            f"{what} needs Python {version}, which cannot be had: {said}; install it, or let uv fetch it, and try again"
        )
    python = python_of(folder)
    install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    for option, lines in (("-r", wanted.requirements), ("-c", wanted.constraints)):
        listed = folder / ("requirements.txt" if option == "-r" else "constraints.txt")
        listed.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        install += [option, str(listed)]
    if said := complaint(*install):
        raise EnvironmentFailed(f"the packages that {what} needs cannot be installed: {said}")
    return python


def python_of(folder: Path) -> Path:
    """The Python of an environment."""
    return folder / "bin" / "python"


def uv_command() -> str:
    """Where uv is.

    Raises:
        Unsupported: It is not installed.
    """
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise Unsupported("environments are made by uv, which is not installed; install it with: pip install uv")
    return found


def complaint(*command: str) -> str:
    """Why a command of uv failed, in one line; empty where it did not. What it builds sees none of our secrets."""
    done = subprocess.run(  # noqa: S603  # a list, of ours
        command, capture_output=True, text=True, errors="replace", check=False, env=config.without_secrets()
    )
    if not done.returncode:
        return ""
    plain = " ".join(re.sub(r"[^\x20-\x7e]", " ", done.stderr).split())  # without uv's arrows and lines
    return plain.removeprefix("error: ")[:_TOLD] or f"uv ended with {done.returncode}"
