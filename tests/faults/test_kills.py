"""A server that is killed in the middle of its work loses nothing that it has acknowledged."""

import random
from contextlib import closing
from pathlib import Path

import pytest

from runstone.stores.resolve import open_embedded_store
from tests.faults.servers import Server
from tests.faults.trainers import Countdown, Trainer, check, work_all

CLIENTS = 4
# 200 kills in all, on each engine.
SEEDS = range(4)
KILLS = 50
MOST_ANSWERS = 24


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_server_keeps_what_it_acknowledged_once(database_uri: str, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    trainers: list[Trainer] = []
    server = Server(database_uri, tmp_path)

    for kill in range(KILLS):
        with server:
            for trainer in trainers[-CLIENTS:]:
                if trainer.run_id is not None and chance.random() < 0.5:
                    trainer.repeat(server.address)
            trainers += [Trainer(f"{kill}-{number}") for number in range(CLIENTS)]
            countdown = Countdown(chance.randint(1, MOST_ANSWERS), server.kill)
            work_all(trainers[-CLIENTS:], server.address, countdown)

    with closing(open_embedded_store(database_uri, artifact_root=str(tmp_path))) as store:
        counts = check(store, trainers)
    print(f"seed {seed}: {KILLS} kills, {counts}")
    assert counts["batches acknowledged"] > KILLS
    assert counts["runs"] + counts.get("runs without an answer", 0) == KILLS * CLIENTS
