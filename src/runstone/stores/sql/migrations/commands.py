"""What the command ``db`` asks of a database: where it stands, whether it is sound, and to bring it up to date."""

from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import Struct

from runstone.errors import BackendError, SchemaMismatch
from runstone.stores.sql.database import path_of, revision_of
from runstone.stores.sql.database import upgrade as upgrade_path
from runstone.stores.sql.migrations import checks
from runstone.stores.sql.opening import is_postgres, postgres
from runstone.stores.sql.revisions import HEAD


class Upgrade(Struct, frozen=True):
    """An upgrade that was made.

    Attributes:
        copy: The copy from before; ``None`` where the database is no file.
    """

    copy: Path | None = None


def current(uri: str) -> str:
    """The revision of a database; empty for before the first.

    Raises:
        BackendError: It is not there, or cannot be read.
        SchemaMismatch: It is not Runstone's, is damaged, or was made by a newer Runstone.
        InvalidValue: The URI cannot be read.
        Unsupported: What the database's driver needs is not installed.
    """
    if is_postgres(uri):
        return _known(*_served(uri))
    return _revision(path_of(uri))


def check(uri: str) -> list[str]:
    """What is wrong with a database: a sentence each, at most 20; none where it is sound and up to date.

    Raises:
        BackendError: It is not there, or cannot be read.
        SchemaMismatch: It is not Runstone's, or was made by a newer Runstone.
        InvalidValue: The URI cannot be read.
        Unsupported: What the database's driver needs is not installed.
    """
    if is_postgres(uri):
        server, revision = _served(uri)
        old = _old(_known(server, revision))
        if old:
            return old
        with server.explained(), closing(server.connect()) as driver:
            return checks.of_server(driver)
    path = path_of(uri)
    old = _old(_revision(path))
    try:
        return (old + checks.of_file(path, reads_points=not old))[: checks.MOST]
    except SchemaMismatch as error:
        return [*old, error.message]


def upgrade(uri: str) -> Upgrade | None:
    """Bring a database to the newest revision; a file after a copy was made beside it.

    Returns:
        What was done; ``None`` where the database was up to date.

    Raises:
        BackendError: It is not there, or failed; it is as before.
        SchemaMismatch: It is not Runstone's, is damaged, or was made by a newer Runstone.
        InvalidValue: The URI cannot be read.
        Unsupported: What the database's driver needs is not installed.
    """
    if is_postgres(uri):
        server, revision = _served(uri)
        _known(server, revision)
        return Upgrade() if postgres("schema").upgrade(server) else None
    path = path_of(uri)
    if _revision(path) == HEAD:
        return None
    copy = upgrade_path(path)
    return None if copy is None else Upgrade(copy)


def _old(revision: str) -> list[str]:
    if revision == HEAD:
        return []
    return [f"the tables have revision {revision or 'none'!r}, the newest is {HEAD!r}: upgrade the database"]


def _served(uri: str) -> tuple[Any, str | None]:
    """A database on PostgreSQL, and the revision of its tables; ``None`` where it has none."""
    server = postgres("server").PostgresServer(uri)
    return server, postgres("schema").revision_of(server)


def _known(server: Any, revision: str | None) -> str:
    if revision is None:
        raise BackendError(f"the database {server.name} is empty; name another, or start the server, which fills it")
    return revision


def _revision(path: Path) -> str:
    revision = revision_of(path)
    if revision is None:
        raise BackendError(f"there is no database {path}; name another file, or start the server, which makes it")
    return revision
