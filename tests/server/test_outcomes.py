"""What was committed together reaches those who wait on the loop."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.entities import Metric
from runstone.errors import RunNotFound
from runstone.server.outcomes import Outcomes
from runstone.stores.sql.store import SqlStore

TIMEOUT_S = 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db", durable=True)
    yield store
    store.close()


def test_each_gets_its_own_outcome(store: SqlStore) -> None:
    outcomes = Outcomes()

    async def made(number: int) -> tuple[str, str]:
        name = f"experiment {number}"
        id = await outcomes.of(store.submit(lambda: store.create_experiment(name)))
        return name, store.get_experiment(id).name

    async def ask() -> list[tuple[str, str]]:
        return await asyncio.wait_for(asyncio.gather(*map(made, range(300))), TIMEOUT_S)

    assert all(wanted == found for wanted, found in asyncio.run(ask()))


def test_an_error_goes_to_the_one_whose_change_it_is(store: SqlStore) -> None:
    outcomes = Outcomes()
    run = store.create_run("0").info.run_id

    async def log(run_id: str) -> None:
        await outcomes.of(store.submit(lambda: store.log_batch(run_id, metrics=[Metric("loss", 1.0, 1)])))

    async def ask() -> list[BaseException | None]:
        runs = [run, "0" * 32, run, run]
        return await asyncio.wait_for(asyncio.gather(*map(log, runs), return_exceptions=True), TIMEOUT_S)

    found = asyncio.run(ask())

    assert [type(each) for each in found] == [type(None), RunNotFound, type(None), type(None)]


def test_who_stops_waiting_takes_back_what_has_not_begun(store: SqlStore) -> None:
    outcomes = Outcomes()
    is_open = threading.Event()

    async def ask() -> None:
        held = store.submit(lambda: is_open.wait(TIMEOUT_S))
        while not held.running():
            await asyncio.sleep(0)
        waiting = asyncio.ensure_future(outcomes.of(store.submit(lambda: store.create_experiment("taken back"))))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        is_open.set()
        assert await asyncio.wait_for(outcomes.of(held), TIMEOUT_S)
        await asyncio.wait_for(outcomes.of(store.submit(lambda: None)), TIMEOUT_S)

    asyncio.run(ask())

    assert store.get_experiment_by_name("taken back") is None


def test_an_outcome_after_the_end_of_the_loop_is_of_no_use(store: SqlStore) -> None:
    outcomes = Outcomes()
    is_open = threading.Event()

    async def leave() -> None:
        change = store.submit(lambda: is_open.wait(TIMEOUT_S) and store.create_experiment("made all the same"))
        while not change.running():
            await asyncio.sleep(0)
        waiting = asyncio.ensure_future(outcomes.of(change))
        await asyncio.sleep(0)
        waiting.cancel()

    asyncio.run(leave())
    is_open.set()
    store.submit(lambda: None).result(TIMEOUT_S)

    assert store.get_experiment_by_name("made all the same") is not None
