"""Bring a database to the newest revision. The only module that loads Alembic, hence loaded on use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from runstone.errors import SchemaMismatch
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.failures import explained
from runstone.stores.sql.revisions import HEAD, VERSION_TABLE
from runstone.stores.sql.sqlite_file import open_engine

_BASE = "base"


def upgrade_file(path: Path) -> Path | None:
    """Bring an SQLite file to the newest revision, after a copy of it was made beside it.

    Several processes may do so at once: the first does the work, the others wait for it.

    Returns:
        The copy, named ``FILE.backup-REVISION``; ``None`` where nothing was to be done.

    Raises:
        BackendError: The database failed; it is as before.
        SchemaMismatch: Rows refer to others that are not there.
    """
    engine = open_engine(path, durable=True)
    with explained(path), engine.connect() as connection:
        driver = driver_of(connection)
        # Tables are made anew by some steps, which must not take the rows of others with them.
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("BEGIN IMMEDIATE")
        try:
            revision = _revision(connection)
            copy = None
            if revision != HEAD:
                copy = _back_up(path, revision or _BASE)
                run_steps(connection, revision)
                _check_references(driver, path)
            driver.execute("COMMIT")
        except BaseException:
            driver.execute("ROLLBACK")
            raise
    return copy


def run_steps(connection: Connection, revision: str) -> None:
    """Run every step after a revision inside the open transaction, and write down the newest.

    Args:
        connection: In a transaction.
        revision: Where the database stands; empty for before the first.
    """
    script = ScriptDirectory(str(Path(__file__).parent))
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    steps = list(script.iterate_revisions("head", revision or _BASE))
    with Operations.context(context):
        for step in reversed(steps):
            step.module.upgrade()
    context.stamp(script, "head")


def _revision(connection: Connection) -> str:
    row = driver_of(connection).execute("SELECT version_num FROM schema_revision").fetchone()
    return "" if row is None else str(row[0])


def _back_up(path: Path, revision: str) -> Path:
    copy = path.with_name(f"{path.name}.backup-{revision}")
    # Another connection reads what was committed, while ours keeps others from writing.
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source, closing(sqlite3.connect(copy)) as to:
        source.backup(to)
    return copy


def _check_references(driver: Driver, path: Path) -> None:
    broken = driver.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise SchemaMismatch(
            f"the database {path} cannot be upgraded: a row of its table {broken[0]!r} refers to one of {broken[2]!r} "
            "that is not there; nothing was changed; restore a backup"
        )
