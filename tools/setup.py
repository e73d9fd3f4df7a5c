"""Make the environments that developers and CI work in, and say what is installed.

Runs on a bare Python 3.11 with nothing but the standard library: ``python3 tools/setup.py PART...``.
"""

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PEER = ROOT / ".venv-peer"
FASTTRACKML = ROOT / ".venv-fasttrackml"
PYTHON = VENV / "bin" / "python"
# Where Debian keeps the programs that only a server needs.
POSTGRES = Path("/usr/lib/postgresql")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
APT_LOCK = ROOT / ".build" / "apt.lock"


class SetupError(Exception):
    """The machine lacks something that cannot be installed from here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Install the parts that are named; returns the exit code."""
    parts: dict[str, Callable[[], None]] = {
        "venv": venv,
        "project": project,
        "node": node,
        "browser": browser,
        "postgres": postgres,
        "peer": peer,
        "clients": clients,
        "libraries": libraries,
        "fasttrackml": fasttrackml,
    }
    parser = argparse.ArgumentParser(description="Make the environments that developers and CI work in.")
    parser.add_argument("part", nargs="+", choices=parts)
    for part in parser.parse_args(arguments).part:
        try:
            parts[part]()
        except SetupError as error:
            print(f"setup: {error}", file=sys.stderr)
            return 1
        except subprocess.CalledProcessError as error:
            print(f"setup: `{' '.join(map(str, error.cmd))}` ended with {error.returncode}", file=sys.stderr)
            return 1
    return 0


def venv() -> None:
    """Make ``.venv`` with every extra and development tool at the locked versions."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this is where an older Python is told so
        raise SetupError(
            f"Runstone needs Python 3.11 or newer; this is {sys.version.split()[0]}: run `make setup PYTHON=python3.11`"
        )
    if not PYTHON.exists():
        say("making .venv")
        if not _has_module(sys.executable, "ensurepip"):
            install_system_package(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
        _run([sys.executable, "-m", "venv", str(VENV)])
    if not (VENV / "bin" / "uv").exists():
        say("installing uv into .venv")
        if not _has_module(PYTHON, "pip"):
            _run([PYTHON, "-m", "ensurepip"])
        _run([PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "requirements" / "uv.txt"])
    say("installing requirements/dev.txt into .venv")
    _uv_pip(PYTHON, "sync", "--compile-bytecode", "--require-hashes", ROOT / "requirements" / "dev.txt")


def project() -> None:
    """Install Runstone itself into ``.venv``, as links to this working tree."""
    try:
        compiler()
    except (SetupError, subprocess.CalledProcessError) as error:
        say(f"what is written in C is left out, calls of log_metric take longer: {error}")
    say("installing Runstone itself, editable")
    _uv_pip(PYTHON, "install", "--no-deps", "--no-build-isolation", "--editable", ROOT)


def compiler() -> None:
    """Install a C compiler and the headers of this Python from the system's packages, where they are missing.

    Raises:
        SetupError: They cannot be installed from here.
    """
    if shutil.which("cc") is None:
        install_system_package("gcc")
    if not Path("/usr/include/stdio.h").exists() and sys.platform == "linux":
        install_system_package("libc6-dev")
    if not Path(sysconfig.get_paths()["include"], "Python.h").exists():
        install_system_package(f"python{sys.version_info.major}.{sys.version_info.minor}-dev")


def node() -> None:
    """Put a Node.js into ``.venv``, for machines whose own is missing or too old."""
    say("installing requirements/node.txt (Node.js) into .venv")
    _uv_pip(PYTHON, "install", "--require-hashes", "-r", ROOT / "requirements" / "node.txt")


def browser() -> None:
    """Install Chromium from the system's packages unless there is one."""
    if not any(shutil.which(name) for name in BROWSERS):
        install_system_package("chromium")


def postgres() -> None:
    """Install PostgreSQL from the system's packages unless there is one; the tests start servers of their own."""
    if shutil.which("initdb") is None and not any(POSTGRES.glob("*/bin/initdb")):
        install_system_package("postgresql")


def peer() -> None:
    """Make ``.venv-peer`` with the genuine MLflow, which tests and benchmarks compare with."""
    _other_venv(PEER, "peer.txt", "the genuine MLflow")


def clients() -> None:
    """Make ``.venv-mlflow1`` and ``.venv-mlflow2`` with older clients of MLflow, which tests drive the server with."""
    for name in ("mlflow1", "mlflow2"):
        _other_venv(ROOT / f".venv-{name}", f"{name}.txt", "an older client of MLflow")


def libraries() -> None:
    """Make ``.venv-libraries`` with libraries that log through MLflow, which tests let train on the server."""
    place = ROOT / ".venv-libraries"
    if shutil.which("java") is None:  # which Spark runs on
        install_system_package("openjdk-17-jre-headless")
    if not (place / "bin" / "python").exists():
        say(f"making {place.name}")
        _run([sys.executable, "-m", "venv", place])
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["dependency-groups"]["libraries"]
    [torch] = [each for each in wanted if each.startswith("torch==")]
    python = place / "bin" / "python"
    say(f"installing {torch}, and the libraries that log through MLflow, into {place.name}")
    # pip finds a build of PyTorch where the machine is told to look for one; uv has most of the rest already.
    _run([python, "-m", "pip", "install", "--quiet", "--no-compile", torch])
    _uv_pip(python, "install", *wanted)


def fasttrackml() -> None:
    """Make ``.venv-fasttrackml`` with FastTrackML's server, which the benchmarks compare with."""
    _other_venv(FASTTRACKML, "fasttrackml.txt", "FastTrackML")


def _other_venv(place: Path, requirements: str, what: str) -> None:
    if not (place / "bin" / "python").exists():
        say(f"making {place.name}")
        _run([VENV / "bin" / "uv", "venv", "--quiet", "--python", PYTHON, place])
    say(f"installing requirements/{requirements} ({what}) into {place.name}")
    # Nothing is compiled yet: of 24,000 files, 3,000 are imported, and Python keeps those compiled then.
    _uv_pip(place / "bin" / "python", "sync", "--require-hashes", ROOT / "requirements" / requirements)


def install_system_package(name: str) -> None:
    """Install a package of the operating system.

    Raises:
        SetupError: There is no ``apt-get`` here, or the user may not use it.
    """
    if shutil.which("apt-get") is None:
        raise SetupError(f"the system package {name} is missing and there is no apt-get; install it and run this again")
    if os.geteuid() != 0:
        raise SetupError(f"the system package {name} is missing; run `sudo apt-get install {name}` and this again")
    say(f"installing the system package {name} by apt-get")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    APT_LOCK.parent.mkdir(exist_ok=True)
    with APT_LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # apt-get gives up where another one is at work
        _run(["apt-get", "update", "-qq"], env=environment)
        _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", name], env=environment)


def say(what: str) -> None:
    """Print what is done next."""
    print(f"setup: {what}", flush=True)


def _has_module(python: str | Path, name: str) -> bool:
    return subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


def _uv_pip(python: Path, verb: str, *arguments: str | Path) -> None:
    _run([VENV / "bin" / "uv", "pip", verb, "--quiet", "--python", python, *arguments])


def _run(command: Sequence[str | Path], *, env: dict[str, str] | None = None) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=env)


if __name__ == "__main__":
    sys.exit(main())
