"""The shared contract once more, through a client, a real server and its database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.server.listen import ServerOptions
from runstone.stores.rest.tracking import RestStore
from runstone.testing.lineage_cases import LineageCases
from runstone.testing.registry import RegistryStoreCases
from runstone.testing.server import running_server
from runstone.testing.stores import TrackingStoreCases
from runstone.testing.trash_cases import TrashCases
from runstone.testing.webhook_cases import WebhookCases


class TestRestStore(TrackingStoreCases, RegistryStoreCases, WebhookCases, TrashCases, LineageCases):
    """The whole contract, over HTTP."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[RestStore]:
        options = ServerOptions(
            store_uri=f"sqlite:///{tmp_path}/runstone.db", artifacts_destination=str(tmp_path / "artifacts")
        )
        with running_server(options) as address:
            store = RestStore(address)
            yield store
            store.close()
