"""The address where runs are kept, unless a call names another; one for the whole process."""

import logging
import os

from runstone import config
from runstone.client import arguments
from runstone.stores import resolve

_logger = logging.getLogger("runstone")
_DATABASES = {".db", ".sqlite", ".sqlite3"}


class _Address:
    """The address that code has chosen; empty where it has not."""

    chosen = ""
    registry = ""


def set_tracking_uri(uri: str | os.PathLike[str]) -> None:
    """Choose where runs are kept, for all threads; an active run stays where it was started.

    Where ``runstone reproduce`` does a run again, it stays where the original is kept: that is told, and this ignored.

    Args:
        uri: ``sqlite:///FILE``, ``postgresql://USER@HOST/DATABASE``, the ``http(s)://`` address of a server, or the
            path of an SQLite file as a ``pathlib.Path``. Empty text goes back to the setting ``RUNSTONE_TRACKING_URI``.

    Raises:
        InvalidValue: The address has no scheme.
        Unsupported: No store takes it.

    Example:
        >>> set_tracking_uri("sqlite:///experiments.db")
        >>> get_tracking_uri()
        'sqlite:///experiments.db'
        >>> set_tracking_uri("")
    """
    if isinstance(uri, os.PathLike):
        path = arguments.local_path("the tracking URI", uri)
        uri = f"sqlite:///{path.absolute().as_posix()}" if path.suffix in _DATABASES else str(path)
    chosen = _checked("the tracking URI", uri)
    if chosen and config.REPRODUCES.get():
        if chosen != config.TRACKING_URI.required():
            _logger.warning("the address that the code chooses is not used: a run is done again where it is kept")
        return
    _Address.chosen = chosen


def get_tracking_uri() -> str:
    """Where runs are kept: what code has chosen, else the setting, else ``sqlite:///runstone.db``."""
    return _Address.chosen or config.TRACKING_URI.required()


def is_tracking_uri_set() -> bool:
    """Whether code or a setting says where runs are kept."""
    return bool(_Address.chosen) or config.TRACKING_URI.source() != "default"


def set_registry_uri(uri: str) -> None:
    """Choose where registered models are kept, for all threads, if that is not where runs are.

    Args:
        uri: As for ``set_tracking_uri``. Empty text goes back to the setting ``RUNSTONE_REGISTRY_URI``.

    Raises:
        InvalidValue: The address has no scheme.
        Unsupported: No store takes it.

    Example:
        >>> set_registry_uri("sqlite:///models.db")
        >>> get_registry_uri()
        'sqlite:///models.db'
        >>> set_registry_uri("")
    """
    _Address.registry = _checked("the registry URI", uri)


def get_registry_uri() -> str:
    """Where registered models are kept: what code has chosen, else the setting, else where runs are."""
    return chosen_registry() or get_tracking_uri()


def chosen_registry() -> str:
    """Where registered models are kept, if code or a setting says it; else empty."""
    return _Address.registry or config.REGISTRY_URI.get() or ""


def _checked(what: str, uri: object) -> str:
    text = arguments.text(what, uri)
    if text and resolve.scheme_of(text) not in resolve.BUILT_IN:
        resolve.resolve(text)
    return text
