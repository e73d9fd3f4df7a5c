"""Which program runs here, and where its code is."""

import sys
from pathlib import Path

from msgspec import Struct

from runstone import forking
from runstone.client.capture.git import is_in_repository


class Program(Struct, frozen=True):
    """What this process was started to run.

    Attributes:
        script: File of the script; ``None`` for a module, a notebook, ``python -c``, and what a package has installed.
        module: Name of the module, where it was started by ``python -m``.
        is_notebook: Whether it is the kernel of a notebook.
        home: Folder that its code is looked for in: that of the script, else the working directory.
    """

    script: Path | None
    module: str | None
    is_notebook: bool
    home: Path


def current() -> Program:
    """The program of this process, as its interpreter knows it."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if "ipykernel" in sys.modules and (spec is None or spec.name.startswith("ipykernel")):
        return Program(None, None, is_notebook=True, home=Path.cwd())
    if spec is not None:
        return Program(None, spec.name.removesuffix(".__main__"), is_notebook=False, home=Path.cwd())
    file = getattr(main, "__file__", None)
    script = None if file is None else Path(file).absolute()
    if script is None or not script.is_file() or _is_installed(script):
        return Program(None, None, is_notebook=False, home=Path.cwd())
    return Program(script, None, is_notebook=False, home=script.parent)


def root_of(folder: Path) -> Path | None:
    """Top folder of the repository that a folder is in, without asking git; ``None`` outside of one."""
    if not is_in_repository(folder):
        return None
    return next(above for above in (folder, *folder.parents) if (above / ".git").exists())


def _is_installed(script: Path) -> bool:
    """Whether a script belongs to an installed package, as `pytest` does."""
    with forking.held_off():
        import sysconfig  # on use: `import runstone` is to stay quick

        commands = {Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))}  # which imports more
    return script.parent in commands or not {"site-packages", "dist-packages"}.isdisjoint(script.parts)
