"""From the address of a database to the database, with its tables."""

import importlib
from typing import Any, cast

from runstone.errors import Unsupported
from runstone.stores.sql.database import open_database, path_of
from runstone.stores.sql.databases import Database
from runstone.stores.sql.sqlite_file import SqliteFile

_POSTGRES = ("postgresql", "postgres")


def is_postgres(uri: str) -> bool:
    """Whether an address is one of PostgreSQL, with or without the name of a driver in its scheme.

    Example:
        >>> is_postgres("postgresql+psycopg2://ada@db.example/runs")
        True
    """
    return uri.partition("://")[0].partition("+")[0].lower() in _POSTGRES


def open_address(uri: str) -> Database:
    """The database at an address, which holds this Runstone's tables after this.

    Raises:
        InvalidValue: The address cannot be read.
        BackendError: The database cannot be made, reached or written.
        SchemaMismatch: It is not Runstone's, or has another revision than it should.
        Unsupported: What its driver needs is not installed.
    """
    if is_postgres(uri):
        schema = postgres("schema")
        server = postgres("server").PostgresServer(uri)
        schema.prepare(server)
        return cast("Database", server)
    path = path_of(uri)
    open_database(path)
    return SqliteFile(path)


def postgres(module: str) -> Any:
    """A module of what is needed for PostgreSQL alone, loaded on use.

    Raises:
        Unsupported: Its driver is not installed.
    """
    try:
        return importlib.import_module(f"runstone.stores.sql.postgres.{module}")
    except ImportError as error:
        raise Unsupported(
            f"PostgreSQL needs psycopg, which cannot be loaded ({error}); install runstone[postgres]"
        ) from error
