"""The shared contract once more, through a client, a real server and its database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.errors import BackendUnavailable
from runstone.server.listen import ServerOptions
from runstone.stores.rest.tracking import RestStore
from runstone.testing.lineage_cases import LineageCases
from runstone.testing.registry import RegistryStoreCases
from runstone.testing.server import running_server
from runstone.testing.stores import TrackingStoreCases
from runstone.testing.trash_cases import TrashCases
from runstone.testing.webhook_cases import WebhookCases
from tests.silent import listening


class TestRestStore(TrackingStoreCases, RegistryStoreCases, WebhookCases, TrashCases, LineageCases):
    """The whole contract, over HTTP."""

    @pytest.fixture
    def store(self, sqlite_uri: str, tmp_path: Path) -> Iterator[RestStore]:
        options = ServerOptions(store_uri=sqlite_uri, artifacts_destination=str(tmp_path / "artifacts"))
        with running_server(options) as address:
            store = RestStore(address)
            yield store
            store.close()


@pytest.mark.parametrize("body", [b"", b"{", b"<html>sign in</html>", b'{"applied": "many"}'])
def test_answer_that_is_none_is_a_failure_of_the_server(body: bytes) -> None:
    with listening(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body) as port:
        store = RestStore(f"http://127.0.0.1:{port}")

        with pytest.raises(BackendUnavailable, match=r"the answer of http://127\.0\.0\.1:\d+ cannot be read"):
            store.append_journal("a" * 32, "w", [])
        store.close()
