"""The SQL store: the shared contract, and what is its own."""

from collections.abc import Iterator

import pytest

from runstone.entities import Metric
from runstone.stores.sql.store import SqlStore
from runstone.testing.lineage_cases import LineageCases
from runstone.testing.registry import RegistryStoreCases
from runstone.testing.stores import TrackingStoreCases
from runstone.testing.trash_cases import TrashCases
from runstone.testing.webhook_cases import OutboxCases, WebhookCases


@pytest.fixture
def store(sqlite_uri: str) -> Iterator[SqlStore]:
    store = SqlStore(sqlite_uri)
    yield store
    store.close()


class TestSqlStore(TrackingStoreCases, RegistryStoreCases, WebhookCases, OutboxCases, TrashCases, LineageCases):
    """The whole contract, on a file."""


class TestDurableSqlStore(TrackingStoreCases, RegistryStoreCases, WebhookCases, OutboxCases, TrashCases, LineageCases):
    """The whole contract once more, as a server opens it: every change goes through the thread that writes."""

    @pytest.fixture
    def store(self, sqlite_uri: str) -> Iterator[SqlStore]:
        store = SqlStore(sqlite_uri, durable=True)
        yield store
        store.close()


def test_run_that_is_named_twice_has_its_history_once(store: SqlStore) -> None:
    run = store.create_run("0").info.run_id
    store.log_batch(run, metrics=[Metric("m", 1.0, 1)])

    assert len(store.metric_histories([run, run], "m")) == 1


class TestPostgresStore(TrackingStoreCases, RegistryStoreCases, WebhookCases, OutboxCases, TrashCases, LineageCases):
    """The whole contract on PostgreSQL."""

    @pytest.fixture
    def store(self, postgres_uri: str) -> Iterator[SqlStore]:
        store = SqlStore(postgres_uri)
        yield store
        store.close()
