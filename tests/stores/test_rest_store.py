"""The shared contract once more, through a client, a real server and its database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.server.listen import ServerOptions
from runstone.stores.base import TrackingStore
from runstone.stores.rest.tracking import RestStore
from runstone.testing.server import running_server
from runstone.testing.stores import TrackingStoreCases


class TestRestStore(TrackingStoreCases):
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

    @pytest.mark.xfail(reason="RestStore passes fewer than 4 points on, which the server takes as MLflow does")
    def test_thinning_to_fewer_than_four_points_is_refused(self, store: TrackingStore) -> None:
        """Goes when ``RestStore.metric_histories`` checks ``points`` itself."""
        super().test_thinning_to_fewer_than_four_points_is_refused(store)
