"""Databases as former revisions of the tables left them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

DATABASES = Path(__file__).parents[2] / "spec" / "databases"


@pytest.fixture(params=["sqlite", "postgresql"])
def older_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database of the revision 0012 with something of everything in it, once for each engine."""
    if request.param == "sqlite":
        path = tmp_path / "runstone.db"
        with closing(sqlite3.connect(path)) as driver:
            driver.executescript((DATABASES / "0012.sql").read_text(encoding="utf-8"))
        return f"sqlite:///{path}"
    uri: str = request.getfixturevalue("empty_postgres_uri")
    with closing(psycopg.connect(uri)) as connection:
        connection.execute((DATABASES / "0012.postgresql.sql").read_bytes())
        connection.commit()
    return uri
