"""The files of which a folder of MLflow is made: ``meta.yaml``, a file for each tag, param and metric."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import unquote, urlsplit

from runstone.entities.names import shown
from runstone.errors import BackendError, InvalidValue, RunstoneError, Unsupported

T = TypeVar("T")

# A folder of MLflow holds no link; one that is there may lead to any file of this machine.
_TOO_LARGE = 1 << 20
# A dataset has a profile of up to 16 million characters, of four bytes at most, and a schema.
LARGEST_DATASET = 68 << 20
# A value of a metric with the longest name that a dataset has.
_LONGEST_LINE = 1 << 14
# The end of the place of artifacts, wherever the folder was when MLflow wrote it down.
_ARTIFACTS = re.compile(r"/(\d+)/((?:models/m-)?[0-9a-f]{32})/artifacts(/.*)?$")
_DEEPEST = 50
# Of what Python says of a value, which it repeats as a whole.
_LONGEST_SAID = 300
_ANYHOW = re.compile(".*", re.DOTALL)


class Files:
    """What is read of a folder of MLflow.

    Args:
        root: The folder, with no link in its path.
        problems: Takes what could not be read, one sentence each.

    Raises:
        Unsupported: PyYAML is not installed.
    """

    def __init__(self, root: Path, problems: list[str]) -> None:
        self._root, self._problems = root, problems
        self._told = set(problems)
        self._yaml = _yaml()

    @contextmanager
    def telling(self, where: object) -> Iterator[None]:
        """Tell of what cannot be read within, and of where that is, and leave it out."""
        try:
            yield
        except RunstoneError as error:
            said = error.message
            self.tell(said if str(where) in said else f"{where}: {said}")
        except (IndexError, ValueError) as error:
            said = str(error)
            self.tell(f"{where}: {said if len(said) <= _LONGEST_SAID else f'{said[:_LONGEST_SAID]}...'}")

    def tell(self, problem: str) -> None:
        """Tell of something once, however often it is met."""
        if problem not in self._told:
            self._told.add(problem)
            self._problems.append(problem)

    def folders(self, parent: Path, called: re.Pattern[str] = _ANYHOW) -> list[Path]:
        """The folders in a folder that are called so, by name; none where that is not there. Links are told."""
        if _is_behind_a_link(parent):
            self.tell(_link(parent))
            return []
        try:
            with os.scandir(parent) as found:
                wanted = sorted((each for each in found if called.fullmatch(each.name)), key=lambda each: each.name)
            for each in wanted:
                if each.is_symlink():
                    self.tell(_link(Path(each.path)))
            return [Path(each.path) for each in wanted if each.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise BackendError(f"the folder {parent} cannot be read: {error.strerror}") from error

    def named(self, folder: Path, above: str = "") -> Iterator[tuple[str, Path]]:
        """Files by the name of what they are about: their path in a folder, whose parts may be folders."""
        if _is_behind_a_link(folder):
            self.tell(_link(folder))
            return
        if not folder.is_dir():
            return
        for each in sorted(folder.iterdir()):
            if each.is_symlink():
                self.tell(_link(each))
            elif each.is_dir():
                yield from self.named(each, f"{above}{each.name}/")
            elif each.is_file():
                yield above + each.name, each
            else:
                self.tell(f"{each} is no file, and MLflow makes no other; it was left out")

    def things(self, kind: Callable[[str, str], T], folder: Path) -> list[T]:
        """Things made of the name of each file in a folder and of its text, by name; what breaks a rule is told."""
        found = []
        for name, file in self.named(folder):
            with self.telling(file):
                found.append((name, kind(name, _text(file))))
        return [thing for _, thing in sorted(found, key=itemgetter(0))]

    def lines(self, file: Path) -> Iterator[tuple[int, list[str]]]:
        """The words of each line of a file that has any, with its number from 1; read as they are asked for.

        A line that is too long, is no text, or has no end, as one that was cut off, is told and left out.
        """
        number = 0
        try:
            with file.open("rb") as opened:
                while line := opened.readline(_LONGEST_LINE):
                    number += 1
                    with self.telling(f"{file}, line {number}"):
                        _check_line(opened, line)
                        if words := line.decode().split():
                            yield number, words
        except OSError as error:
            self.tell(f"{file} cannot be read on: {error.strerror}")

    def meta(self, folder: Path, *, most: int = _TOO_LARGE) -> dict[str, Any]:
        """What the ``meta.yaml`` of a folder says. Only plain values are read: no file can have code run.

        Args:
            folder: The folder.
            most: Bytes that the file may have.

        Raises:
            BackendError: It is not there, or cannot be read.
        """
        file = folder / "meta.yaml"
        if _is_behind_a_link(folder):
            raise BackendError(_link(folder))
        text = _text(file, most)
        try:
            self._check_shape(file, text)
            found = self._yaml.load(text, Loader=self._yaml.CSafeLoader)
        except self._yaml.YAMLError as error:
            raise BackendError(f"{file} is no YAML: {' '.join(str(error).split())}") from error
        if not isinstance(found, dict):
            raise BackendError(f"{file} has no fields; it may have been cut off")
        if not text.endswith("\n"):
            raise BackendError(f"{file} has no end; it was cut off")
        return found

    def _check_shape(self, file: Path, text: str) -> None:
        """Refuse YAML that stands for more than any memory holds, or is too deep for the library, which dies of it."""
        depth = 0
        for event in self._yaml.parse(text, self._yaml.CSafeLoader):
            if isinstance(event, self._yaml.AliasEvent):
                raise BackendError(f"{file} has an alias, and MLflow writes none")
            depth += isinstance(event, self._yaml.CollectionStartEvent)
            depth -= isinstance(event, self._yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise BackendError(f"{file} has fields in fields in over {_DEEPEST} layers, and MLflow writes two")

    def metas(self, parent: Path) -> Iterator[dict[str, Any]]:
        """What the ``meta.yaml`` of each folder in a folder says; one that cannot be read is told."""
        for folder in self.folders(parent):
            with self.telling(folder):
                yield self.meta(folder)

    def place(self, uri: str) -> Path | None:
        """Where the files below a URI are on this machine; ``None`` where they are on no machine's disk.

        They are below the folder, wherever MLflow had them once, or else where the record says, which may be any place.
        """
        parts = urlsplit(uri)
        if parts.scheme not in {"", "file"}:
            return None
        named = Path(os.path.realpath(unquote(parts.path) if parts.scheme else uri))
        if found := _ARTIFACTS.search(str(named)):
            for above in (self._root, self._root / ".trash"):
                own = above / found[1] / found[2] / "artifacts"
                if own.is_dir() and (any(own.iterdir()) or not _holds_something(named)):
                    return own / (found[3] or "").lstrip("/")
        return named


def _holds_something(named: Path) -> bool:
    """Whether a place is a file, or a folder with anything in it, or one that nobody may look into."""
    try:
        return any(named.iterdir())
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _is_behind_a_link(place: Path) -> bool:
    """Whether a link stands on the way to a place; there is none on the way to the root."""
    return os.path.realpath(place) != str(place)


def _link(place: Path) -> str:
    return f"{place} is a link, or behind one, and MLflow makes none; it was left out"


def text_of(meta: dict[str, Any], name: str) -> str:
    """A field that is a text; empty where it is missing.

    Raises:
        InvalidValue: It is made of other fields, or is no text.
    """
    value = meta.get(name)
    if isinstance(value, bytes | dict | list | set | tuple):
        raise InvalidValue(f"{name} is a text; got {shown(value)}")
    return "" if value is None else str(value)


def number_of(meta: dict[str, Any], name: str) -> int:
    """A field that is a whole number; 0 where it is missing.

    Raises:
        InvalidValue: It is something else.
    """
    value = meta.get(name)
    try:
        return int(value or 0)
    except (OverflowError, TypeError, ValueError):
        raise InvalidValue(f"{name} is a whole number; got {shown(value)}") from None


def fields_of(meta: dict[str, Any], name: str) -> dict[str, str]:
    """A field that holds fields, which are texts; none where it is missing.

    Raises:
        InvalidValue: It is something else.
    """
    found = meta.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidValue(f"{name} are fields; got {shown(found)}")
    return {str(each): str(value) for each, value in found.items()}


def _yaml() -> Any:
    try:
        return import_module("yaml")
    except ImportError as error:
        raise Unsupported("a folder of MLflow needs PyYAML: pip install 'runstone[mlflow]'") from error


def _check_line(file: IO[bytes], line: bytes) -> None:
    """Refuse a line that is not whole; the file goes on at the next one.

    Raises:
        InvalidValue: It is too long, or has no end.
    """
    if line.endswith(b"\n"):
        return
    if len(line) < _LONGEST_LINE:
        raise InvalidValue("it has no end, since it was cut off; it was left out")
    while line and not line.endswith(b"\n"):
        line = file.readline(_LONGEST_LINE)
    raise InvalidValue(f"it has over {_LONGEST_LINE} bytes, which no value of a metric has; it was left out")


def _text(file: Path, most: int = _TOO_LARGE) -> str:
    try:
        found = file.lstat()
        if stat.S_ISLNK(found.st_mode) or found.st_size > most:
            raise BackendError(f"{file} is a link or larger than {most >> 20} MiB, which MLflow makes none of")
        if not stat.S_ISREG(found.st_mode):
            raise BackendError(f"{file} is no file")
        with file.open(encoding="utf-8", newline="") as opened:
            return opened.read()
    except UnicodeDecodeError as error:
        raise BackendError(f"{file} is no text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise BackendError(f"{file} cannot be read: {error.strerror}") from error
