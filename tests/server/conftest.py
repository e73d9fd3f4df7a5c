"""A real server on SQLite."""

from collections.abc import Iterator

import pytest

from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.server.web import Web


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("server")
    options = ServerOptions(store_uri=f"sqlite:///{folder}/runstone.db", artifacts_destination=f"{folder}/artifacts")
    with running_server(options) as address:
        yield Web(address)
