"""What goes into a model's folder besides the model: the code that it brings, and the files that it reads."""

import shutil
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from runstone.entities.names import shown
from runstone.errors import InvalidValue, LocalFileNotFound
from runstone.flavors import imports, shim
from runstone.flavors.namespaces import top_names

CODE = "code"
_ARTIFACTS = "artifacts"
_NO_CODE = ("__pycache__", ".git", ".ipynb_checkpoints")


class Fetched(NamedTuple):
    """A file or folder that was brought here.

    Attributes:
        path: Where it is now.
        uri: Where it came from.
    """

    path: Path
    uri: str


def copy(source: Path, place: Path) -> None:
    """Copy a file, or a folder with all that is in it.

    Raises:
        LocalFileNotFound: It is not there.
    """
    if not source.exists():
        raise LocalFileNotFound(str(source))
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, place, ignore=shutil.ignore_patterns(*_NO_CODE), dirs_exist_ok=True)
    else:
        shutil.copy2(source, place)


def copy_code(paths: Sequence[str], folder: Path) -> None:
    """Copy modules and packages into the place of a model's code.

    Raises:
        InvalidValue: ``paths`` is no list, or a file would hide a module of Python's.
        LocalFileNotFound: One is not there.
    """
    if isinstance(paths, str | Path):
        raise InvalidValue(f"code_paths is a list of paths; got {str(paths)!r}: put it in brackets")
    for given in paths:
        source = Path(given)
        name = source.resolve().name
        if name == CODE and source.is_dir():
            # As it is unpacked: what a model brought once, given to another one.
            for each in source.iterdir():
                copy(each, folder / CODE / each.name)
        elif name.partition(".")[0] in sys.stdlib_module_names:
            raise InvalidValue(f"code_paths: {given!r} has the name of a module of Python's own; rename it")
        else:
            copy(source, folder / CODE / name)


def complete_code(folder: Path, modules: frozenset[str], *, infer: bool) -> frozenset[str]:
    """See that a model has the code that it needs.

    Args:
        folder: The model's folder.
        modules: Top names of the modules that the model refers to.
        infer: Whether a user's own modules that are missing are copied; they are warned of otherwise.

    Returns:
        Top names of all modules that the model and its code refer to, without those that it brings.
    """
    code = folder / CODE
    while True:
        needed = modules | (imports.of_source(code) if code.is_dir() else frozenset())
        needed -= top_names(code)
        absent = imports.local(needed)
        if not absent or not infer:
            break
        for name, path in absent.items():
            _copy_sources(name, path, code)
    if shim.NAME in needed:
        copy(Path(shim.__file__), code / f"{shim.NAME}.py")
    for name, path in absent.items():
        warnings.warn(
            f"the model needs the module {name!r}, which is yours and which no installed package brings: it cannot be "
            f"loaded elsewhere; give code_paths=[{_told(path)!r}] or infer_code_paths=True",
            stacklevel=_callers_level(),
        )
    return needed


def copy_artifacts(artifacts: Mapping[str, str | Path | Fetched], folder: Path) -> dict[str, dict[str, str]]:
    """Copy files that a model reads; returns where each is, as ``MLmodel`` says it.

    Args:
        artifacts: Their paths, by the names that the model knows them by.
        folder: The model's folder.

    Raises:
        InvalidValue: ``artifacts`` is no mapping of names to paths.
        LocalFileNotFound: One is not there.
    """
    if not isinstance(artifacts, Mapping):
        raise InvalidValue(f"artifacts is a dict such as {{'weights': 'path/of/the/file'}}; got {shown(artifacts)}")
    places = {}
    for number, (name, given) in enumerate(artifacts.items()):
        if not isinstance(given, str | Path | Fetched):
            raise InvalidValue(
                f"artifacts: {shown(name)} is the path of a file; got {shown(given)}: write it to one first"
            )
        path, uri = given if isinstance(given, Fetched) else (Path(given), str(given))
        place = Path(_ARTIFACTS) / path.resolve().name
        if (folder / place).exists():
            place = Path(_ARTIFACTS) / str(number) / path.resolve().name
        copy(path, folder / place)
        places[name] = {"path": place.as_posix(), "uri": uri}
    return places


def _copy_sources(name: str, path: Path, code: Path) -> None:
    """Copy a module, or of a package its Python files."""
    if path.is_file():
        copy(path, code / path.name)
        return
    for file in sorted(path.rglob("*.py")):
        if not set(file.relative_to(path).parts) & set(_NO_CODE):
            copy(file, code / name / file.relative_to(path))


def _callers_level() -> int:
    """How far above the caller the line of the user's stands that led here."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == shim.NAME:
        level, frame = level + 1, frame.f_back
    return level


def _told(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
