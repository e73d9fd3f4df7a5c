"""Long histories that were never compacted: read right, by pages and in stretches, and little of them at once."""

import random
import tracemalloc
from contextlib import closing
from math import nan
from pathlib import Path
from typing import Any

import pytest

from runstone.entities import Metric
from runstone.errors import InvalidState, RunNotFound
from runstone.stores.sql import compaction, history, tails
from runstone.stores.sql.store import SqlStore
from tests.stores.test_compaction import new_run

VALUES = [nan, 0.0, -0.0, 1.5]


@pytest.fixture(params=[None, tails.RunPoints], ids=["numpy", "plain"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads the points."""
    if request.param is not None:
        monkeypatch.setattr(history, "reader", lambda: request.param)


def log(store: SqlStore, run: str, points: list[Metric], size: int = 2_000) -> None:
    for first in range(0, len(points), size):
        store.log_batch(run, metrics=points[first : first + size])


def stretches(store: SqlStore, run: str, key: str) -> list[list[str]]:
    """The values of each stretch, as text that is equal where they are, to the last bit."""
    return [
        [
            repr((value, timestamp, step))
            for value, timestamp, step in zip(one.values, one.timestamps, one.steps, strict=True)
        ]
        for one in store.metric_stretches(run, key)
    ]


def whole(store: SqlStore, run: str, key: str) -> list[str]:
    return [repr((point.value, point.timestamp, point.step)) for point in store.metric_history(run, key)]


def mixed(size: int) -> list[Metric]:
    """Points of two metrics, in no order, many of one time, with repeats and with values that are hard to order."""
    chance = random.Random(7)
    points = [Metric(key, chance.choice(VALUES), step // 3, step % 5) for step in range(size) for key in "ab"]
    chance.shuffle(points)
    return points


@pytest.mark.usefixtures("reader")
def test_page_is_right_and_takes_little_memory(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        run = new_run(store)
        log(store, run, mixed(30_000))

        tracemalloc.start()
        page = store.metric_history(run, "a", max_results=2_000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        found = list(page)
        while page.token:
            page = store.metric_history(run, "a", max_results=7_000, page_token=page.token)
            found += page

        assert [repr((point.value, point.timestamp, point.step)) for point in found] == whole(store, run, "a")
        assert most < 4 << 20  # the whole of the tail is 5 MB in memory by numpy, and 9 without


@pytest.mark.no_cover  # other tests have gone there once
@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("is_shuffled", [False, True])
def test_stretches_are_the_history(store: SqlStore, is_shuffled: bool) -> None:
    run = new_run(store)
    points = mixed(40_000)
    log(store, run, points if is_shuffled else sorted(points, key=lambda point: point.timestamp))

    found = stretches(store, run, "a")

    assert [value for stretch in found for value in stretch] == whole(store, run, "a")
    assert len(found) > 1 or is_shuffled


def test_chunks_and_tail_are_read_together(store: SqlStore) -> None:
    run = new_run(store)
    log(store, run, [Metric("a", step / 7, step, step) for step in range(0, 120_000, 2)])
    store.compact()
    log(store, run, [Metric(key, step / 7, step, step) for step in range(1, 60_000, 2) for key in "ab"])

    found = stretches(store, run, "a")

    assert [value for stretch in found for value in stretch] == whole(store, run, "a")
    assert len(found) > 1


def test_stretches_take_little_memory_however_many_there_are(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        run = new_run(store)
        log(store, run, [Metric("a", 0.5, step, step) for step in range(200_000)], size=10_000)

        next(store.metric_stretches(run, "a"))
        tracemalloc.start()
        count = sum(len(stretch.steps) for stretch in store.metric_stretches(run, "a"))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert count == 200_000
        assert most < 16 << 20  # all of them are 27 MB at once


def test_stretches_are_of_the_moment_at_which_the_first_was_asked_for(store: SqlStore) -> None:
    run = new_run(store)
    log(store, run, [Metric("a", 0.5, step, step) for step in range(100_000)], size=10_000)
    before = whole(store, run, "a")

    found = store.metric_stretches(run, "a")
    first = next(found)
    log(store, run, [Metric("a", 1.5, step, step) for step in range(90_000, 110_000)])
    compaction.compact(store._session, [1], set())
    rest = list(found)

    values = [pair for one in [first, *rest] for pair in zip(one.values, one.timestamps, one.steps, strict=True)]
    assert list(map(repr, values)) == before


def test_metric_that_was_never_logged_has_no_stretches(store: SqlStore) -> None:
    assert list(store.metric_stretches(new_run(store), "never")) == []


def test_stretches_of_a_run_that_is_not_there_are_refused(store: SqlStore) -> None:
    with pytest.raises(RunNotFound):
        next(store.metric_stretches("0" * 32, "a"))


def test_closed_store_gives_no_stretches(tmp_path: Path) -> None:
    store: Any = SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    run = new_run(store)
    store.close()

    with pytest.raises(InvalidState):
        next(store.metric_stretches(run, "a"))
