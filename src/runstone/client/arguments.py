"""What callers pass, read once: MLflow's users pass the same things in several forms."""

import os
import re
from collections.abc import Iterable, Mapping
from operator import index
from pathlib import Path, PurePath
from typing import Any, TypeVar

from runstone.entities import ArtifactPath, RunStatus, ViewType
from runstone.entities.names import a_class, plain, shown
from runstone.errors import InvalidArtifactPath, InvalidValue, Unsupported

T = TypeVar("T")

_LOGGED_MODEL = re.compile(r"models:/+(m-[0-9a-f]{32})")
_VIEWS = {1: ViewType.ACTIVE_ONLY, 2: ViewType.DELETED_ONLY, 3: ViewType.ALL}


def identifier(what: str, value: object) -> str:
    """The id of a run or an experiment.

    Raises:
        InvalidValue: It is neither text nor an integer, or is empty.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(what, value, may_be_empty=False)


def identifiers(what: str, values: object) -> list[str]:
    """Several ids, or one.

    Raises:
        InvalidValue: One of them is no id.
    """
    if isinstance(values, str | int):
        return [identifier(what, values)]
    return [identifier(what, value) for value in _listed(f"a list with {what} each", values)]


def text(what: str, value: object, *, may_be_empty: bool = True) -> str:
    """A text.

    Raises:
        InvalidValue: It is none, or is empty and may not be.
    """
    if not isinstance(value, str):
        raise InvalidValue(f"{what} is a string; got {shown(value)}, {a_class(value)}")
    if not value and not may_be_empty:
        raise InvalidValue(f"{what} is not empty; got ''")
    return plain(value)


def texts(what: str, values: object) -> list[str]:
    """A list of texts; ``None`` for none.

    Raises:
        InvalidValue: It is no list, or holds something else.
    """
    if values is None:
        return []
    if isinstance(values, str):
        raise InvalidValue(f"{what} is a list of strings; got the string {shown(values)}: put it in brackets")
    return [text(f"each of {what}", value) for value in _listed(f"{what}, a list of strings", values)]


def each(what: str, kind: type[T], values: object) -> list[T]:
    """A list of things of one kind; ``None`` for none.

    Args:
        what: The things, in plural; stands in the message.
        kind: What each of them is.
        values: The list.

    Raises:
        InvalidValue: It is no list, or holds something else.
    """
    found = [] if values is None else list(_listed(f"{what}, a list of {kind.__name__}", values))
    for value in found:
        if not isinstance(value, kind):
            raise InvalidValue(f"{what} are a list of {kind.__name__}; got {shown(value)} in it")
    return found


def integer(what: str, value: object) -> int:
    """An integer, whoever's type it is of: Python's, numpy's, torch's.

    Raises:
        InvalidValue: It is none.
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        return index(value)  # type: ignore[arg-type]  # what has no __index__ is what the except is for
    except TypeError:
        raise InvalidValue(f"{what} is an integer; got {shown(value)}, {a_class(value)}") from None


def at_least_one(what: str, value: object) -> int:
    """A count.

    Raises:
        InvalidValue: It is no integer, or is below 1.
    """
    count = integer(what, value)
    if count < 1:
        raise InvalidValue(f"{what} is at least 1; got {count}")
    return count


def mapping(what: str, value: object) -> Mapping[Any, Any]:
    """A dict.

    Raises:
        InvalidValue: It is none.
    """
    if not isinstance(value, Mapping):
        raise InvalidValue(f"{what} are given as a dict from name to value; got {shown(value)}, {a_class(value)}")
    return value


def view_type(value: object) -> ViewType:
    """A view type, by its name or by MLflow's number.

    Raises:
        InvalidValue: There is none of that name.
    """
    try:
        return _VIEWS[value] if type(value) is int else ViewType(value)  # type: ignore[arg-type]  # else: ValueError
    except (KeyError, ValueError):
        raise InvalidValue(f"a view type is one of {', '.join(ViewType)}; got {shown(value)}") from None


def run_status(value: object) -> RunStatus:
    """The state of a run, by name.

    Raises:
        InvalidValue: There is none of that name.
    """
    known = RunStatus.__members__.get(value) if isinstance(value, str) else None
    if known is None:  # the wire knows numbers as well
        raise InvalidValue(f"the state of a run is one of {', '.join(RunStatus)}; got {shown(value)}")
    return known


def artifact_path(value: object) -> ArtifactPath:
    """The name of an artifact; ``None`` for the root. Doubled and final slashes and single dots are left out.

    Raises:
        InvalidArtifactPath: It would leave its folder, or holds what no artifact's name may.
        InvalidValue: It is no text.
    """
    if value is None:
        return ArtifactPath()
    named = value.as_posix() if isinstance(value, PurePath) else text("the path of an artifact", value)
    if named.startswith("/"):
        raise InvalidArtifactPath(named, "is absolute")
    return ArtifactPath("/".join(part for part in named.split("/") if part not in {"", "."}))


def artifact_file(value: object) -> ArtifactPath:
    """The name of an artifact that is a file.

    Raises:
        InvalidArtifactPath: As :func:`artifact_path`, or it is empty or ends like a folder.
        InvalidValue: It is no text.
    """
    path = artifact_path(value)
    if not path or str(value).endswith("/"):
        raise InvalidArtifactPath(str(value or ""), "names no file")
    return path


def local_path(what: str, value: object) -> Path:
    """A path on this machine.

    Raises:
        InvalidValue: It is neither text nor a path, or is empty.
    """
    if not isinstance(value, str | os.PathLike):
        raise InvalidValue(f"{what} is a path; got {shown(value)}, {a_class(value)}")
    named = os.fspath(value)
    if not isinstance(named, str) or not named or "\0" in named:
        raise InvalidValue(f"{what} is a path such as 'plots/roc.png'; got {shown(named)}")
    return Path(named)


def exactly_one(verb: str, **given: object) -> None:
    """See that one of several arguments is given.

    Args:
        verb: Who takes them.
        given: The arguments; ``None`` for those that were left out.

    Raises:
        InvalidValue: None or several were given.
    """
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise InvalidValue(f"{verb} takes one of {' and '.join(given)}; got {' and '.join(named) or 'none of them'}")


def refuse(comes_with: str, **given: object) -> None:
    """Refuse arguments of MLflow that have no meaning here yet.

    Args:
        comes_with: What will give them one.
        given: The arguments; ``None`` for those that were left out.

    Raises:
        Unsupported: One of them was given.
    """
    for name, value in given.items():
        if value is not None:
            raise Unsupported(f"the argument {name!r} comes with {comes_with}, which is not there yet; leave it out")


def _listed(what: str, values: object) -> Iterable[Any]:
    if not isinstance(values, Iterable) or isinstance(values, Mapping):
        raise InvalidValue(f"wanted: {what}; got {shown(values)}, {a_class(values)}")
    return values


def logged_model_id(uri: str) -> str | None:
    """The id in the URI of a logged model, ``models:/MODEL_ID``; ``None`` for another URI.

    Example:
        >>> logged_model_id("models:/churn/1") is None
        True
    """
    found = _LOGGED_MODEL.fullmatch(uri)
    return found[1] if found else None


def run_uri(uri: str) -> tuple[str, ArtifactPath]:
    """The run and the path that ``runs:/RUN_ID/PATH`` names.

    Raises:
        InvalidArtifactPath: The path is not the name of an artifact.
        InvalidValue: No run is named.
    """
    named, _, path = uri.removeprefix("runs:").lstrip("/").partition("/")
    if not named:
        raise InvalidValue(f"the URI of a run's artifact looks like 'runs:/RUN_ID/path'; got {uri!r}")
    return named, artifact_path(path)
