"""What a model needs to predict, as the files in its folder say."""

import re
import sys
from pathlib import Path
from typing import Any

from runstone.entities.names import shown_address
from runstone.environments import Wanted
from runstone.errors import InvalidModel, Unsupported
from runstone.models import requirements
from runstone.models.format import PYFUNC, Model

# What the worker itself needs; in the versions that the model has, where it has them.
NEEDS = ("msgspec", "numpy", "pyarrow", "pyyaml")
# The oldest Python that a worker runs on.
OLDEST = (3, 11)
# What is in an environment of conda anyway.
_ANYWAY = {"python", "pip", "setuptools", "wheel"}
_INCLUDE = re.compile(r"(?:(?P<requirements>-r|--requirement)|-c|--constraint)[=\s]*(?P<file>\S.*)")


def needs(model: Model, folder: Path, uri: str) -> Wanted:
    """The environment that a model was saved in, as far as its files tell, with what a worker needs.

    The packages are those of the first of these files that is there: ``lock/requirements.txt``, which has all of them
    in their versions, ``requirements.txt``, and ``conda.yaml``, of which the packages for pip count. Without a lock,
    ``python_env.yaml`` adds those that others are built with.

    Args:
        model: What its file ``MLmodel`` says.
        folder: Its folder.
        uri: Where it came from, for messages.

    Raises:
        InvalidModel: It has no such file, or one that cannot be read.
        Unsupported: No worker runs on its Python, or it asks for packages of conda.
    """
    what = f"the model at {shown_address(uri)}"
    python = _python(model, what)
    conda = _yaml(folder / requirements.CONDA)
    listed, constraints = _listed(folder, conda, what)
    names = {requirements.name_in(line) for line in listed}
    others = [each for each in conda.get("dependencies") or () if isinstance(each, str)]
    if missing := [each for each in others if _conda_name(each) not in names | _ANYWAY]:
        raise Unsupported(
            f"{what} asks for packages of conda, which uv does not install: {', '.join(missing)}; "
            f"make an environment of its {requirements.CONDA} and load it there, without env='fresh'"
        )
    return Wanted(python, [*listed, *(name for name in NEEDS if name not in names)], constraints)


def _python(model: Model, what: str) -> str:
    here = ".".join(map(str, sys.version_info[:3]))
    version = str(model.flavors.get(PYFUNC, {}).get("python_version") or here)
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST:
        raise Unsupported(
            f"{what} was saved with Python {version}, and Runstone runs on {'.'.join(map(str, OLDEST))} and newer: "
            "load it without env='fresh', or save it again with a newer one"
        )
    return version


def _listed(folder: Path, conda: dict[str, Any], what: str) -> tuple[list[str], list[str]]:
    """Lines for pip that ask for packages, and such that only say which versions may be had."""
    if (folder / requirements.LOCK).is_file():
        return _expanded(folder, requirements.listed(requirements.LOCK, folder / requirements.LOCK), what)
    if (folder / requirements.REQUIREMENTS).is_file():
        lines = requirements.listed(requirements.REQUIREMENTS, folder / requirements.REQUIREMENTS)
    elif conda:
        pip = [each.get("pip") for each in conda.get("dependencies") or () if isinstance(each, dict)]
        lines = [str(line) for listed in pip for line in listed or ()]
    else:
        raise InvalidModel(
            f"{what} has no file {requirements.REQUIREMENTS!r}, which says what it needs; load it without env='fresh'"
        )
    build = _yaml(folder / requirements.PYTHON_ENV).get("build_dependencies") or ()
    return _expanded(folder, [*lines, *map(str, build)], what)


def _expanded(folder: Path, lines: list[str], what: str, inside: tuple[Path, ...] = ()) -> tuple[list[str], list[str]]:
    """The lines, with those of other files that they name, and with whole paths of files in the folder."""
    asked: list[str] = []
    constraints: list[str] = []
    for line in lines:
        included = _INCLUDE.fullmatch(line)
        if included is None:
            is_path = not line.startswith("/") and ("/" in line or line.endswith(".whl"))
            asked.append(str(_within(folder, line, what)) if is_path and (folder / line).exists() else line)
            continue
        file = _within(folder, included["file"], what)
        if not file.is_file():
            raise InvalidModel(f"{what} asks for what its file {included['file']!r} says, and has no such file")
        if file in inside:
            raise InvalidModel(f"{what} asks for what its file {included['file']!r} says, which names itself")
        more, others = _expanded(folder, requirements.listed(file.name, file), what, (*inside, file))
        (asked if included["requirements"] else constraints).extend(more)
        constraints.extend(others)
    return asked, constraints


def _within(folder: Path, name: str, what: str) -> Path:
    root = folder.resolve()
    place = (root / name).resolve()
    if not place.is_relative_to(root):
        raise InvalidModel(f"{what} asks for the file {name!r}, which is not in its folder")
    return place


def _conda_name(text: str) -> str:
    return requirements.name_in(text.rpartition("::")[2])


def _yaml(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    import yaml

    try:
        read = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidModel(f"{str(file)!r} cannot be read: {error}") from error
    return read if isinstance(read, dict) else {}
