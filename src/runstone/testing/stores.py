"""What every tracking store must do, as tests that a store's own test module runs.

Example::

    from runstone.testing.stores import TrackingStoreCases

    class TestMyStore(TrackingStoreCases):
        @pytest.fixture
        def store(self, tmp_path):
            store = MyStore(tmp_path)
            yield store
            store.close()

The fixture gives a new store to each test. Cases are added with minor versions of Runstone: pin the version that your
store is tested with.
"""

from runstone.testing.batch_cases import BatchCases
from runstone.testing.experiment_cases import ExperimentCases
from runstone.testing.journal_cases import JournalCases
from runstone.testing.metric_cases import MetricCases
from runstone.testing.pulse_cases import PulseCases
from runstone.testing.run_cases import RunCases
from runstone.testing.search_cases import SearchCases
from runstone.testing.text_cases import TrackingTextCases

__all__ = [
    "BatchCases",
    "ExperimentCases",
    "JournalCases",
    "MetricCases",
    "PulseCases",
    "RunCases",
    "SearchCases",
    "TrackingStoreCases",
    "TrackingTextCases",
]


class TrackingStoreCases(
    ExperimentCases,
    RunCases,
    BatchCases,
    MetricCases,
    JournalCases,
    PulseCases,
    SearchCases,
    TrackingTextCases,
):
    """All that ``TrackingStore`` says, a sentence a case. Subclass it and provide the fixture ``store``."""
