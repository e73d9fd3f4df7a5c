"""What flavors need of any library: it may be missing, its files may be damaged, and its classes are known by name."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidModel, Unsupported

# What a zip unpacks to is looked at from so many bytes on: it may be so many times its length.
_LARGE = 2**30
_DENSE = 100


def imported(module: str, *, install: str) -> Any:
    """A module of a library that only some users have.

    Args:
        module: Its name.
        install: What pip has to be asked for.

    Raises:
        Unsupported: It is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise Unsupported(
            f"the model needs the module {error.name!r}, which is not installed; "
            f'install it with: pip install "{install}"'
        ) from error


def is_a(model: object, *names: str) -> bool:
    """Whether an object is of one of some classes, by their full names; imports nothing to find out.

    Example:
        >>> from collections import OrderedDict
        >>> is_a(OrderedDict(), "builtins.dict")
        True
    """
    return any(class_name(each) in names for each in type(model).__mro__)


def class_name(kind: type) -> str:
    """The full name of a class, such as ``xgboost.sklearn.XGBClassifier``."""
    return f"{kind.__module__}.{kind.__qualname__}"


def is_own(model: object, package: str) -> bool:
    """Whether the very class of an object is of a package, and no class that somebody made of one of it."""
    return type(model).__module__.partition(".")[0] == package


def outdated(package: str, safe_from: tuple[int, ...]) -> str:
    """What speaks against opening a stranger's file with the version of a package that is installed; empty for nothing.

    Args:
        package: Its name.
        safe_from: The first version whose safe way of opening a file is safe, such as ``(3, 12)``.

    Example:
        >>> outdated("msgspec", (0, 1)), outdated("a-package-that-is-not-there", (1, 0))
        ('', '')
        >>> outdated("msgspec", (999, 0)).partition(", ")[2]
        '999.0 and newer cannot'
    """
    metadata: Any = import_module("importlib.metadata")  # on use: it is slow to import
    try:
        version = metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
    numbers = tuple(int(part) for part in re.split(r"[.+]", version)[: len(safe_from)] if part.isdigit())
    if numbers >= safe_from:
        return ""
    return f"{package} {version} can be made to run code by a file, {'.'.join(map(str, safe_from))} and newer cannot"


def named_class(name: str) -> Any:
    """The class of a full name.

    Raises:
        InvalidModel: There is none.
    """
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError, TypeError) as error:  # the last two for dots where no name is
        raise InvalidModel(
            f"the model is of the class {shown(name)}, which is not here: {error}; install what its requirements.txt "
            "lists, or save it with code_paths"
        ) from error


def file_of(folder: Path, settings: Mapping[str, Any], key: str, default: str = "") -> Path:
    """The file, or the folder, that a key of a flavor's settings names.

    Raises:
        InvalidModel: It is not there, or would be outside of the model's folder.
    """
    named = settings.get(key) or default
    if not isinstance(named, str) or not named or _leads_out(PurePath(named)):
        raise InvalidModel(f"{key!r} of a model is a path inside its folder; got {shown(named)}")
    place = folder / named
    if not place.exists():
        raise InvalidModel(f"the model has no file {str(place)!r}: its folder is not whole")
    return place


def texts_of(settings: Mapping[str, Any], key: str) -> list[str]:
    """The list of texts that a key of a flavor's settings has; an empty one for none.

    Raises:
        InvalidModel: It is no such list.
    """
    found = settings.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise InvalidModel(f"{key!r} of a model is a list of texts; got {shown(found)}")
    return found


def _leads_out(path: PurePath) -> bool:
    return bool(path.anchor) or ".." in path.parts


def check_zip(file: Path) -> None:
    """Look at what a zip unpacks to before any of it is unpacked.

    Raises:
        InvalidModel: It is much more than its own length explains.
        zipfile.BadZipFile: It is no zip.
    """
    with zipfile.ZipFile(file) as opened:
        size = sum(each.file_size for each in opened.infolist())
    if size > _LARGE and size > _DENSE * file.stat().st_size:
        raise InvalidModel(
            f"{str(file)!r} would unpack to {size:,} bytes, {_DENSE} times its length and more, as no model does"
        )


@contextmanager
def reading(file: Path, library: str) -> Iterator[None]:
    """Say which file it is that a library cannot read, whatever it raises then.

    Raises:
        InvalidModel: It cannot be read.
    """
    try:
        yield
    except InvalidModel:
        raise
    except Exception as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InvalidModel(
            f"{str(file)!r} cannot be read by {library}: {first}; it is damaged, or of another version of {library}"
        ) from error
