"""Random verbs on the SQL store, beside a model of dicts."""

import pytest
from hypothesis import HealthCheck, settings

from runstone.stores.base import TrackingStore
from runstone.stores.sql.store import SqlStore
from runstone.testing.store_machine import StoreMachine
from tests.postgres import MISSING, new_database, programs


class SqlStoreMachine(StoreMachine):
    """The machine on a file."""

    def open_store(self) -> TrackingStore:
        return SqlStore(f"sqlite:///{self.folder}/runstone.db")


SqlStoreMachine.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSqlStoreMachine = SqlStoreMachine.TestCase


class PostgresStoreMachine(StoreMachine):
    """The machine on PostgreSQL."""

    def __init__(self) -> None:
        self._database = new_database()
        self._uri = self._database.__enter__()
        super().__init__()

    def open_store(self) -> TrackingStore:
        return SqlStore(self._uri, artifact_root=str(self.folder))

    def teardown(self) -> None:
        super().teardown()
        self._database.__exit__(None, None, None)


PostgresStoreMachine.TestCase.settings = settings(SqlStoreMachine.TestCase.settings, max_examples=15)
TestPostgresStoreMachine = pytest.mark.skipif(programs() is None, reason=MISSING)(PostgresStoreMachine.TestCase)
