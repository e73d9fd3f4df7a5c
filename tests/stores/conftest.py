"""The store that most tests of this folder are about; some have one of their own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runstone.stores.sql.store import SqlStore


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store on either database."""
    is_file = request.param == "sqlite"
    uri = f"sqlite:///{tmp_path}/runstone.db" if is_file else request.getfixturevalue("postgres_uri")
    with closing(SqlStore(uri)) as opened:
        yield opened
