"""Real servers: one on SQLite, one on PostgreSQL."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.postgres import MISSING, new_database, programs
from tests.server.web import Web


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("server")
    with ExitStack() as stack:
        if request.param == "sqlite":
            uri = f"sqlite:///{folder}/runstone.db"
        elif programs() is None:
            pytest.skip(MISSING)
        else:
            uri = stack.enter_context(new_database())
        options = ServerOptions(store_uri=uri, artifacts_destination=f"{folder}/artifacts")
        yield Web(stack.enter_context(running_server(options)))
