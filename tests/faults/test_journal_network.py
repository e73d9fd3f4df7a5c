"""What a network does to the entries of journals changes nothing of what is kept, nor of its order."""

from contextlib import closing
from pathlib import Path

import pytest

from runstone.errors import BackendError
from runstone.stores.resolve import open_store
from tests.faults.proxy import FATES, BadNetwork
from tests.faults.scribes import Scribe, work_all
from tests.faults.servers import Server

CLIENTS = 4
ROUNDS = 60


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_bad_network_neither_loses_nor_doubles_nor_reorders_entries(
    database_uri: str, tmp_path: Path, seed: int
) -> None:
    with Server(database_uri, tmp_path / "files") as server, closing(open_store(server.address)) as store:
        with BadNetwork(server.address, seed) as network, closing(open_store(network.address)) as through:
            scribes = [Scribe(tmp_path, store.create_run("0").info.run_id, through) for _ in range(CLIENTS)]
            for _ in range(ROUNDS):
                work_all(scribes, lambda: False)  # once each
            network.send_what_is_kept()
            for scribe in scribes:
                _send_all(scribe)
            network.send_what_is_kept()
        counts = [scribe.check(store) for scribe in scribes]

    print(f"seed {seed}: {dict(network.counts)}, {sum(counts)} calls")
    assert set(network.counts) == set(FATES)
    assert not any(scribe.refused for scribe in scribes)


def _send_all(scribe: Scribe) -> None:
    while scribe.journal.waits:
        try:
            scribe.journal.flush()
        except BackendError:
            continue
