"""Bring a database to the newest revision. The only module that loads Alembic, hence loaded on use."""

import inspect
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec import Struct
from sqlalchemy import Connection

from runstone.errors import SchemaMismatch
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.failures import explained
from runstone.stores.sql.revisions import HEAD, VERSION_TABLE
from runstone.stores.sql.sqlite_file import open_engine

_BASE = "base"


class Step(Struct, frozen=True):
    """A step that was done.

    Attributes:
        revision: The revision that it leads to.
        does: What it does, in a sentence.
        seconds: How long it took.
    """

    revision: str
    does: str
    seconds: float


def upgrade_file(path: Path) -> Path | None:
    """Bring an SQLite file to the newest revision, after a copy of it was made beside it.

    Several processes may do so at once: the first does the work, the others wait for it.

    Returns:
        The copy, named ``FILE.backup-REVISION``; ``None`` where nothing was to be done.

    Raises:
        BackendError: The database failed; it is as before.
        SchemaMismatch: Rows refer to others that are not there.
    """
    with explained(path), _changing(path) as connection:
        revision = _revision(connection)
        if revision == HEAD:
            return None
        copy = _back_up(path, revision or _BASE)
        for _ in steps_of(connection, revision):
            pass
        _check_references(driver_of(connection), path)
    return copy


def rehearse_file(copy: Path, path: Path) -> Iterator[Step]:
    """Bring a copy of an SQLite file to the newest revision, step by step.

    Args:
        copy: The copy, which is changed.
        path: The file that it is of, which errors name.

    Raises:
        BackendError: A step fails, or the disk does.
        SchemaMismatch: Rows refer to others that are not there.
    """
    with explained(path), _changing(copy) as connection:
        yield from steps_of(connection, _revision(connection))
        _check_references(driver_of(connection), path)


def steps_of(connection: Connection, revision: str) -> Iterator[Step]:
    """Run every step after a revision inside the open transaction, and write down the newest.

    Args:
        connection: In a transaction.
        revision: Where the database stands; empty for before the first.

    Yields:
        Each step, once it is done.
    """
    script = ScriptDirectory(str(Path(__file__).parent))
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    steps = list(script.iterate_revisions("head", revision or _BASE))
    with Operations.context(context):
        for step in reversed(steps):
            upgrade = step.module.upgrade
            began = time.perf_counter()
            upgrade()
            yield Step(step.revision, inspect.getdoc(upgrade) or "", time.perf_counter() - began)
    context.stamp(script, "head")


@contextmanager
def _changing(path: Path) -> Iterator[Connection]:
    with open_engine(path, durable=True).connect() as connection:
        driver = driver_of(connection)
        # Tables are made anew by some steps, which must not take the rows of others with them.
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            driver.execute("COMMIT")
        except BaseException:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            raise


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
