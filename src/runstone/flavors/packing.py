"""What goes into a model's folder besides the model: the code that it brings, and the files that it reads."""

import shutil
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
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


def check_paths(what: str, given: object) -> None:
    """Check that an argument is a list of paths.

    Raises:
        InvalidValue: It is not.
    """
    if given is None:
        return
    if isinstance(given, str | Path):
        raise InvalidValue(f"{what} is a list of paths; got {str(given)!r}: put it in brackets")
    if not isinstance(given, Sequence) or not all(isinstance(each, str | Path) for each in given):
        raise InvalidValue(f"{what} is a list of paths; got {shown(given)}")


def copy(what: str, source: Path, folder: Path, place: Path, *, without: Sequence[str] = ()) -> None:
    """Copy a file, or a folder with all that is in it, into a model's folder; links are followed.

    Args:
        what: The argument that names it, for messages.
        source: The file or folder.
        folder: The model's folder; where it stands in ``source``, it is left out.
        place: Where it goes, as seen from there.
        without: Names of folders in it that are left out.

    Raises:
        InvalidValue: It cannot be read as a whole, or another file has the place.
        LocalFileNotFound: It is not there.
    """
    if not source.exists():
        raise LocalFileNotFound(str(source))
    made = folder / place
    if made.exists():
        raise InvalidValue(f"{what}: {str(source)!r} has the same name as another one, {place.name!r}; rename one")
    made.parent.mkdir(parents=True, exist_ok=True)
    try:
        if source.is_dir():
            shutil.copytree(source, made, ignore=_left_out(folder, without))
        else:
            shutil.copy2(source, made)
    except (shutil.Error, shutil.SpecialFileError, PermissionError) as error:
        failed = error.args[0]  # of a folder: all that failed, each with its path
        path, why = (failed[0][0], failed[0][2]) if isinstance(failed, list) else (str(source), str(error))
        raise InvalidValue(f"{what}: {shown(path)} cannot be copied into the model: {why}") from error


def _left_out(folder: Path, without: Sequence[str]) -> Callable[[str, list[str]], set[str]]:
    own, by_name = folder.resolve(), shutil.ignore_patterns(*without)

    def left_out(place: str, names: list[str]) -> set[str]:
        return by_name(place, names) | ({own.name} if Path(place).resolve() == own.parent else set())

    return left_out


def copy_code(paths: Sequence[str], folder: Path) -> None:
    """Copy modules and packages into the place of a model's code.

    Raises:
        InvalidValue: Two have one name, or a file would hide a module of Python's.
        LocalFileNotFound: One is not there.
    """
    for given in paths:
        source = Path(given)
        name = source.resolve().name
        if name == CODE and source.is_dir():
            # As it is unpacked: what a model brought once, given to another one.
            for each in source.iterdir():
                copy("code_paths", each, folder, Path(CODE, each.name), without=_NO_CODE)
        elif name.partition(".")[0] in sys.stdlib_module_names:
            raise InvalidValue(f"code_paths: {given!r} has the name of a module of Python's own; rename it")
        else:
            copy("code_paths", source, folder, Path(CODE, name), without=_NO_CODE)


def complete_code(folder: Path, modules: frozenset[str], *, infer: bool) -> frozenset[str]:
    """See that a model has the code that it needs.

    Args:
        folder: The model's folder.
        modules: Top names of the modules that the model refers to.
        infer: Whether a user's own modules that are missing are copied; they are warned of otherwise.

    Returns:
        Top names of all modules that the model and its code refer to, without those that it brings or should bring.
    """
    code = folder / CODE
    while True:
        needed = modules | (imports.of_source(code) if code.is_dir() else frozenset())
        needed -= top_names(code)
        absent = imports.local(needed)
        if not absent or not infer:
            break
        for name, path in absent.items():
            _copy_sources(name, path, folder)
    stand_in = Path(CODE, f"{shim.NAME}.py")
    if shim.NAME in needed and not (folder / stand_in).exists():
        copy("code_paths", Path(shim.__file__), folder, stand_in)
    for name, path in absent.items():
        warnings.warn(
            f"the model needs the module {name!r}, which is yours and which no installed package brings: it cannot be "
            f"loaded elsewhere; give code_paths=[{_told(path)!r}] or infer_code_paths=True",
            stacklevel=_callers_level(),
        )
    return needed - absent.keys()


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
        copy("artifacts", path, folder, place)
        places[name] = {"path": place.as_posix(), "uri": uri}
    return places


def _copy_sources(name: str, path: Path, folder: Path) -> None:
    """Copy a module, or of a package its Python files."""
    if path.is_file():
        copy("infer_code_paths", path, folder, Path(CODE, path.name))
        return
    own = folder.resolve()
    for file in sorted(path.rglob("*.py")):
        inner = file.relative_to(path)
        if not set(inner.parts) & set(_NO_CODE) and not file.resolve().is_relative_to(own):
            copy("infer_code_paths", file, folder, Path(CODE, name, inner))


def _callers_level() -> int:
    """How far above the caller the line of the user's stands that led here."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == shim.NAME:
        level, frame = level + 1, frame.f_back
    return level


def _told(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
