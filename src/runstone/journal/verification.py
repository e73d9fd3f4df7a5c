"""What a journal says held against what the store has, once it was sent."""

from msgspec import Struct

from runstone.entities import Entry
from runstone.stores.base import TrackingStore

# Values beyond which those of metrics are not counted: the store would have to be asked for all of them.
MOST_VALUES = 100_000


class Tally(Struct):
    """What was sent of a journal and not refused.

    Attributes:
        values: Values of each metric; what comes twice, to the last bit, counts once, as stores have it.
        params: Params.
        count: Values in all, repeated ones included; beyond ``MOST_VALUES`` none is asked for.
    """

    values: dict[str, set[tuple[int, int, str]]] = {}
    params: dict[str, str] = {}
    count: int = 0

    @property
    def size(self) -> int:
        """Values that the store is asked for."""
        return sum(map(len, self.values.values()))

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        self.params |= {param.key: param.value for param in entry.params}
        self.count += len(entry.metrics)
        if self.count > MOST_VALUES:
            self.values = {}
            return
        for metric in entry.metrics:
            place = (metric.timestamp, metric.step, repr(float(metric.value)))
            self.values.setdefault(metric.key, set()).add(place)

    def missing(self, store: TrackingStore, run_id: str) -> list[str]:
        """What the store lacks, a sentence each. Tags are not asked for: others may have changed them meanwhile.

        Args:
            store: Where the journal was sent.
            run_id: The run.

        Raises:
            BackendError: The store cannot be reached, or failed.
        """
        found = store.get_run(run_id).data.params if self.params else {}
        lacks = [f"the store lacks the param {key!r}" for key, value in self.params.items() if found.get(key) != value]
        for key, values in self.values.items():
            there = len(store.metric_history(run_id, key))
            if there < len(values):
                lacks.append(f"the store has {there:,} of {len(values):,} values of the metric {key!r}")
        return lacks
