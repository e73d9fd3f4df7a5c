"""The rows of one of our databases in another on PostgreSQL: quicker than to log 100,000 runs twice."""

from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import create_engine

from runstone.stores.sql.opening import open_address
from runstone.stores.sql.tables import metadata

_GO_ON = "SELECT setval(pg_get_serial_sequence({name}, 'id'), (SELECT greatest(1, max(id)) FROM {table}))"


def copy_rows(database: Path, uri: str) -> None:
    """Replace all rows of our tables in a PostgreSQL database by those of a SQLite file."""
    open_address(uri)
    with (
        create_engine(f"sqlite:///{database}").connect() as source,
        closing(psycopg.connect(uri)) as target,
        target.transaction(),
    ):
        target.execute("SET LOCAL session_replication_role = replica")  # rows go in any order
        for table in metadata.sorted_tables:
            name = sql.Identifier(table.name)
            columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
            target.execute(sql.SQL("DELETE FROM {}").format(name))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)
            with target.cursor().copy(into) as rows:
                for row in source.execution_options(yield_per=1000).execute(table.select()):
                    rows.write_row(row)
            if table.autoincrement_column is not None and table.name != "document":
                target.execute(sql.SQL(_GO_ON).format(name=sql.Literal(table.name), table=name))
