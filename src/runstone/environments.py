"""Environments of Python with the packages that something needs, made by uv and kept for the next time."""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from runstone import config
from runstone.errors import EnvironmentFailed, Unsupported

# Of what uv says, how much an error tells.
_TOLD = 1500


def environment(requirements: Sequence[str], *, version: str, what: str) -> Path:
    """The Python of an environment with these packages; it is made on the first call, and found on the next.

    Args:
        requirements: Lines as ``requirements.txt`` has them.
        version: Version of Python that is wanted, such as ``3.11.7``.
        what: What needs it, for messages.

    Raises:
        EnvironmentFailed: The Python or a package cannot be had.
        Unsupported: uv is not installed.
    """
    known = [platform.system(), platform.machine(), version, sorted(requirements)]
    key = hashlib.sha256(msgspec.json.encode(known)).hexdigest()[:32]
    root = Path(config.ENVIRONMENTS.required()).expanduser()
    place = root / key
    if not place.exists():
        root.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=f".{key}-", dir=root))
        try:
            make(draft, requirements, version=version, what=what)
            draft.rename(place)
        except OSError:
            if not place.exists():  # else another process made the same, and was first
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return python_of(place)


def make(folder: Path, requirements: Sequence[str], *, version: str, what: str) -> Path:
    """Make such an environment in an empty folder; returns its Python.

    Where the very version cannot be had, it has the newest of the same minor version.

    The other arguments, and the errors, are those of :func:`environment`.
    """
    uv = uv_command()
    start = (uv, "venv", "--quiet", "--relocatable", "--allow-existing", "--python")
    wanted = sys.executable if version == platform.python_version() else version
    minor = ".".join(version.split(".")[:2])
    if _said(*start, wanted, str(folder)) and (said := _said(*start, minor, str(folder))):
        raise EnvironmentFailed(f"{what} needs Python {version}, which cannot be had: {said}; install it and try again")
    listed = folder / "requirements.txt"
    listed.write_text("".join(f"{line}\n" for line in requirements), "utf-8")
    python = python_of(folder)
    said = _said(uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(listed))
    if said:
        raise EnvironmentFailed(f"the packages that {what} needs cannot be installed: {said}")
    return python


def python_of(folder: Path) -> Path:
    """The Python of an environment."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


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


def _said(*command: str) -> str:
    """Why a command failed, in one line; empty where it did not."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603  # a list, of ours
    if not done.returncode:
        return ""
    plain = " ".join(re.sub(r"[^\x20-\x7e]", " ", done.stderr).split())  # without uv's arrows and lines
    return plain[:_TOLD] or f"uv ended with {done.returncode}"
