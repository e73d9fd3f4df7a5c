"""Estimators by skops where it can, in files that run no code when they are opened, and by a pickle where it cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidValue, Unsupported
from runstone.flavors import libraries, pickles

_FORMATS = ("skops", "cloudpickle", "pickle")
# Older ones let a file say that it holds other types than it does (CVE-2025-54412, CVE-2025-54413).
_SAFE_FROM = (0, 12)


@dataclass(frozen=True)
class Written:
    """An estimator in a file.

    Attributes:
        file: The name of the file.
        format: ``skops``, ``cloudpickle`` or ``pickle``.
        named: Full names of the types in a file of skops that have to be named when it is opened.
        modules: Modules that the file needs.
    """

    file: str
    format: str
    named: list[str]
    modules: frozenset[str]


def check_format(wanted: str | None) -> None:
    """Check the name of a format.

    Raises:
        InvalidValue: There is none of this name.
    """
    if wanted is not None and wanted not in _FORMATS:
        raise InvalidValue(f"serialization_format is one of {', '.join(_FORMATS)}; got {shown(wanted)}")


def write(model: Any, folder: Path, wanted: str | None, *, known: Callable[[str], bool], install: str) -> Written:
    """Write ``model.skops`` or ``model.pkl``.

    Args:
        model: The estimator.
        folder: The model's folder.
        wanted: The format; skops where it can, else cloudpickle, if ``None``.
        known: Whether a type for which skops does not vouch may be in the file, by its full name.
        install: What pip has to be asked for to have skops.

    Raises:
        InvalidValue: It cannot be written so.
        Unsupported: skops was asked for and is not installed.
    """
    if wanted in {None, "skops"}:
        try:
            named = _dump(model, folder / "model.skops", known, install)
            return Written("model.skops", "skops", named, frozenset({"skops"}))
        except (InvalidValue, Unsupported):
            if wanted is not None:
                raise
    file = folder / "model.pkl"
    pickles.dump(model, file, plain=wanted == "pickle")
    return Written(file.name, wanted or "cloudpickle", [], pickles.modules(file))


def load(file: Path, trusted: list[str], *, install: str) -> Any:
    """The estimator in a file of skops.

    Args:
        file: The file.
        trusted: Full names of types that may be in it besides those that skops vouches for.
        install: As for :func:`write`.

    Raises:
        InvalidModel: It cannot be read, or holds other types.
        Unsupported: skops is not installed.
    """
    skops = libraries.imported("skops.io", install=install)
    with libraries.reading(file, "skops"):
        libraries.check_zip(file)
        return skops.load(file, trusted=trusted)


def is_class(name: str) -> bool:
    """Whether a full name is that of a class in the module that defines it.

    A file of skops may name what else stands in a module, as another module that it imports, and by attributes of that
    whatever there is: ``sklearn.calibration.warnings.sys``. So a name below a harmless package need not be harmless.
    """
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(import_module(module), attribute, None)
    except (ImportError, ValueError):
        return False
    return isinstance(found, type) and found.__module__ == module


def outdated() -> str:
    """What speaks against opening a stranger's file with the skops that is installed; empty for nothing."""
    return libraries.outdated("skops", _SAFE_FROM)


def _dump(model: Any, file: Path, known: Callable[[str], bool], install: str) -> list[str]:
    skops = libraries.imported("skops.io", install=install)
    try:
        skops.dump(model, file)
        named: list[str] = sorted(skops.get_untrusted_types(file=file))
    except OSError:  # a full disk, which is full for a pickle too
        raise
    except Exception as error:
        file.unlink(missing_ok=True)
        raise InvalidValue(f"skops cannot write {shown(model)}: {error}; leave serialization_format out") from error
    if unknown := [name for name in named if not known(name)]:
        file.unlink()
        raise InvalidValue(
            f"skops does not know {', '.join(unknown)}; name them in skops_trusted_types if they are yours, "
            "or leave serialization_format out"
        )
    return named
