"""Databases that servers of the tests work on."""

import pytest


@pytest.fixture(params=["sqlite", "postgres"])
def database_uri(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a database, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database')}/runstone.db"
    uri: str = request.getfixturevalue("postgres_uri")
    return uri


@pytest.fixture(autouse=True)
def _killed(unmeasured: None) -> None:
    """What is killed tells no coverage."""
