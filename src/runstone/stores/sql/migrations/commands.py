"""What the command ``db`` asks of a database: where it stands, whether it is sound, and to bring it up to date."""

import sqlite3
from contextlib import closing
from pathlib import Path

from runstone.errors import BackendError, SchemaMismatch
from runstone.stores.sql.database import path_of, revision_of
from runstone.stores.sql.database import upgrade as upgrade_path
from runstone.stores.sql.failures import explained
from runstone.stores.sql.revisions import HEAD

_MOST = 20


def current(uri: str) -> str:
    """The revision of a database; empty for before the first.

    Raises:
        BackendError: It is not there, or cannot be read.
        SchemaMismatch: It is not Runstone's, is damaged, or was made by a newer Runstone.
        InvalidValue: The URI is not ``sqlite:///FILE``.
    """
    return _revision(path_of(uri))


def check(uri: str) -> list[str]:
    """What is wrong with a database: a sentence each, at most 20; none where it is sound and up to date.

    Raises:
        BackendError: It is not there, or cannot be read.
        SchemaMismatch: It is not Runstone's, or was made by a newer Runstone.
        InvalidValue: The URI is not ``sqlite:///FILE``.
    """
    path = path_of(uri)
    revision = _revision(path)
    problems = []
    if revision != HEAD:
        problems.append(
            f"the tables have revision {revision or 'none'!r}, the newest is {HEAD!r}: upgrade the database"
        )
    try:
        problems += _unsound(path)
    except SchemaMismatch as error:
        problems.append(error.message)
    return problems[:_MOST]


def upgrade(uri: str) -> Path | None:
    """Bring a database to the newest revision after a copy was made beside it.

    Returns:
        The copy; ``None`` where the database was up to date.

    Raises:
        BackendError: It is not there, or failed; it is as before.
        SchemaMismatch: It is not Runstone's, is damaged, or was made by a newer Runstone.
        InvalidValue: The URI is not ``sqlite:///FILE``.
    """
    path = path_of(uri)
    return None if _revision(path) == HEAD else upgrade_path(path)


def _unsound(path: Path) -> list[str]:
    with explained(path), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as driver:
        found = [str(row[0]) for row in driver.execute(f"PRAGMA integrity_check({_MOST})")]
        damages = [f"the file is damaged: {text}; restore a backup" for text in found if text != "ok"]
        references = driver.execute("PRAGMA foreign_key_check").fetchall()
    return damages + [
        f"row {row} of the table {table!r} refers to one of {other!r} that is not there; restore a backup"
        for table, row, other, _ in references
    ]


def _revision(path: Path) -> str:
    revision = revision_of(path)
    if revision is None:
        raise BackendError(f"there is no database {path}; name another file, or start the server, which makes it")
    return revision
