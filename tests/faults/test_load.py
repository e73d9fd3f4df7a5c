"""Many clients at once, for as long as a test may take; ``benchmarks`` has the two minutes and the times."""

from contextlib import closing
from pathlib import Path

import psutil
import pytest

from benchmarks.crowd import Crowd
from runstone.stores.resolve import open_store
from tests.faults.servers import Server

WRITERS, READERS = 50, 20
WARM_UP_S, SECONDS = 4, 12
# What memory may grow while it serves, in MB: a leak of 1 kB a request would be twice as much.
MOST_GROWTH_MB = 12


@pytest.mark.slow
def test_many_clients_meet_no_error_and_memory_stays_flat(database_uri: str, tmp_path: Path) -> None:
    with Server(database_uri, tmp_path) as server, closing(open_store(server.address)) as store:
        process = psutil.Process(server.pid)
        crowd = Crowd(server.address, writers=WRITERS, readers=READERS)
        crowd.work(WARM_UP_S)
        before = process.memory_info().rss / 1e6
        crowd.work(SECONDS)
        after = process.memory_info().rss / 1e6
        kept = [len(store.metric_history(run_id, "loss")) for run_id in crowd.run_ids]

    print(f"{sum(crowd.logged)} writes, {len(crowd.read_ms)} reads, {before:.0f} MB before, {after:.0f} MB after")
    assert kept == crowd.logged
    assert len(crowd.read_ms) > READERS
    assert after - before < MOST_GROWTH_MB
