"""Cases of the tracking store's contract: runs."""

import random
import re
import time

import pytest

from runstone.entities import LifecycleStage, Metric, Param, RunStatus, Tag
from runstone.entities.names import MAX_TIME
from runstone.entities.tag import RUN_NAME
from runstone.errors import InvalidValue, RunDeleted, RunNotFound
from runstone.stores.base import TrackingStore

UNKNOWN_RUNS = ["0" * 32, "no such run", "'; DROP TABLE run; --"]


def new_run(store: TrackingStore, *tags: Tag) -> str:
    """Id of a new run in the experiment ``0``."""
    return store.create_run("0", tags=tags).info.run_id


def long_text(size: int) -> str:
    """Characters that take three bytes each and cannot be compressed much."""
    return "".join(random.Random(size).choices([chr(code) for code in range(0x4E00, 0x9000)], k=size))


class RunCases:
    """What the verbs of runs do."""

    def test_new_run_is_given_back_as_it_was_made(self, store: TrackingStore) -> None:
        made = store.create_run(
            "0", user_id="ada", start_time=5, run_name="first try", tags=[Tag("b", "2"), Tag("a", "1")]
        )

        assert store.get_run(made.info.run_id) == made
        assert made.info.status is RunStatus.RUNNING
        assert (made.info.user_id, made.info.start_time, made.info.end_time) == ("ada", 5, None)
        assert (made.info.run_name, made.info.experiment_id) == ("first try", "0")
        assert made.info.lifecycle_stage is LifecycleStage.ACTIVE
        assert [(tag.key, tag.value) for tag in made.data.tag_list] == [
            ("a", "1"),
            ("b", "2"),
            (RUN_NAME, "first try"),
        ]

    def test_run_ids_are_32_hexadecimal_digits_and_differ(self, store: TrackingStore) -> None:
        ids = {new_run(store) for _ in range(20)}

        assert len(ids) == 20
        assert all(re.fullmatch("[0-9a-f]{32}", id) for id in ids)

    def test_run_starts_now_unless_told(self, store: TrackingStore) -> None:
        before = time.time_ns() // 1_000_000

        started = store.create_run("0").info.start_time

        assert before <= started <= time.time_ns() // 1_000_000

    def test_run_without_a_name_gets_two_words_and_a_number(self, store: TrackingStore) -> None:
        run = store.create_run("0")

        assert re.fullmatch(r"[a-z]+-[a-z]+-\d+", run.info.run_name)
        assert run.data.tags == {RUN_NAME: run.info.run_name}

    def test_name_of_a_run_may_come_as_its_tag(self, store: TrackingStore) -> None:
        run = store.create_run("0", tags=[Tag(RUN_NAME, "by tag")])

        assert run.info.run_name == "by tag"

    def test_name_and_tag_of_a_run_must_agree(self, store: TrackingStore) -> None:
        same = store.create_run("0", run_name="a", tags=[Tag(RUN_NAME, "a")])

        assert same.info.run_name == "a"
        with pytest.raises(InvalidValue):
            store.create_run("0", run_name="a", tags=[Tag(RUN_NAME, "b")])

    def test_later_tag_of_the_same_key_holds_in_a_new_run(self, store: TrackingStore) -> None:
        run = store.create_run("0", run_name="r", tags=[Tag("a", "1"), Tag("a", "2")])

        assert run.data.tags == {"a": "2", RUN_NAME: "r"}

    def test_two_runs_may_have_one_name(self, store: TrackingStore) -> None:
        one, other = (store.create_run("0", run_name="same") for _ in range(2))

        assert one.info.run_id != other.info.run_id

    def test_artifacts_of_a_run_are_below_its_experiment(self, store: TrackingStore) -> None:
        run = store.create_run("0")

        root = store.get_experiment("0").artifact_location
        assert run.info.artifact_uri == f"{root}/{run.info.run_id}/artifacts"

    @pytest.mark.parametrize("moment", [-1, MAX_TIME + 1, 2**62, 2**63, -(2**63) - 1])
    def test_time_that_no_calendar_has_is_refused(self, store: TrackingStore, moment: int) -> None:
        run = new_run(store)

        with pytest.raises(InvalidValue):
            store.create_run("0", start_time=moment)
        with pytest.raises(InvalidValue):
            store.update_run(run, end_time=moment)
        assert [each.info.run_id for each in store.search_runs(["0"])] == [run]
        assert store.get_run(run).info.end_time is None

    @pytest.mark.parametrize("moment", [0, MAX_TIME])
    def test_first_and_last_time_are_kept(self, store: TrackingStore, moment: int) -> None:
        run = store.create_run("0", start_time=moment).info.run_id

        info = store.update_run(run, end_time=moment)

        assert (info.start_time, info.end_time) == (moment, moment)

    def test_overlong_run_name_is_refused(self, store: TrackingStore) -> None:
        run = new_run(store)

        with pytest.raises(InvalidValue):
            store.create_run("0", run_name="x" * 5001)
        with pytest.raises(InvalidValue):
            store.update_run(run, run_name="x" * 5001)

    def test_overlong_run_name_by_its_tag_is_refused(self, store: TrackingStore) -> None:
        run = new_run(store)
        name = Tag(RUN_NAME, "x" * 5001)

        with pytest.raises(InvalidValue):
            store.create_run("0", tags=[name])
        with pytest.raises(InvalidValue):
            store.log_batch(run, tags=[name])
        assert store.get_run(run).info.run_name != name.value

    @pytest.mark.parametrize("id", UNKNOWN_RUNS)
    def test_unknown_run_is_not_found(self, store: TrackingStore, id: str) -> None:
        with pytest.raises(RunNotFound):
            store.get_run(id)
        with pytest.raises(RunNotFound):
            store.update_run(id, status=RunStatus.FINISHED)
        with pytest.raises(RunNotFound):
            store.delete_run(id)
        with pytest.raises(RunNotFound):
            store.restore_run(id)
        with pytest.raises(RunNotFound):
            store.log_batch(id, metrics=[Metric("a", 1.0, 1)])
        with pytest.raises(RunNotFound):
            store.delete_tag(id, "a")

    def test_run_lists_what_it_logged_by_key(self, store: TrackingStore) -> None:
        run = store.create_run("0", run_name="r").info.run_id
        keys = ["b", "a", "c/d", "Z"]

        store.log_batch(
            run,
            metrics=[Metric(key, 1.0, 1) for key in keys],
            params=[Param(key, "1") for key in keys],
            tags=[Tag(key, "1") for key in keys],
        )

        data = store.get_run(run).data
        assert [metric.key for metric in data.metric_list] == ["Z", "a", "b", "c/d"]
        assert [param.key for param in data.param_list] == ["Z", "a", "b", "c/d"]
        assert [tag.key for tag in data.tag_list] == ["Z", "a", "b", "c/d", RUN_NAME]

    def test_update_changes_what_is_given(self, store: TrackingStore) -> None:
        run = store.create_run("0", start_time=5, run_name="old").info.run_id

        info = store.update_run(run, status=RunStatus.FINISHED, end_time=77, run_name="new")

        assert (info.status, info.end_time, info.run_name, info.start_time) == (RunStatus.FINISHED, 77, "new", 5)
        assert store.get_run(run).info == info
        assert store.get_run(run).data.tags[RUN_NAME] == "new"

    def test_update_leaves_what_is_not_given(self, store: TrackingStore) -> None:
        run = store.create_run("0", run_name="old").info.run_id
        store.update_run(run, status=RunStatus.FAILED, end_time=77)

        info = store.update_run(run, run_name="")

        assert (info.status, info.end_time, info.run_name) == (RunStatus.FAILED, 77, "old")

    @pytest.mark.parametrize("status", list(RunStatus))
    def test_every_status_is_taken(self, store: TrackingStore, status: RunStatus) -> None:
        assert store.update_run(new_run(store), status=status).status is status

    def test_unknown_status_is_refused(self, store: TrackingStore) -> None:
        run = new_run(store)

        with pytest.raises(InvalidValue):
            store.update_run(run, status="DONE")  # type: ignore[arg-type]  # what a caller without types may pass

        assert store.get_run(run).info.status is RunStatus.RUNNING

    def test_deleted_run_takes_no_changes(self, store: TrackingStore) -> None:
        run = new_run(store, Tag("a", "1"))
        store.delete_run(run)

        with pytest.raises(RunDeleted):
            store.update_run(run, status=RunStatus.FINISHED)
        with pytest.raises(RunDeleted):
            store.log_batch(run, metrics=[Metric("m", 1.0, 1)])
        with pytest.raises(RunDeleted):
            store.log_batch(run, params=[Param("p", "1")])
        with pytest.raises(RunDeleted):
            store.log_batch(run, tags=[Tag("a", "2")])
        with pytest.raises(RunDeleted):
            store.log_batch(run)
        with pytest.raises(RunDeleted):
            store.delete_tag(run, "a")

        found = store.get_run(run)
        assert (found.info.status, found.data.metrics, found.data.params) == (RunStatus.RUNNING, {}, {})
        assert found.data.tags["a"] == "1"

    def test_run_is_deleted_and_restored_as_often_as_asked(self, store: TrackingStore) -> None:
        run = new_run(store)

        store.delete_run(run)
        store.delete_run(run)
        deleted = store.get_run(run).info.lifecycle_stage
        store.restore_run(run)
        store.restore_run(run)

        assert deleted is LifecycleStage.DELETED
        assert store.get_run(run).info.lifecycle_stage is LifecycleStage.ACTIVE
        store.log_batch(run, tags=[Tag("open", "again")])
