"""The database file: named by a URI, made where it is missing, refused where it is not ours."""

import sqlite3
import time
from pathlib import Path

from runstone.errors import InvalidValue
from runstone.stores.sql.failures import BUSY_TIMEOUT_S, explain_os, explained
from runstone.stores.sql.session import driver_of, open_engine
from runstone.stores.sql.tables import ACTIVE, metadata

SCHEME = "sqlite"
HEAD = "0001"
VERSION_TABLE = "schema_revision"
_MAGIC = b"SQLite format 3\x00"
_VERSION_DDL = """
CREATE TABLE schema_revision (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT schema_revision_pkc PRIMARY KEY (version_num)
)
"""


def path_of(uri: str) -> Path:
    """The absolute path of the file that ``sqlite:///FILE`` names.

    Raises:
        InvalidValue: The URI has another form, names no file, or a database in memory.
    """
    prefix, slashes, name = uri.partition(":///")
    if prefix != SCHEME or not slashes or not name or "?" in name or "#" in name or "\0" in name:
        raise InvalidValue(f"a database is given as 'sqlite:///FILE', without a query; got {uri!r}")
    if name == ":memory:":
        raise InvalidValue("a database in memory cannot be shared by threads; give a file: 'sqlite:///runstone.db'")
    return Path.cwd() / name


def open_database(path: Path) -> None:
    """Make sure that a database of this Runstone's form is there.

    Raises:
        BackendError: It cannot be made or opened.
        SchemaMismatch: What is there is not Runstone's, or of a newer Runstone. Nothing was changed.
    """
    create(path)


def create(path: Path) -> None:
    """Make the tables, the first experiment and the mark of the revision in a new file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise explain_os(error, path) from None
    engine = open_engine(path, durable=False)
    with explained(path), engine.connect() as connection:
        driver = driver_of(connection)
        use_wal(driver)
        driver.execute("BEGIN IMMEDIATE")
        try:
            if not driver.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (VERSION_TABLE,)).fetchone():
                metadata.create_all(connection, checkfirst=False)
                driver.execute(_VERSION_DDL)
                driver.execute("INSERT INTO schema_revision VALUES (?)", (HEAD,))
                seed(driver)
            driver.execute("COMMIT")
        except BaseException:
            driver.execute("ROLLBACK")
            raise


def seed(driver: sqlite3.Connection) -> None:
    """Make the experiment ``0`` that every store has."""
    moment = time.time_ns() // 1_000_000
    driver.execute(
        "INSERT INTO experiment (id, name, stage, created_at, updated_at) VALUES (0, 'Default', ?, ?, ?)",
        (ACTIVE, moment, moment),
    )
    driver.execute("INSERT INTO change (experiment_id, count) VALUES (0, 0)")


def use_wal(driver: sqlite3.Connection) -> None:
    """Let readers and one writer work at once. Waits for others that are about to do the same."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            driver.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # This one statement does not wait for a lock by itself.
            if (error.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
