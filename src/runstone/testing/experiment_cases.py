"""Cases of the tracking store's contract: experiments."""

import pytest

from runstone.entities import LifecycleStage, Tag
from runstone.entities.names import MAX_EXPERIMENT_NAME
from runstone.errors import (
    ExperimentDeleted,
    ExperimentExists,
    ExperimentNotFound,
    InvalidState,
    InvalidValue,
    NotFound,
)
from runstone.stores.base import TrackingStore

UNKNOWN_IDS = ["4711", "-1", "9" * 30]
BAD_NAMES = ["", "   ", "\t", "a\nb", "a\x00b", "\x7f", "a\ud800", "x" * (MAX_EXPERIMENT_NAME + 1)]


class ExperimentCases:
    """What the verbs of experiments do."""

    def test_new_store_has_the_default_experiment(self, store: TrackingStore) -> None:
        experiment = store.get_experiment("0")

        assert experiment.name == "Default"
        assert experiment.lifecycle_stage is LifecycleStage.ACTIVE
        assert experiment.tags == {}

    def test_experiment_ids_are_digits_that_count_up(self, store: TrackingStore) -> None:
        ids = [store.create_experiment(f"experiment {number}") for number in range(3)]

        assert all(id.isdigit() for id in ids)
        assert sorted(ids, key=int) == ids
        assert len(set(ids)) == 3

    def test_experiment_is_given_back_as_it_was_made(self, store: TrackingStore) -> None:
        id = store.create_experiment("churn", tags=[Tag("team", "blue"), Tag("area", "sales")])

        experiment = store.get_experiment(id)

        assert experiment.experiment_id == id
        assert experiment.name == "churn"
        assert [(tag.key, tag.value) for tag in experiment.tag_list] == [("area", "sales"), ("team", "blue")]
        assert experiment.creation_time == experiment.last_update_time
        assert experiment.workspace == "default"

    def test_experiment_is_as_old_as_it_is_said_to_be(self, store: TrackingStore) -> None:
        id = store.create_experiment("old", created_at=5)

        experiment = store.get_experiment(id)

        assert (experiment.creation_time, experiment.last_update_time) == (5, 5)

    @pytest.mark.parametrize("moment", [-1, 253402300800000])
    def test_experiment_is_made_at_a_time_of_this_age(self, store: TrackingStore, moment: int) -> None:
        with pytest.raises(InvalidValue, match="between 0 and"):
            store.create_experiment("never", created_at=moment)

        assert store.get_experiment_by_name("never") is None

    def test_later_tag_of_the_same_key_holds_in_a_new_experiment(self, store: TrackingStore) -> None:
        id = store.create_experiment("twice", tags=[Tag("a", "1"), Tag("a", "2")])

        assert store.get_experiment(id).tags == {"a": "2"}

    @pytest.mark.parametrize("name", BAD_NAMES)
    def test_bad_experiment_name_is_refused(self, store: TrackingStore, name: str) -> None:
        with pytest.raises(InvalidValue):
            store.create_experiment(name)

    @pytest.mark.parametrize(
        "name", ["x" * MAX_EXPERIMENT_NAME, "Übung/2026: ☂", " padded ", "a'b\"c;--", "実験", "🙂"]
    )
    def test_experiment_name_of_any_script_is_kept(self, store: TrackingStore, name: str) -> None:
        id = store.create_experiment(name)

        found = store.get_experiment_by_name(name)

        assert found is not None
        assert (found.experiment_id, found.name) == (id, name)

    def test_experiment_name_is_put_into_canonical_form(self, store: TrackingStore) -> None:
        id = store.create_experiment("cafe\u0301")

        found = store.get_experiment_by_name("cafe\u0301")

        assert found is not None
        assert (found.experiment_id, found.name) == (id, "caf\u00e9")
        with pytest.raises(ExperimentExists):
            store.create_experiment("caf\u00e9")

    def test_experiment_names_are_compared_with_case(self, store: TrackingStore) -> None:
        store.create_experiment("Churn")

        assert store.get_experiment_by_name("churn") is None

    def test_name_of_an_active_experiment_is_taken(self, store: TrackingStore) -> None:
        store.create_experiment("churn")

        with pytest.raises(ExperimentExists) as caught:
            store.create_experiment("churn")
        assert caught.value.name == "churn"

    def test_name_of_a_deleted_experiment_is_free(self, store: TrackingStore) -> None:
        old = store.create_experiment("churn")
        store.delete_experiment(old)

        new = store.create_experiment("churn")

        found = store.get_experiment_by_name("churn")
        assert new != old
        assert found is not None
        assert found.experiment_id == new

    def test_refused_experiment_leaves_nothing(self, store: TrackingStore) -> None:
        store.create_experiment("churn")

        with pytest.raises(ExperimentExists):
            store.create_experiment("churn", tags=[Tag("a", "1")])

        assert len(store.search_experiments()) == 2

    def test_given_artifact_location_is_kept(self, store: TrackingStore) -> None:
        id = store.create_experiment("elsewhere", artifact_location="s3://bucket/folder")

        assert store.get_experiment(id).artifact_location == "s3://bucket/folder"
        assert store.create_run(id).info.artifact_uri.startswith("s3://bucket/folder/")

    def test_experiments_have_places_of_their_own(self, store: TrackingStore) -> None:
        one, other, empty = (store.create_experiment(name, artifact_location=None) for name in ("a", "b", "c"))

        places = {store.get_experiment(id).artifact_location for id in (one, other, empty)}

        assert len(places) == 3
        assert "" not in places

    def test_empty_artifact_location_counts_as_none(self, store: TrackingStore) -> None:
        id = store.create_experiment("empty", artifact_location="")

        assert store.get_experiment(id).artifact_location.endswith(f"/{id}")

    @pytest.mark.parametrize("location", ["s3://bucket/x?y=1", "s3://bucket/x#y", "s3://bucket/" + "x" * 500])
    def test_bad_artifact_location_is_refused(self, store: TrackingStore, location: str) -> None:
        with pytest.raises(InvalidValue):
            store.create_experiment("bad", artifact_location=location)

        assert store.get_experiment_by_name("bad") is None

    @pytest.mark.parametrize("id", UNKNOWN_IDS)
    def test_unknown_experiment_is_not_found(self, store: TrackingStore, id: str) -> None:
        with pytest.raises(ExperimentNotFound):
            store.get_experiment(id)
        with pytest.raises(ExperimentNotFound):
            store.rename_experiment(id, "x")
        with pytest.raises(ExperimentNotFound):
            store.delete_experiment(id)
        with pytest.raises(ExperimentNotFound):
            store.restore_experiment(id)
        with pytest.raises(ExperimentNotFound):
            store.set_experiment_tag(id, Tag("a", "b"))
        with pytest.raises(ExperimentNotFound):
            store.delete_experiment_tag(id, "a")
        with pytest.raises(ExperimentNotFound):
            store.create_run(id)

    @pytest.mark.parametrize("id", ["abc", "1.0", "1 ", "٣", "0x1", "--1"])
    def test_experiment_id_that_is_no_number_is_refused(self, store: TrackingStore, id: str) -> None:
        with pytest.raises(InvalidValue):
            store.get_experiment(id)

    def test_unknown_experiment_name_gives_none(self, store: TrackingStore) -> None:
        assert store.get_experiment_by_name("nothing of the kind") is None

    def test_deleted_experiment_is_found_by_name_where_no_active_one_has_it(self, store: TrackingStore) -> None:
        first = store.create_experiment("churn")
        store.delete_experiment(first)
        last = store.create_experiment("churn")
        store.delete_experiment(last)

        found = store.get_experiment_by_name("churn")

        assert found is not None
        assert (found.experiment_id, found.lifecycle_stage) == (last, LifecycleStage.DELETED)

    def test_renamed_experiment_frees_its_old_name(self, store: TrackingStore) -> None:
        id = store.create_experiment("old")

        store.rename_experiment(id, "cafe\u0301")

        assert store.get_experiment(id).name == "caf\u00e9"
        assert store.get_experiment_by_name("old") is None
        assert store.create_experiment("old") != id

    def test_experiment_may_be_renamed_to_its_own_name(self, store: TrackingStore) -> None:
        id = store.create_experiment("same")

        store.rename_experiment(id, "same")

        assert store.get_experiment(id).name == "same"

    def test_experiment_is_not_renamed_to_a_taken_name(self, store: TrackingStore) -> None:
        id = store.create_experiment("mine")
        store.create_experiment("taken")

        with pytest.raises(ExperimentExists):
            store.rename_experiment(id, "taken")

        assert store.get_experiment(id).name == "mine"

    @pytest.mark.parametrize("name", BAD_NAMES)
    def test_experiment_is_not_renamed_to_a_bad_name(self, store: TrackingStore, name: str) -> None:
        id = store.create_experiment("mine")

        with pytest.raises(InvalidValue):
            store.rename_experiment(id, name)

        assert store.get_experiment(id).name == "mine"

    def test_deleted_experiment_takes_no_changes(self, store: TrackingStore) -> None:
        id = store.create_experiment("gone", tags=[Tag("a", "1")])
        store.delete_experiment(id)

        with pytest.raises(InvalidState):
            store.rename_experiment(id, "other")
        with pytest.raises(ExperimentDeleted):
            store.set_experiment_tag(id, Tag("a", "2"))
        with pytest.raises(ExperimentDeleted):
            store.delete_experiment_tag(id, "a")
        with pytest.raises(ExperimentDeleted):
            store.create_run(id)

        experiment = store.get_experiment(id)
        assert (experiment.name, experiment.tags) == ("gone", {"a": "1"})

    def test_deleted_experiment_takes_its_active_runs_along(self, store: TrackingStore) -> None:
        id = store.create_experiment("churn")
        run = store.create_run(id).info.run_id

        store.delete_experiment(id)

        assert store.get_experiment(id).lifecycle_stage is LifecycleStage.DELETED
        assert store.get_run(run).info.lifecycle_stage is LifecycleStage.DELETED

    def test_experiment_is_deleted_once(self, store: TrackingStore) -> None:
        id = store.create_experiment("churn")
        store.delete_experiment(id)

        with pytest.raises(ExperimentNotFound):
            store.delete_experiment(id)

    def test_restored_experiment_brings_back_the_runs_that_went_with_it(self, store: TrackingStore) -> None:
        id = store.create_experiment("churn")
        together, before = (store.create_run(id).info.run_id for _ in range(2))
        store.delete_run(before)
        store.delete_experiment(id)

        store.restore_experiment(id)

        assert store.get_experiment(id).lifecycle_stage is LifecycleStage.ACTIVE
        assert store.get_run(together).info.lifecycle_stage is LifecycleStage.ACTIVE
        assert store.get_run(before).info.lifecycle_stage is LifecycleStage.DELETED

    def test_run_of_a_deleted_experiment_is_restored_after_it(self, store: TrackingStore) -> None:
        id = store.create_experiment("churn")
        run = store.create_run(id).info.run_id
        store.delete_run(run)
        store.delete_experiment(id)

        with pytest.raises(InvalidState, match="restore the experiment first"):
            store.restore_run(run)

        assert store.get_run(run).info.lifecycle_stage is LifecycleStage.DELETED
        store.restore_experiment(id)
        store.restore_run(run)
        assert store.get_run(run).info.lifecycle_stage is LifecycleStage.ACTIVE

    def test_experiment_is_not_restored_over_a_taken_name(self, store: TrackingStore) -> None:
        old = store.create_experiment("churn")
        run = store.create_run(old).info.run_id
        store.delete_experiment(old)
        store.create_experiment("churn")

        with pytest.raises(ExperimentExists, match="rename that one, then restore this one"):
            store.restore_experiment(old)

        assert store.get_experiment(old).lifecycle_stage is LifecycleStage.DELETED
        assert store.get_run(run).info.lifecycle_stage is LifecycleStage.DELETED

    def test_active_experiment_is_not_restored(self, store: TrackingStore) -> None:
        with pytest.raises(ExperimentNotFound):
            store.restore_experiment("0")

    def test_experiment_tag_replaces_its_former_value(self, store: TrackingStore) -> None:
        store.set_experiment_tag("0", Tag("note", "first"))

        store.set_experiment_tag("0", Tag("note", "second\nline"))

        assert store.get_experiment("0").tags == {"note": "second\nline"}

    def test_experiment_tag_is_removed(self, store: TrackingStore) -> None:
        store.set_experiment_tag("0", Tag("a", "1"))
        store.set_experiment_tag("0", Tag("b", "2"))

        store.delete_experiment_tag("0", "a")

        assert store.get_experiment("0").tags == {"b": "2"}

    def test_missing_experiment_tag_is_not_removed(self, store: TrackingStore) -> None:
        with pytest.raises(NotFound):
            store.delete_experiment_tag("0", "nothing")

    def test_changes_move_the_update_time(self, store: TrackingStore) -> None:
        id = store.create_experiment("churn")
        made = store.get_experiment(id).creation_time

        store.set_experiment_tag(id, Tag("a", "b"))

        experiment = store.get_experiment(id)
        assert experiment.creation_time == made
        assert experiment.last_update_time >= made
