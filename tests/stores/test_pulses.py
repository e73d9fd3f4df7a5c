"""Which runs are alive, where clocks differ and nobody could be heard for a while."""

import time

from runstone.entities import RunStatus
from runstone.stores.pulses import BEAT_S
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.silences import Silences
from runstone.stores.sql.store import SqlStore

MINUTES = 300_000


def set_back(store: SqlStore, by: int) -> None:
    """Let all that was heard of runs be some milliseconds earlier."""
    store._session.write(
        lambda connection: driver_of(connection).execute("UPDATE pulse SET seen_at = seen_at - ?", (by,))
    )


def test_run_is_not_lost_because_nobody_looked_for_a_while(store: SqlStore) -> None:
    run = store.create_run("0").info.run_id
    store.beat([run])
    set_back(store, MINUTES)

    assert store.mark_lost() == []
    assert store.mark_lost() == []

    assert store.get_run(run).info.status is RunStatus.RUNNING


def test_run_whose_machine_has_another_clock_is_alive_while_it_speaks(store: SqlStore) -> None:
    run = store.create_run("0").info.run_id

    for by in (0, MINUTES, -MINUTES, MINUTES):
        store.beat([run])
        set_back(store, by)
        assert store.mark_lost(0.05) == []
        time.sleep(0.1)

    assert store.mark_lost(0.05) == [run]


def test_silence_counts_from_one_look_to_the_next_for_a_beat_at_most() -> None:
    silences = Silences()
    silences.look([("a", 1)])
    silences._looked_at -= 10 * BEAT_S  # as after a long time

    assert silences.look([("a", 1), ("b", 1)]) == {"a": BEAT_S, "b": 0}
    assert silences.look([("a", 2)]) == {"a": 0}
    assert silences.look([("b", 1)]) == {"b": 0}
