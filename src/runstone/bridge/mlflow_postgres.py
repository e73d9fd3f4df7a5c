"""A database on PostgreSQL, in a transaction that reads, whose rows come as a stream."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from typing import Any

from psycopg import RawServerCursor

from runstone.stores.sql.postgres.driver import translated
from runstone.stores.sql.postgres.server import PostgresServer

_AT_ONCE = 2000


class PostgresReader:
    """An open database.

    Args:
        uri: Its address.

    Raises:
        BackendError: It is not there, or cannot be reached.
        InvalidValue: The address cannot be read.
    """

    def __init__(self, uri: str) -> None:
        server = PostgresServer(uri)
        self.name = server.name
        self._explained = server.explained()
        self._driver = server.connect()
        self._numbers = count(1)
        with self._explained:
            server.begin_reading(self._driver)

    def columns(self) -> list[tuple[str, str]]:
        """Table and name of each column that can be seen."""
        return [
            (str(table), str(column))
            for table, column in self.rows(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = ANY(current_schemas(false))"
            )
        ]

    def rows(self, statement: str, parameters: Sequence[Any] = (), /) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement; the server keeps those that were not asked for yet."""
        with closing(RawServerCursor(self._driver, f"rows_{next(self._numbers)}")) as cursor:
            with self._explained:
                cursor.execute(translated(statement), list(parameters))
            while True:
                with self._explained:
                    several = cursor.fetchmany(_AT_ONCE)
                if not several:
                    return
                yield from several

    def close(self) -> None:
        """End the transaction and the connection."""
        self._driver.close()
