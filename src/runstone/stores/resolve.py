"""From the address of a store to the store. Implementations are loaded on use."""

import importlib
from collections.abc import Callable
from typing import Any, cast

from runstone import forking
from runstone.entities.names import shown_address
from runstone.errors import InvalidValue, Unsupported
from runstone.stores.base import EmbeddedStore, TrackingStore

ENTRY_POINTS = "runstone.tracking_stores"
BUILT_IN = {
    "http": "runstone.stores.rest.tracking:RestStore",
    "https": "runstone.stores.rest.tracking:RestStore",
    "postgres": "runstone.stores.sql.store:SqlStore",
    "postgresql": "runstone.stores.sql.store:SqlStore",
    "sqlite": "runstone.stores.sql.store:SqlStore",
}


def scheme_of(uri: str) -> str:
    """The scheme of an address in lower case; empty where it has none.

    Example:
        >>> scheme_of("sqlite:///runstone.db")
        'sqlite'
    """
    scheme, colon, _ = uri.partition("://")
    return scheme.lower() if colon else ""


def resolve(uri: str) -> Callable[[str], TrackingStore]:
    """What opens the store at an address: call it with the address.

    Schemes that are not built in are looked up among the entry points ``runstone.tracking_stores``, whose names are
    schemes.

    Raises:
        InvalidValue: The address has no scheme.
        Unsupported: No store takes its scheme, or the one that does cannot be loaded.
    """
    scheme = scheme_of(uri)
    if not scheme:
        raise InvalidValue(
            f"the tracking address {shown_address(uri)} has no scheme; wanted: 'sqlite:///FILE', "
            f"'postgresql://USER@HOST/DATABASE', or the 'http://' or 'https://' address of a server{_of_a_folder(uri)}"
        )
    # MLflow's users name a driver too, as in `postgresql+psycopg2://`.
    built_in = BUILT_IN.get(scheme) or BUILT_IN.get(scheme.partition("+")[0])
    if built_in is not None:
        module, _, name = built_in.partition(":")
        with forking.held_off():  # the thread that sends may open a store
            return cast("Callable[[str], TrackingStore]", getattr(importlib.import_module(module), name))
    for found in _entry_points(name=scheme):
        try:
            return cast("Callable[[str], TrackingStore]", found.load())
        except (ImportError, AttributeError) as error:
            raise Unsupported(
                f"the store for {scheme!r} addresses, {found.value!r}, cannot be loaded: {error}; install it again"
            ) from error
    known = sorted({*BUILT_IN, *(found.name for found in _entry_points())})
    raise Unsupported(
        f"no store takes the tracking address {shown_address(uri)}: {scheme!r} is none of {', '.join(known)}; install "
        f"a plugin for it, or use another address{_of_a_folder(uri)}"
    )


def _of_a_folder(uri: str) -> str:
    is_folder = uri.startswith("file:") or "mlruns" in uri
    return "; `runstone import FOLDER` brings there what MLflow keeps in a folder" if is_folder else ""


def open_store(uri: str) -> TrackingStore:
    """Open the store at an address.

    Raises:
        InvalidValue: The address cannot be read.
        Unsupported: No store takes it.
        BackendError: The store cannot be opened.
    """
    return resolve(uri)(uri)


def open_embedded_store(uri: str, *, artifact_root: str) -> EmbeddedStore:
    """Open the database at an address for a server, which acknowledges only what would survive a loss of power.

    Args:
        uri: Address of a database.
        artifact_root: Folder or URI below which its clients are told to keep artifacts.

    Raises:
        InvalidValue: The address is that of a server.
        Unsupported: No store takes it.
        BackendError: The store cannot be opened.
    """
    if scheme_of(uri) in {"http", "https"}:
        raise InvalidValue(
            f"a server keeps its runs in a database; got the address of another server, {shown_address(uri)}; "
            "wanted: 'sqlite:///FILE' or 'postgresql://USER@HOST/DATABASE'"
        )
    opener = cast("Callable[..., EmbeddedStore]", resolve(uri))
    return opener(uri, artifact_root=artifact_root, durable=True)


def _entry_points(**wanted: str) -> Any:
    # Imported on use: reading what is installed is slow to load, and `import runstone` needs none of it.
    return importlib.import_module("importlib.metadata").entry_points(group=ENTRY_POINTS, **wanted)
