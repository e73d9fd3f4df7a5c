"""The environment of a run: its command line, Python, installed packages, and the machine."""

import json
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePath
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Struct, field

from runstone import forking
from runstone.client.capture import program
from runstone.client.capture.part import Subject
from runstone.client.redaction import redact_address, redact_arguments
from runstone.schemas import wire

if TYPE_CHECKING:
    from importlib.metadata import Distribution
    from types import ModuleType

FACTS = "environment.json"
REQUIREMENTS = "requirements.txt"

_HEADER = re.compile(r"^(Name|Version): *(.+?)\s*$", re.MULTILINE)


class Gpu(Struct, frozen=True):
    """One graphics processor; ``None`` and empty where it does not say."""

    name: str = ""
    memory_bytes: int | None = None
    driver: str = ""


class Hardware(Struct, kw_only=True):
    """The machine; ``None`` and empty where it does not say, but a list without GPUs says that there is none."""

    cpu: str = ""
    cores: int | None = None
    memory_bytes: int | None = None
    gpus: list[Gpu] | None = None


class Interpreter(Struct, frozen=True):
    """The Python that runs the program."""

    version: str = ""
    implementation: str = ""


class Platform(Struct, frozen=True):
    """The operating system."""

    system: str = ""
    release: str = ""
    machine: str = ""
    distribution: str = ""


class Package(Struct, frozen=True):
    """An installed distribution.

    Attributes:
        name: As it calls itself.
        version: Its version.
        source: ``None`` for one of an index; ``git+ADDRESS@COMMIT``, an address, ``"editable"`` or ``"file"``;
            behind an address ``#subdirectory=FOLDER`` where it lies in a folder of what is there.
    """

    name: str
    version: str
    source: str | None = None


class EnvironmentFacts(Struct, kw_only=True):
    """What ``environment.json`` says.

    Attributes:
        version: Version of the format.
        captured_at: Milliseconds since the Unix epoch, UTC.
        command: The command line, secrets replaced and paths within the repository as seen from the directory; empty
            where none starts the program: for a notebook, a prompt, standard input and a worker.
        script: The script, as seen from the top of the repository; its name alone outside of one.
        module: The module that was started by ``python -m``.
        notebook: Whether it was a notebook.
        directory: Working directory that the command was given in, as seen from the top of the repository, empty for
            that itself; ``None`` outside.
        python: The interpreter.
        platform: The operating system.
        hardware: The machine.
        packages: What was installed, by name.
    """

    version: int = 1
    captured_at: int = 0
    command: list[str] = field(default_factory=list)
    script: str | None = None
    module: str | None = None
    notebook: bool = False
    directory: str | None = None
    python: Interpreter = Interpreter()
    platform: Platform = Platform()
    hardware: Hardware = field(default_factory=Hardware)
    packages: list[Package] = field(default_factory=list)


def picture(subject: Subject) -> None:
    """Keep the environment of a run; what an earlier process of a resumed run has kept stays.

    Raises:
        RunstoneError: It cannot be stored.
    """
    if subject.parent is not None or FACTS in subject.names_in(""):
        return
    facts = current(subject.directory)
    subject.write(REQUIREMENTS, requirements(facts).encode())
    subject.write(FACTS, wire.encode(facts) + b"\n")


def current(directory_of_start: Path) -> EnvironmentFacts:
    """The environment of this process.

    Args:
        directory_of_start: The working directory when the run was started.
    """
    running = program.current(directory_of_start)
    root = program.root_of(running.home)
    here = running.directory
    directory = None
    if root is not None and here.is_relative_to(root):
        directory = "" if here == root else program.readable(here.relative_to(root).as_posix())
    script = None
    if running.script is not None:
        place = running.script.name if root is None else running.script.relative_to(root).as_posix()
        script = program.readable(place)
    # Outside of a repository, what is below the working directory is named as seen from there.
    within = here if root is None else root
    return EnvironmentFacts(
        captured_at=int(time() * 1000),
        command=_command(within, here, running.script) if running.has_command else [],
        script=script,
        module=running.module,
        notebook=running.is_notebook,
        directory=directory,
        python=Interpreter(platform.python_version(), platform.python_implementation()),
        platform=Platform(platform.system(), platform.release(), platform.machine(), _distribution()),
        hardware=Hardware(cpu=_cpu(), cores=os.cpu_count(), memory_bytes=_memory(), gpus=_gpus()),
        packages=packages(),
    )


def requirements(facts: EnvironmentFacts) -> str:
    """The packages as `pip` and `uv` read them: a line each; those that only this machine has are comments."""
    lines = []
    for package in facts.packages:
        if package.source in {"editable", "file"}:
            lines.append(f"# {package.name}=={package.version} ({package.source})")
        elif package.source is not None:
            lines.append(f"{package.name} @ {package.source}")
        else:
            lines.append(f"{package.name}=={package.version}")
    return "".join(f"{line}\n" for line in lines)


def packages() -> list[Package]:
    """The installed distributions, by name; of several of one name the one that is imported."""
    # setuptools carries packages with it, and lets modules be found there once it was imported: nobody installed them.
    places = [place for place in sys.path if PurePath(place).parts[-2:] != ("setuptools", "_vendor")]
    return list(_packages(tuple((place, _changed_at(place)) for place in places)))


@lru_cache(maxsize=1)
def _packages(places: tuple[tuple[str, int], ...]) -> tuple[Package, ...]:
    """Read once, until one of the folders that packages are in has changed."""
    with forking.held_off():
        from importlib.metadata import distributions  # a tenth of `import runstone`

    found: dict[str, Package] = {}
    for distribution in distributions(path=[place for place, _ in places]):
        # The third place: old installers left one file, which is all that there is.
        text = next(filter(None, (_text(distribution, name) for name in ("METADATA", "PKG-INFO", ""))), "")
        header = dict(_HEADER.findall(text.partition("\n\n")[0]))
        if "Name" in header and "Version" in header:
            key = re.sub(r"[-_.]+", "-", header["Name"]).lower()
            if key not in found:
                found[key] = Package(header["Name"], header["Version"], _source(distribution))
    return tuple(found[key] for key in sorted(found))


def _text(distribution: "Distribution", name: str) -> str:
    """A file of a distribution; empty where there is none. What is not UTF-8 in it, an author mostly, is replaced."""
    try:
        return distribution.read_text(name) or ""
    except UnicodeDecodeError as error:
        return error.object.decode(errors="replace")
    except OSError:
        return ""


def _changed_at(place: str) -> int:
    try:
        return Path(place or ".").stat().st_mtime_ns
    except OSError:
        return 0


def _source(distribution: "Distribution") -> str | None:
    text = _text(distribution, "direct_url.json")
    if not text:
        return None
    try:
        said: dict[str, Any] = json.loads(text)
        url = redact_address(str(said["url"]))
        part = f"#subdirectory={quote(said['subdirectory'])}" if "subdirectory" in said else ""
        if vcs := said.get("vcs_info"):
            return f"{vcs['vcs']}+{url}@{vcs['commit_id']}{part}"
        if said.get("dir_info", {}).get("editable"):
            return "editable"
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return "file" if url.startswith("file:") else url + part


def _command(within: Path, here: Path, script: Path | None) -> list[str]:
    """The command line as it can be given elsewhere: paths below the code's folder are as seen from here."""
    python, *rest = sys.orig_argv or [sys.executable]
    command = [Path(python).name, *(_as_seen(argument, within, here, script) for argument in rest)]
    if rest and Path(rest[0]).is_absolute() and Path(rest[0]).parent == Path(sys.executable).parent:
        command = [Path(rest[0]).name, *command[2:]]  # a command that a package has installed
    return redact_arguments([program.readable(word) for word in command])


def _as_seen(argument: str, within: Path, here: Path, script: Path | None) -> str:
    option, is_given, value = argument.rpartition("=")
    if not value.startswith("/"):
        return argument
    path = Path(os.path.normpath(value))
    for above in (*path.parents, path):  # the nearest first: a link within the folder keeps its name
        real = Path(os.path.realpath(above))
        if real.is_relative_to(within):
            return option + is_given + os.path.relpath(real / path.relative_to(above), here)
    return path.name if program.place_of(path) == script else argument


def _distribution() -> str:
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    with suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return ""


def _cpu() -> str:
    with suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name.strip() in {"model name", "Model", "Hardware"}:
                return value.strip()
    return ""


def _memory() -> int | None:
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


def _gpus() -> list[Gpu] | None:
    try:
        with forking.held_off():
            import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        try:
            return list(_cards(pynvml))
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        return None


def _cards(nvml: "ModuleType") -> Iterator[Gpu]:
    """Each thing is asked by itself: not every card answers all, and a partition of one does not say its memory."""

    def asked(question: Callable[..., Any], *given: Any) -> Any:
        with suppress(nvml.NVMLError):
            return question(*given)
        return None

    driver = asked(nvml.nvmlSystemGetDriverVersion) or ""
    for number in range(nvml.nvmlDeviceGetCount()):
        with suppress(nvml.NVMLError):
            device = nvml.nvmlDeviceGetHandleByIndex(number)
            memory = asked(nvml.nvmlDeviceGetMemoryInfo, device)
            yield Gpu(asked(nvml.nvmlDeviceGetName, device) or "", memory and int(memory.total), driver)
