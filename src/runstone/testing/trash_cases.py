"""What emptying the trash must do on every store, as tests that a store's own test module runs."""

from typing import Any

import pytest

from runstone.entities import Metric, Param, Tag, ViewType
from runstone.errors import ExperimentNotFound, InvalidState, InvalidValue, RunNotFound
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore
from runstone.stores.registry import RegistryStore
from runstone.stores.trash import TrashStore
from runstone.testing.text_cases import TrashTextCases


class TrashCases(TrashTextCases):
    """All that ``TrashStore`` says, a sentence a case. Subclass it and provide the fixture ``store``."""

    def test_emptied_trash_is_gone_and_the_rest_stays(self, store: "TrackingAndTrash") -> None:
        kept, doomed = _run(store, "0"), _run(store, "0")
        experiment = store.create_experiment("doomed")
        inside = _run(store, experiment)
        store.delete_run(doomed)
        store.delete_experiment(experiment)

        emptied = store.empty_trash()

        assert (emptied.experiment_ids, set(emptied.run_ids), emptied.left) == ([experiment], {doomed, inside}, [])
        assert store.get_run(kept).data.params == {"p": "1"}
        for run_id in (doomed, inside):
            with pytest.raises(RunNotFound):
                store.get_run(run_id)
        with pytest.raises(ExperimentNotFound):
            store.get_experiment(experiment)
        found = store.search_runs(["0", experiment], view_type=ViewType.ALL)
        assert [run.info.run_id for run in found] == [kept]

    def test_dry_run_says_what_would_go_and_removes_nothing(self, store: "TrackingAndTrash") -> None:
        doomed = _run(store, "0")
        store.delete_run(doomed)

        told = store.empty_trash(dry_run=True)

        assert told.run_ids == [doomed]
        assert store.get_run(doomed).data.metrics == {"m": 1.0}
        assert store.empty_trash() == told
        assert store.empty_trash().run_ids == []

    def test_what_was_deleted_lately_stays_if_an_age_is_asked(self, store: "TrackingAndTrash") -> None:
        doomed = _run(store, "0")
        store.delete_run(doomed)

        assert store.empty_trash(older_than_s=3600).run_ids == []
        with pytest.raises(InvalidState, match="as long as asked"):
            store.empty_trash(older_than_s=3600, run_ids=[doomed])

    @pytest.mark.parametrize("way", ["named", "all"])
    def test_run_whose_files_a_version_has_stays_until_that_is_gone(self, store: "TrackingAndTrash", way: str) -> None:
        experiment = store.create_experiment("with a model")
        used, other = _run(store, experiment), _run(store, experiment)
        store.create_registered_model("churn")
        source = f"{store.get_run(used).info.artifact_uri}/model"
        store.create_model_version("churn", source=source, run_id=used)
        store.delete_experiment(experiment)

        told = store.empty_trash(dry_run=True)
        emptied = store.empty_trash(run_ids=[used, other]) if way == "named" else store.empty_trash()

        assert (told.experiment_ids, told.run_ids) == (emptied.experiment_ids, emptied.run_ids) == ([], [other])
        assert told.kept == emptied.kept == [f"the run {used} has the files of version 1 of 'churn'"]
        assert store.get_run(used).data.metrics == {"m": 1.0}
        store.delete_model_version("churn", "1")
        emptied = store.empty_trash()
        assert (emptied.experiment_ids, emptied.run_ids, emptied.kept) == ([experiment], [used], [])

    def test_logged_model_whose_files_a_version_has_stays_until_that_is_gone(self, store: "TrackingAndTrash") -> None:
        experiment = store.create_experiment("with a model")
        model = store.create_logged_model(experiment, name="net")
        store.create_registered_model("churn")
        store.create_model_version("churn", source=f"models:/{model.info.model_id}", model_id=model.info.model_id)
        store.delete_experiment(experiment)
        kept = [f"the logged model {model.info.model_id} has the files of version 1 of 'churn'"]

        emptied = store.empty_trash()
        assert (emptied.experiment_ids, emptied.kept) == ([], kept)
        store.restore_experiment(experiment)
        store.delete_logged_model(model.info.model_id)
        emptied = store.empty_trash()
        assert (emptied.logged_model_ids, emptied.kept) == ([], kept)

        store.delete_registered_model("churn")
        assert store.empty_trash().logged_model_ids == [model.info.model_id]

    def test_only_what_is_named_goes(self, store: "TrackingAndTrash") -> None:
        first, second = _run(store, "0"), _run(store, "0")
        one, other = store.create_experiment("one"), store.create_experiment("other")
        inside = _run(store, one)
        for run_id in (first, second):
            store.delete_run(run_id)
        for experiment in (one, other):
            store.delete_experiment(experiment)

        emptied = store.empty_trash(experiment_ids=[one], run_ids=[second])

        assert (emptied.experiment_ids, emptied.run_ids) == ([one], [second, inside])
        assert store.get_run(first).info.run_id == first
        assert store.get_experiment(other).name == "other"

    @pytest.mark.parametrize("named", [{"run_ids": []}, {"experiment_ids": []}, {"run_ids": [], "dry_run": True}])
    def test_list_that_names_nothing_is_refused(self, store: "TrackingAndTrash", named: dict[str, Any]) -> None:
        doomed = _run(store, "0")
        store.delete_run(doomed)

        with pytest.raises(InvalidValue, match="names none; leave it out"):
            store.empty_trash(**named)

        assert store.empty_trash(dry_run=True).run_ids == [doomed]

    def test_what_is_in_use_is_refused_by_name(self, store: "TrackingAndTrash") -> None:
        run_id = _run(store, "0")

        for named in ({"run_ids": [run_id]}, {"experiment_ids": ["0"]}):
            with pytest.raises(InvalidState, match="not in the trash"):
                store.empty_trash(**named)  # type: ignore[arg-type]
        with pytest.raises(RunNotFound):
            store.empty_trash(run_ids=["0" * 32])
        with pytest.raises(ExperimentNotFound):
            store.empty_trash(experiment_ids=["9999"])

    def test_restored_experiment_keeps_what_was_not_in_the_trash_with_it(self, store: "TrackingAndTrash") -> None:
        experiment = store.create_experiment("back")
        kept, doomed = _run(store, experiment), _run(store, experiment)
        store.delete_run(doomed)
        store.empty_trash()

        store.delete_experiment(experiment)
        store.restore_experiment(experiment)

        assert [run.info.run_id for run in store.search_runs([experiment])] == [kept]


class TrackingAndTrash(TrackingStore, TrashStore, RegistryStore, LineageStore):
    """What the cases need."""


def _run(store: TrackingStore, experiment_id: str) -> str:
    run_id = store.create_run(experiment_id).info.run_id
    store.log_batch(run_id, metrics=[Metric("m", 1.0, 1)], params=[Param("p", "1")], tags=[Tag("t", "1")])
    return run_id
