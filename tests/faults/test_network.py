"""What a network does to requests changes nothing of what is kept."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Metric, Param
from runstone.errors import BackendUnavailable
from runstone.stores.base import TrackingStore
from runstone.stores.resolve import open_store
from tests.faults.proxy import FATES, BadNetwork
from tests.faults.servers import WAIT_S, Server

CLIENTS = 4
BATCHES = 40


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_bad_network_neither_loses_nor_doubles_a_value(
    database_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    # Our client's own retries pause; here it is asked again at once, as a trainer with a journal would.
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")

    with Server(database_uri, tmp_path) as server, closing(open_store(server.address)) as store:
        run_ids = [store.create_run("0").info.run_id for _ in range(CLIENTS)]
        with BadNetwork(server.address, seed) as network, ThreadPoolExecutor(CLIENTS) as pool:
            logging = [pool.submit(_log, network.address, run_id) for run_id in run_ids]
            unanswered = sum(done.result(WAIT_S * 2) for done in logging)
            network.send_what_is_kept()
        histories = [
            [(metric.step, metric.value) for metric in store.metric_history(run_id, key)]
            for run_id in run_ids
            for key in ("a", "b")
        ]
        params = [store.get_run(run_id).data.params for run_id in run_ids]

    print(f"seed {seed}: {dict(network.counts)}, {unanswered} calls without an answer")
    assert set(network.counts) == set(FATES)
    assert histories == [[(step, step / 3) for step in range(BATCHES)]] * len(histories)
    assert params == [{f"p{step}": str(step) for step in range(BATCHES)}] * CLIENTS


def _log(address: str, run_id: str) -> int:
    """Log batches, each until it is acknowledged; returns how often there was no answer."""
    unanswered = 0
    with closing(open_store(address)) as store:
        for step in range(BATCHES):
            while not _is_logged(store, run_id, step):
                unanswered += 1
    return unanswered


def _is_logged(store: TrackingStore, run_id: str, step: int) -> bool:
    values = [Metric(key, step / 3, step, step) for key in ("a", "b")]
    try:
        store.log_batch(run_id, metrics=values, params=[Param(f"p{step}", str(step))])
    except BackendUnavailable:
        return False
    return True
