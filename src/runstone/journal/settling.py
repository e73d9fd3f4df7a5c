"""Before something goes from a journal, the store has it for good."""

from runstone import config
from runstone.stores.base import TrackingStore
from runstone.stores.journals import BufferedStore


def settle(store: TrackingStore) -> None:
    """Let what a store has taken survive a loss of power, unless the setting asks nothing of the disk.

    Raises:
        BackendError: The disk did not take it.
    """
    if isinstance(store, BufferedStore) and config.JOURNAL_FSYNC.required() != "never":
        store.make_durable()
