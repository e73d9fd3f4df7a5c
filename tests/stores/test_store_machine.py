"""Random verbs on the SQL store, beside a model of dicts."""

from hypothesis import HealthCheck, settings

from runstone.stores.base import TrackingStore
from runstone.stores.sql.store import SqlStore
from runstone.testing.store_machine import StoreMachine


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
