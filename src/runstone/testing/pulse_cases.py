"""Cases of the tracking store's contract: runs that are alive, and those that are lost."""

import time

import pytest

from runstone.entities import Entry, ModelMetric, RunStatus
from runstone.entities.tag import END
from runstone.stores.base import TrackingStore
from runstone.stores.pulses import LostRuns
from runstone.testing.run_cases import new_run


class PulseCases:
    """What ``PulseStore`` says; what ``LostRuns`` says of stores that find lost runs themselves."""

    def test_sign_of_life_changes_nothing_of_a_running_run(self, store: TrackingStore) -> None:
        run = new_run(store)
        before = store.get_run(run)

        store.beat([run])
        store.beat([run])

        assert store.get_run(run) == before

    def test_sign_of_life_of_runs_that_are_not_there_is_passed_over(self, store: TrackingStore) -> None:
        run, ended = new_run(store), new_run(store)
        store.delete_run(run)
        store.update_run(ended, status=RunStatus.FINISHED, end_time=5)

        store.beat([run, "0" * 32, ended])
        store.beat([])

        assert store.get_run(ended).info.status is RunStatus.FINISHED

    def test_silent_run_is_lost_and_comes_back_with_a_sign_of_life(self, store: TrackingStore) -> None:
        if not isinstance(store, LostRuns):
            return  # its server does it
        run, other, ended = (new_run(store) for _ in range(3))
        store.beat([run, ended])
        store.update_run(ended, status=RunStatus.FINISHED, end_time=5)
        time.sleep(0.01)

        assert store.mark_lost(0) == [run]
        assert store.mark_lost(0) == []

        found = store.get_run(run)
        assert (found.info.status, found.info.end_time is not None) == (RunStatus.FAILED, True)
        assert found.data.tags[END].startswith("lost: nothing was heard of its process since 20")
        assert [store.get_run(one).info.status for one in (other, ended)] == [RunStatus.RUNNING, RunStatus.FINISHED]
        store.beat([run])
        found = store.get_run(run)
        assert (found.info.status, found.info.end_time) == (RunStatus.RUNNING, None)
        assert END not in found.data.tags

    @pytest.mark.parametrize("end", [RunStatus.FINISHED, RunStatus.KILLED])
    def test_lost_run_whose_process_tells_of_its_end_stays_at_it(self, store: TrackingStore, end: RunStatus) -> None:
        if not isinstance(store, LostRuns):
            return
        run = new_run(store)
        store.beat([run])
        time.sleep(0.01)
        assert store.mark_lost(0) == [run]

        store.update_run(run, status=end, end_time=5)
        store.beat([run])  # sent before, and late

        found = store.get_run(run)
        assert (found.info.status, found.info.end_time) == (end, 5)
        assert END not in found.data.tags

    def test_silence_counts_from_the_first_look_and_ends_with_a_sign_of_life(self, store: TrackingStore) -> None:
        if not isinstance(store, LostRuns):
            return
        run = new_run(store)
        store.beat([run])
        time.sleep(0.2)

        assert store.mark_lost(0.1) == []
        time.sleep(0.2)
        store.beat([run])
        assert store.mark_lost(0.1) == []
        time.sleep(0.2)
        assert store.mark_lost(0.1) == [run]

    def test_entries_of_its_journal_are_signs_of_life_of_a_run_that_gave_one_before(self, store: TrackingStore) -> None:
        if not isinstance(store, LostRuns):
            return
        run, other = new_run(store), new_run(store)
        store.beat([run])
        assert store.mark_lost(0.1) == []

        for number in range(1, 4):
            time.sleep(0.2)
            for each in (run, other):
                entries = [Entry(n=number, metrics=[ModelMetric("loss", 0.5, 1, number)])]
                store.append_journal(each, "w", entries, follows=number - 1)
            assert store.mark_lost(0.1) == []
        time.sleep(0.2)
        assert store.mark_lost(0.1) == [run]

    @pytest.mark.parametrize("end", [RunStatus.FINISHED, RunStatus.FAILED, RunStatus.RUNNING, None])
    def test_run_that_a_silent_client_goes_on_with_is_not_lost(
        self, store: TrackingStore, end: RunStatus | None
    ) -> None:
        if not isinstance(store, LostRuns):
            return
        run = new_run(store)
        store.beat([run])
        if end is None:
            time.sleep(0.01)
            assert store.mark_lost(0) == [run]
        else:
            store.update_run(run, status=end, end_time=5)

        store.update_run(run, status=RunStatus.RUNNING)

        assert store.mark_lost(0) == []
        store.beat([run])
        assert store.mark_lost(0) == [run]

    def test_run_that_speaks_is_not_lost(self, store: TrackingStore) -> None:
        if not isinstance(store, LostRuns):
            return
        run = new_run(store)
        store.beat([run])

        assert store.mark_lost(60) == []
