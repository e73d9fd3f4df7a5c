"""Copies of a database file: made while others write, and put back."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from runstone.entities.names import without_password
from runstone.errors import AlreadyExists, BackendError, Unsupported
from runstone.stores.sql.database import open_to_read, path_of, revision_of
from runstone.stores.sql.failures import explain_os, explained
from runstone.stores.sql.opening import is_postgres


def back_up(uri: str, to: Path) -> None:
    """Copy a database as it is at one moment; others may write meanwhile. The copy is there whole, or not at all.

    Raises:
        AlreadyExists: There is something at that place.
        BackendError: There is no database, or it cannot be copied.
        InvalidValue: The URI is not ``sqlite:///FILE``.
        SchemaMismatch: It is not Runstone's, or is damaged.
        Unsupported: It is a database on PostgreSQL.
    """
    _refuse_postgres(uri, "pg_dump --format custom --file FILE {}")
    path = path_of(uri)
    _check_there(path)
    if to.exists():
        raise AlreadyExists(f"there is something at {to} already; name another file")
    copy(path, to)


def restore(backup: Path, uri: str) -> None:
    """Make a database of a copy, where there is none.

    Raises:
        AlreadyExists: There is a database; move it away first.
        BackendError: There is no such copy, or it cannot be read.
        InvalidValue: The URI is not ``sqlite:///FILE``.
        SchemaMismatch: The copy is not one of Runstone's, is damaged, or of a newer Runstone.
        Unsupported: It is a database on PostgreSQL.
    """
    _refuse_postgres(uri, "pg_restore --dbname {} FILE")
    path = path_of(uri)
    _check_there(backup)
    # What a former database left in its log would be taken for a part of this one.
    for former in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if former.exists():
            raise AlreadyExists(f"there is {former} already; stop what uses it, move it away, and restore then")
    copy(backup, path)


def _check_there(path: Path) -> None:
    if revision_of(path) is None:
        raise BackendError(f"there is no database {path}; name another file")


def _refuse_postgres(uri: str, command: str) -> None:
    if is_postgres(uri):
        run = command.format(without_password(uri))
        raise Unsupported(f"a database on PostgreSQL is copied by PostgreSQL's own tools: run `{run}`")


def copy(path: Path, to: Path) -> None:
    """Copy a database file that is Runstone's; see ``back_up``."""
    if not to.parent.is_dir():
        raise BackendError(f"there is no folder {to.parent}; make it first, or name another")
    unfinished = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        with (
            explained(path),
            closing(open_to_read(path)) as source,
            explained(to),
            closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        unfinished.replace(to)
    except OSError as error:
        raise explain_os(error, to) from None
    finally:
        unfinished.unlink(missing_ok=True)
