"""The tables in a PostgreSQL database: made where there are none, refused where they are not ours."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection

from runstone.errors import SchemaMismatch
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.first import MLFLOW_TABLES, fill, refuse_newer
from runstone.stores.sql.postgres.matching import START
from runstone.stores.sql.postgres.server import PostgresServer
from runstone.stores.sql.revisions import HEAD, VERSION_TABLE
from runstone.stores.sql.tables import metadata

# By name, because it loads Alembic, which takes longer than to open a database that is up to date.
_UPGRADES = "runstone.stores.sql.migrations.upgrades"
_CHECKS = "runstone.stores.sql.migrations.checks"
# Who makes or upgrades tables holds this lock: a number that nobody else is likely to choose.
_LOCK = 0x52756E73746F6E65
_ENCODING = "UTF8"

_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
# Text is compared by its bytes, as SQLite does, in whatever language the database was made.
_OTHERWISE_COMPARED = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
    AND o.collname <> 'C' AND c.relname <> 'schema_revision'
ORDER BY 1, 2
"""
_INVALID_INDEXES = """
SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid ORDER BY 1
"""
# What the indexes hold whose column takes texts that are longer than a row of an index, 2,704 bytes; and by which words
# of its definition such an index is told.
_LONG_TEXTS = {
    "ix_param_value": (f"param (key_id, left(value, {START}), run_id)", '"left"'),
    "ix_tag_value": (f"tag (key_id, left(value, {START}), run_id)", '"left"'),
    "ix_model_version_source": ("model_version USING hash (source)", "USING hash"),
}


def prepare(server: PostgresServer) -> None:
    """Make sure that a database holds this Runstone's tables: make them where it is empty, or refuse it untouched.

    Raises:
        BackendError: It cannot be reached or written.
        SchemaMismatch: It is not Runstone's, or its tables are not of the newest revision.
    """
    revision = revision_of(server)
    if revision is None:
        _locked(server, _create)
    elif revision != HEAD:
        raise SchemaMismatch(
            f"the tables of the database {server.name} have revision {revision or 'none'!r}, this Runstone needs "
            f"{HEAD!r}: stop what writes to it, make a dump with pg_dump, and run `runstone db upgrade ADDRESS`"
        )


def revision_of(server: PostgresServer) -> str | None:
    """The revision of the tables; empty for before the first, ``None`` where there are no tables yet.

    Raises:
        BackendError: The database cannot be reached.
        SchemaMismatch: It is not Runstone's, was made by a newer Runstone, or does not keep Unicode.
    """
    with server.explained(), closing(server.connect()) as connection:
        return _revision(server, connection)


def upgrade(server: PostgresServer) -> bool:
    """Bring the tables to the newest revision, in one transaction; others who want the same wait.

    Returns:
        Whether there was something to do.

    Raises:
        BackendError: The database failed; it is as before.
        SchemaMismatch: It is not Runstone's, or was made by a newer Runstone.
    """
    return _locked(server, _upgrade)


def rehearse(server: PostgresServer, steps: list[Any]) -> list[str]:
    """Do what ``upgrade`` does, look at the tables, and undo it.

    Args:
        server: The database.
        steps: Takes each step that is done.

    Returns:
        What is wrong with the tables then: a sentence each.

    Raises:
        BackendError: A step fails, or the database does.
        SchemaMismatch: It is not Runstone's, or was made by a newer Runstone.
    """
    with _alone(server) as connection:
        driver = driver_of(connection)
        for step in importlib.import_module(_UPGRADES).steps_of(connection, _revision(server, driver) or ""):
            steps.append(step)  # noqa: PERF402  # those before one that fails count
        _finish(driver)
        problems: list[str] = importlib.import_module(_CHECKS).of_server(driver)
        driver.execute("ROLLBACK")
    return problems


def problems_of(driver: Driver) -> list[str]:
    """What is wrong with the tables of the newest revision: a sentence each."""
    tables = _tables_of(driver)
    problems = [f"the table {name!r} is missing; restore a backup" for name in metadata.tables if name not in tables]
    problems += [
        f'the column {column!r} of the table {table!r} does not compare text by its bytes; give it COLLATE "C"'
        for table, column, _ in driver.execute(_OTHERWISE_COMPARED)
    ]
    problems += [
        f"the index {name!r} is not valid; run REINDEX INDEX {name}" for (name,) in driver.execute(_INVALID_INDEXES)
    ]
    return problems


def _revision(server: PostgresServer, driver: Driver) -> str | None:
    encoding = driver.execute("SHOW server_encoding").fetchone()[0]
    if encoding != _ENCODING:
        raise SchemaMismatch(
            f"the database {server.name} has the encoding {encoding}, which lacks most characters; create one with "
            f"ENCODING '{_ENCODING}'"
        )
    tables = _tables_of(driver)
    if not tables:
        return None
    if VERSION_TABLE not in tables:
        whose = "MLflow" if tables >= MLFLOW_TABLES else "another program"
        raise SchemaMismatch(
            f"the database {server.name} holds tables of {whose}, which Runstone does not write to; nothing was "
            "changed; name an empty database"
        )
    row = driver.execute("SELECT version_num FROM schema_revision").fetchone()
    revision = "" if row is None else str(row[0])
    refuse_newer(server.name, revision)
    return revision


def _tables_of(driver: Driver) -> set[str]:
    return {row[0] for row in driver.execute(_TABLES)}


def _locked(server: PostgresServer, work: Callable[[PostgresServer, Connection], bool]) -> bool:
    """Work on the tables in one transaction while nobody else does."""
    with _alone(server) as connection:
        done = work(server, connection)
        _finish(driver_of(connection))
        server.commit(driver_of(connection))
    return done


@contextmanager
def _alone(server: PostgresServer) -> Iterator[Connection]:
    with server.explained(), server.open_engine(durable=True).connect() as connection:
        driver = driver_of(connection)
        server.begin_writing(driver, is_group=False)
        try:
            driver.execute("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
            yield connection
        except BaseException:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            raise


def _create(server: PostgresServer, connection: Connection) -> bool:
    driver = driver_of(connection)
    if _revision(server, driver) is not None:
        return False
    metadata.create_all(connection, checkfirst=False)
    fill(driver)
    return True


def _upgrade(server: PostgresServer, connection: Connection) -> bool:
    revision = _revision(server, driver_of(connection))
    if revision is None or revision == HEAD:
        return False
    for _ in importlib.import_module(_UPGRADES).steps_of(connection, revision):
        pass
    return True


def _finish(driver: Driver) -> None:
    _compare_bytewise(driver)
    _index_long_texts(driver)


def _compare_bytewise(driver: Driver) -> None:
    for table, column, kind in driver.execute(_OTHERWISE_COMPARED).fetchall():
        driver.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')


def _index_long_texts(driver: Driver) -> None:
    """Let the indexes of values hold their beginnings, and that of sources hashes: a long text fits into no row."""
    for name, (what, mark) in _LONG_TEXTS.items():
        known = driver.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = ?", (name,)
        ).fetchone()
        if known is None or mark not in known[0]:
            driver.execute(f"DROP INDEX IF EXISTS {name}")
            driver.execute(f"CREATE INDEX {name} ON {what}")
