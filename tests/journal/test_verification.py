"""What was sent is asked for afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.entities import Entry, ModelMetric, Param
from runstone.journal import verification
from runstone.journal.verification import Tally
from runstone.stores.sql.store import SqlStore

ENTRIES = [
    Entry(n=1, params=[Param("depth", "3"), Param("width", "5")]),
    *(Entry(n=n, metrics=[ModelMetric("loss", n / 8, n, n)]) for n in range(2, 12)),
    Entry(n=12, metrics=[ModelMetric("loss", 0.25, 2, 2), ModelMetric("acc", float("nan"), 1, 1)]),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    yield store
    store.close()


@pytest.fixture
def tally() -> Tally:
    tally = Tally()
    for entry in ENTRIES:
        tally.add(entry)
    return tally


def test_nothing_is_missed_where_all_arrived(store: SqlStore, tally: Tally) -> None:
    run = store.create_run("0").info.run_id
    store.append_journal(run, "w", ENTRIES)

    assert tally.missing(store, run) == []
    assert tally.size == 11


def test_what_is_not_there_is_named(store: SqlStore, tally: Tally) -> None:
    run = store.create_run("0").info.run_id
    store.append_journal(run, "w", ENTRIES[:5])
    other = store.create_run("0").info.run_id
    store.log_batch(other, params=[Param("depth", "3"), Param("width", "6")])

    assert tally.missing(store, run) == [
        "the store has 4 of 10 values of the metric 'loss'",
        "the store has 0 of 1 values of the metric 'acc'",
    ]
    assert tally.missing(store, other)[0] == "the store lacks the param 'width'"


def test_more_values_than_can_be_asked_for_are_not(
    store: SqlStore, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MOST_VALUES", 12)
    tally.add(ENTRIES[-2])

    run = store.create_run("0").info.run_id
    assert (tally.size, tally.missing(store, run)) == (
        0,
        ["the store lacks the param 'depth'", "the store lacks the param 'width'"],
    )
