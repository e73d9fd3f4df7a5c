"""Which program runs here, and where its code is."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from runstone import forking
from runstone.client.capture.git import is_in_repository

# Processes that are started as workers by multiprocessing, its relatives and loky: their commands name open pipes.
_WORKER = re.compile(
    r"from (?:multiprocess(?:ing)?|billiard)\.(?:spawn|forkserver) import (?:spawn_)?main;.*"
    r"|(?:.*\.)?loky\.backend\.popen_loky_\w+",
    re.DOTALL,
)
# Python forgets it once the script has run, and a short one is over before its run is captured.
_FILE: str | None = getattr(sys.modules.get("__main__"), "__file__", None)


def working_directory() -> Path:
    """That of now; the root of all where it has been removed."""
    with suppress(OSError):
        return Path.cwd()
    return Path(os.sep)


# The one that the command was given in: programs go elsewhere before they start a run.
_DIRECTORY = working_directory()
_OPTION_WITH_VALUE = re.compile(r"-[^-cmXW]*([cmXW])(.*)", re.DOTALL)  # also behind others, and with its value


class Program(Struct, frozen=True):
    """What this process was started to run.

    Attributes:
        script: File of the script; ``None`` for a module, a notebook, ``python -c``, and what a package has installed.
        module: Name of the module, where it was started by ``python -m``.
        is_notebook: Whether it is the kernel of a notebook.
        home: Folder that its code is looked for in: that of the script, else the working directory of the run's start.
        directory: Working directory: the one that its command was given in, else that of the run's start.
        has_command: Whether its command line starts it: not that of a notebook, of a session at a prompt, of what comes
            from standard input, and of a worker.
    """

    script: Path | None
    module: str | None
    is_notebook: bool
    home: Path
    directory: Path
    has_command: bool = True


def current(directory: Path) -> Program:
    """The program of this process, as its interpreter knows it.

    Args:
        directory: The working directory when the run was started: it may be another by now.
    """
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if "ipykernel" in sys.modules and (spec is None or spec.name.startswith("ipykernel")):
        return Program(None, None, is_notebook=True, home=directory, directory=directory, has_command=False)
    has_command = _has_command()
    began_in = _DIRECTORY if has_command else directory
    if spec is not None:
        module = spec.name.removesuffix(".__main__")
        return Program(None, module, is_notebook=False, home=directory, directory=began_in, has_command=has_command)
    file = getattr(main, "__file__", _FILE)
    script = None if file is None else Path(file).absolute()
    if script is None or not script.is_file() or _is_installed(script):
        return Program(None, None, is_notebook=False, home=directory, directory=began_in, has_command=has_command)
    script = place_of(script)
    return Program(script, None, is_notebook=False, home=script.parent, directory=began_in, has_command=has_command)


def place_of(file: Path) -> Path:
    """A file in the folder that it lies in, by whatever links that was named; a link to a file is what it is."""
    return Path(os.path.realpath(file.parent), file.name)


def readable(text: str) -> str:
    """A name or an argument as the system gave it, with U+FFFD for what is no UTF-8 in it."""
    return text.encode(errors="surrogateescape").decode(errors="replace")


def root_of(folder: Path) -> Path | None:
    """Top folder of the repository that a folder is in, without asking git; ``None`` outside of one."""
    if not is_in_repository(folder):
        return None
    return next(above for above in (folder, *folder.parents) if (above / ".git").exists())


def _has_command() -> bool:
    """Told by what Python was given: by the end of the program, it has forgotten what it ran."""
    given = iter(sys.orig_argv[1:])
    for argument in given:
        if argument == "-" or not argument.startswith("-"):
            return argument != "-"
        if argument == "--check-hash-based-pycs":
            next(given, "")
        elif option := _OPTION_WITH_VALUE.fullmatch(argument):
            value = option[2] or next(given, "")
            if option[1] in "cm":
                return _WORKER.fullmatch(value) is None
    return False


def _is_installed(script: Path) -> bool:
    """Whether a script belongs to an installed package, as `pytest` does."""
    with forking.held_off():
        import sysconfig  # on use: `import runstone` is to stay quick

        commands = {Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))}  # which imports more
    return script.parent in commands or not {"site-packages", "dist-packages"}.isdisjoint(script.parts)
