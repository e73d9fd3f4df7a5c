"""The database file: named by a URI, made where it is missing, refused where it is not ours."""

import importlib
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from runstone.entities.names import shown_address
from runstone.errors import BackendError, InvalidValue, SchemaMismatch
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.failures import BUSY_TIMEOUT_S, explain_os, explained
from runstone.stores.sql.first import MLFLOW_TABLES, fill, refuse_newer
from runstone.stores.sql.revisions import HEAD, VERSION_TABLE
from runstone.stores.sql.sqlite_file import open_engine
from runstone.stores.sql.tables import metadata

_PREFIX = "sqlite:///"
_LEAST_BYTES = 512  # of a page, which every database has
# By name, because it loads Alembic, which takes longer than to open a database that is up to date.
_UPGRADES = "runstone.stores.sql.migrations.upgrades"


def path_of(uri: str) -> Path:
    """The absolute path of the file that ``sqlite:///FILE`` names; a relative one starts at the working directory.

    Raises:
        InvalidValue: The URI has another form, or names no file but a database in memory.
    """
    name = uri.removeprefix(_PREFIX)
    if not uri.startswith(_PREFIX) or not name or any(letter in name for letter in "?#\0"):
        raise InvalidValue(f"a database is given as 'sqlite:///FILE', without '?' and '#'; got {shown_address(uri)}")
    if name == ":memory:":
        raise InvalidValue("a database in memory is not offered; give a file, such as 'sqlite:///runstone.db'")
    return Path(os.path.normpath(Path.cwd() / name))


def open_database(path: Path) -> None:
    """Make sure that a file holds this Runstone's tables: make it, upgrade it, or refuse it untouched.

    Raises:
        BackendError: It cannot be made, opened or written.
        SchemaMismatch: It is not Runstone's, is damaged, or was made by a newer Runstone.
    """
    revision = revision_of(path)
    if revision is None:
        _create(path)
    elif revision != HEAD:
        upgrade(path)
    else:
        with explained(path), closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as driver:
            _use_wal(driver)


def revision_of(path: Path) -> str | None:
    """The revision of the tables in a file; empty for before the first, ``None`` where there are no tables yet.

    Raises:
        BackendError: The file cannot be read or written.
        SchemaMismatch: It is not Runstone's, or was made by a newer Runstone.
    """
    if not _holds_something(path):
        return None
    with explained(path), closing(open_to_read(path)) as driver:
        tables = {row[0] for row in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if VERSION_TABLE not in tables:
            raise _foreign(path, tables)
        row = driver.execute("SELECT version_num FROM schema_revision").fetchone()
    revision = "" if row is None else str(row[0])
    refuse_newer(str(path), revision)
    return revision


def upgrade(path: Path) -> Path | None:
    """Bring a database to the newest revision; see ``upgrade_file`` of the module that does it."""
    copy: Path | None = importlib.import_module(_UPGRADES).upgrade_file(path)
    return copy


def _holds_something(path: Path) -> bool:
    # The file is not opened to look into it: closing it would give back the locks that SQLite holds in this process for
    # other connections, and who else writes would not know of them.
    try:
        if path.is_dir():
            raise BackendError(f"the database {path} is a folder; name a file in it, such as {path / 'runstone.db'}")
        size = path.stat().st_size
    except FileNotFoundError:
        return False
    except OSError as error:
        raise explain_os(error, path) from None
    if 0 < size < _LEAST_BYTES:  # SQLite would take it for an empty database; a longer one it tells itself
        raise SchemaMismatch(f"{path} is not an SQLite database; name another file, or restore a backup")
    if not os.access(path, os.W_OK):
        raise BackendError(f"the database {path} cannot be written; give this user write access to it and its folder")
    return size > 0


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads, and leaves no file beside the database."""
    # What a former process left in the WAL stays there when we may not write. Where there is none, a connection that
    # may write is the one that takes the files away again which reading in WAL mode makes.
    mode = "ro" if path.with_name(f"{path.name}-wal").exists() else "rw"
    return sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT_S)


def _foreign(path: Path, tables: set[str]) -> SchemaMismatch:
    whose = "a database of MLflow" if tables >= MLFLOW_TABLES else "an SQLite database of another program"
    return SchemaMismatch(
        f"{path} is {whose}, which Runstone does not write to; nothing was changed; name another file, such as "
        f"'{_PREFIX}{path.with_name('runstone.db')}'"
    )


def _create(path: Path) -> None:
    """Make the tables, the mark of their revision and the experiment ``0``; harmless where another was quicker."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise explain_os(error, path) from None
    engine = open_engine(path, durable=False)
    with explained(path), engine.connect() as connection:
        driver = driver_of(connection)
        _use_wal(driver)
        driver.execute("BEGIN IMMEDIATE")
        try:
            if not driver.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (VERSION_TABLE,)).fetchone():
                metadata.create_all(connection, checkfirst=False)
                fill(driver)
            driver.execute("COMMIT")
        except BaseException:
            if driver.in_transaction:  # SQLite has ended it where the disk is full
                driver.execute("ROLLBACK")
            raise


def _use_wal(driver: Driver) -> None:
    """Let readers and a writer work at once. Waits for others who are about to do the same."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait for a lock by itself here.
            if (error.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
