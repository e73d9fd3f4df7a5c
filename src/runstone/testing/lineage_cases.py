"""Cases of the contract of logged models, and of what runs read and made."""

from math import inf, isnan, nan
from typing import Any, Protocol
from uuid import uuid4

import pytest

from runstone.entities import (
    Dataset,
    DatasetFilter,
    DatasetInput,
    DatasetSummary,
    InputTag,
    LoggedModelStatus,
    ModelInput,
    ModelMetric,
    ModelOrder,
    ModelOutput,
    Param,
    RunInputs,
    RunOutputs,
    Tag,
)
from runstone.errors import (
    ExperimentDeleted,
    ExperimentNotFound,
    InvalidFilter,
    InvalidPageToken,
    InvalidValue,
    LoggedModelExists,
    LoggedModelNotFound,
    NotFound,
    RunDeleted,
    RunNotFound,
)
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore
from runstone.testing.run_cases import long_text, new_run
from runstone.testing.text_cases import LineageTextCases


class Lineage(TrackingStore, LineageStore, Protocol):
    """A store of runs that keeps logged models as well."""


TRAIN = Dataset("wheat", "abc123", "local", '{"uri": "wheat.csv"}', '{"columns": []}', '{"rows": 3}')
TEST = Dataset("wheat", "def456", "local", '{"uri": "test.csv"}')
RECORD = '{"artifact_path": "model", "run_id": "r", "utc_time_created": "2026-01-01", "flavors": {"sklearn": {}}}'


def names(store: LineageStore, **search: object) -> list[str]:
    """Names of the models that a search in the default experiment finds."""
    return [model.name for model in store.search_logged_models(["0"], **search)]  # type: ignore[arg-type]  # given by name


class LoggedModelCases:
    """What the verbs of logged models do."""

    def test_new_model_is_pending_and_has_a_place(self, store: Lineage) -> None:
        run = new_run(store)

        made = store.create_logged_model(
            "0", name="wheat", model_type="tree", source_run_id=run, params=[Param("depth", "3")], tags=[Tag("a", "b")]
        )

        assert store.get_logged_model(made.model_id) == made
        assert made.model_id.startswith("m-")
        assert (made.name, made.model_type, made.source_run_id, made.experiment_id) == ("wheat", "tree", run, "0")
        assert (made.status, made.params, made.tags, made.metrics) == (
            LoggedModelStatus.PENDING,
            {"depth": "3"},
            {"a": "b"},
            [],
        )
        assert made.artifact_location.endswith(f"/0/models/{made.model_id}/artifacts")
        assert made.creation_timestamp == made.last_updated_timestamp > 0

    def test_model_without_a_name_gets_one(self, store: Lineage) -> None:
        assert store.create_logged_model("0").name

    @pytest.mark.parametrize("name", ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "a\nb", "x" * 501])
    def test_name_that_no_address_holds_is_refused(self, store: Lineage, name: str) -> None:
        with pytest.raises(InvalidValue):
            store.create_logged_model("0", name=name)

    def test_model_has_the_id_and_the_time_that_were_chosen_and_is_made_once(self, store: Lineage) -> None:
        run, chosen = new_run(store), f"m-{uuid4().hex}"
        given = {"name": "wheat", "model_type": "tree", "source_run_id": run, "params": [Param("depth", "3")]}

        made = store.create_logged_model("0", **given, model_id=chosen, created_at=5)  # type: ignore[arg-type]  # given by name
        store.log_model_params(chosen, [Param("trees", "10")])
        store.set_logged_model_tags(chosen, [Tag("stage", "new")])
        again = store.create_logged_model("0", **given, model_id=chosen, created_at=9, tags=[Tag("stage", "old")])  # type: ignore[arg-type]

        assert (made.model_id, made.creation_timestamp) == (chosen, 5)
        assert again == store.get_logged_model(chosen)
        assert (again.params, again.tags) == ({"depth": "3", "trees": "10"}, {"stage": "new"})
        assert names(store) == ["wheat"]

    @pytest.mark.parametrize(
        ("other", "why"),
        [
            ({"name": "rye"}, "has the name 'wheat', not 'rye'"),
            ({"model_type": "line"}, "has the type 'tree', not 'line'"),
            ({"source_run_id": "elsewhere"}, "has the run '', not 'elsewhere'"),
            ({"params": [Param("depth", "4")]}, "has not the param 'depth' with '4'"),
            ({"params": [Param("width", "3")]}, "has not the param 'width' with '3'"),
            ({"experiment_id": "1"}, "has the experiment '0', not '1'"),
        ],
    )
    def test_chosen_id_of_another_model_is_refused(self, store: Lineage, other: dict[str, Any], why: str) -> None:
        store.create_experiment("elsewhere")
        given = {"experiment_id": "0", "name": "wheat", "model_type": "tree", "params": [Param("depth", "3")]}
        made = store.create_logged_model(**given, model_id=f"m-{uuid4().hex}")  # type: ignore[arg-type]  # given by name

        with pytest.raises(LoggedModelExists, match=why):
            store.create_logged_model(**{**given, **other}, model_id=made.model_id)

        assert store.get_logged_model(made.model_id) == made

    def test_chosen_id_of_a_deleted_model_is_refused(self, store: Lineage) -> None:
        made = store.create_logged_model("0", name="wheat")
        store.delete_logged_model(made.model_id)

        with pytest.raises(LoggedModelExists, match="was deleted"):
            store.create_logged_model("0", name="wheat", model_id=made.model_id)

    @pytest.mark.parametrize(
        "chosen", ["", "0" * 32, "m-" + "A" * 32, "m-" + "0" * 31, "m-../" + "0" * 29, "m-" + "0" * 33]
    )
    def test_chosen_id_of_another_form_is_refused(self, store: Lineage, chosen: str) -> None:
        with pytest.raises(InvalidValue, match="'m-' and 32 hexadecimal digits"):
            store.create_logged_model("0", model_id=chosen)

    @pytest.mark.parametrize("moment", [-1, 253402300800000])
    def test_model_is_made_at_a_time_of_this_age(self, store: Lineage, moment: int) -> None:
        with pytest.raises(InvalidValue, match="between 0 and"):
            store.create_logged_model("0", created_at=moment)

    def test_model_is_made_in_an_experiment_in_use(self, store: Lineage) -> None:
        gone = store.create_experiment("gone")
        store.delete_experiment(gone)

        with pytest.raises(ExperimentNotFound):
            store.create_logged_model("99")
        with pytest.raises(ExperimentDeleted):
            store.create_logged_model(gone)

    @pytest.mark.parametrize("status", list(LoggedModelStatus))
    def test_status_is_changed(self, store: Lineage, status: LoggedModelStatus) -> None:
        made = store.create_logged_model("0", name="wheat")

        changed = store.finalize_logged_model(made.model_id, status)

        assert changed.status is store.get_logged_model(made.model_id).status is status
        assert changed.last_updated_timestamp >= made.last_updated_timestamp

    def test_deleted_model_is_gone_and_deleting_it_again_changes_nothing(self, store: Lineage) -> None:
        made = store.create_logged_model("0")

        store.delete_logged_model(made.model_id)
        store.delete_logged_model(made.model_id)

        assert names(store) == []
        with pytest.raises(LoggedModelNotFound):
            store.get_logged_model(made.model_id)

    def test_unknown_logged_model_is_not_found(self, store: Lineage) -> None:
        unknown = "m-" + "0" * 32

        for call in (
            lambda: store.get_logged_model(unknown),
            lambda: store.finalize_logged_model(unknown, LoggedModelStatus.READY),
            lambda: store.delete_logged_model(unknown),
            lambda: store.set_logged_model_tags(unknown, [Tag("a", "b")]),
            lambda: store.delete_logged_model_tag(unknown, "a"),
            lambda: store.log_model_params(unknown, [Param("a", "b")]),
        ):
            with pytest.raises(LoggedModelNotFound):
                call()

    def test_tags_are_replaced_and_removed(self, store: Lineage) -> None:
        made = store.create_logged_model("0", tags=[Tag("a", "1"), Tag("b", "2")])

        store.set_logged_model_tags(made.model_id, [Tag("a", "3"), Tag("c/d", "4")])
        store.delete_logged_model_tag(made.model_id, "b")

        assert store.get_logged_model(made.model_id).tags == {"a": "3", "c/d": "4"}
        with pytest.raises(NotFound):
            store.delete_logged_model_tag(made.model_id, "b")

    def test_params_are_written_once(self, store: Lineage) -> None:
        made = store.create_logged_model("0", params=[Param("a", "1")])

        store.log_model_params(made.model_id, [Param("a", "1"), Param("b", "2")])

        with pytest.raises(InvalidValue):
            store.log_model_params(made.model_id, [Param("c", "3"), Param("b", "other")])
        assert store.get_logged_model(made.model_id).params == {"a": "1", "b": "2"}

    def test_metric_of_a_model_is_one_of_its_run_as_well(self, store: Lineage) -> None:
        run, made = new_run(store), store.create_logged_model("0")
        points = [
            ModelMetric("acc", 0.5, 5, 1, made.model_id, "wheat", "abc123"),
            ModelMetric("acc", 0.7, 6, 2, made.model_id),
            ModelMetric("high", inf, 6, 2, made.model_id),
            ModelMetric("bad", nan, 6, 2, made.model_id),
            ModelMetric("other", 1.0, 6, 2),
        ]

        for _ in range(2):
            store.log_batch(run, metrics=points)

        found = store.get_logged_model(made.model_id).metrics
        assert [(m.key, m.timestamp, m.step, m.dataset_name, m.dataset_digest, m.run_id) for m in found] == [
            ("acc", 5, 1, "wheat", "abc123", run),
            ("acc", 6, 2, "", "", run),
            ("high", 6, 2, "", "", run),
            ("bad", 6, 2, "", "", run),
        ]
        assert [m.value for m in found[:3]] == [0.5, 0.7, inf]
        assert isnan(found[3].value)
        assert store.get_run(run).data.metrics["acc"] == 0.7

    def test_metric_of_an_unknown_model_is_refused_whole(self, store: Lineage) -> None:
        run = new_run(store)

        with pytest.raises(LoggedModelNotFound):
            store.log_batch(run, metrics=[ModelMetric("acc", 0.5, 5, 1, "m-nobody")], params=[Param("a", "b")])

        assert store.get_run(run).data.metrics == {}
        assert store.get_run(run).data.params == {}


class LoggedModelSearchCases:
    """What searches for logged models find."""

    @pytest.fixture
    def wheat(self, store: Lineage) -> Lineage:
        """A store with three models, each with its metrics."""
        run = new_run(store)
        for name, values in (("low", [0.9, 0.1]), ("high", [0.5, 0.8]), ("none", [])):
            made = store.create_logged_model(
                "0", name=name, model_type="tree", source_run_id=run, params=[Param("p", name)], tags=[Tag("t", name)]
            )
            store.log_batch(
                run,
                metrics=[
                    ModelMetric("acc", value, step, step, made.model_id, *(("wheat", "abc") if step else ()))
                    for step, value in enumerate(values)
                ],
            )
        return store

    def test_newest_model_comes_first(self, wheat: Lineage) -> None:
        assert names(wheat) == ["none", "high", "low"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("name = 'low'", ["low"]),
            ("attributes.name LIKE '%o%'", ["none", "low"]),
            ("params.p = 'high' AND tags.t != 'low'", ["high"]),
            ("metrics.acc > 0.85", ["low"]),
            ("metrics.acc >= 0.8", ["high", "low"]),
            ("status = 'PENDING' and model_type = 'tree'", ["none", "high", "low"]),
            ("status = 'READY'", []),
            ("name = 'low' OR name = 'none'", ["none", "low"]),
            ("creation_timestamp > 0 AND name IN ('high', 'none')", ["none", "high"]),
        ],
    )
    def test_filter_finds(self, wheat: Lineage, text: str, found: list[str]) -> None:
        assert names(wheat, filter_string=text) == found

    def test_filter_of_metrics_looks_at_the_datasets_that_are_named(self, wheat: Lineage) -> None:
        of_wheat, of_other = DatasetFilter("wheat", "abc"), DatasetFilter("rye")

        assert names(wheat, filter_string="metrics.acc > 0.4", datasets=[of_wheat]) == ["high"]
        assert names(wheat, filter_string="metrics.acc > 0.4", datasets=[of_other]) == []
        assert names(wheat, datasets=[DatasetFilter("wheat")]) == ["high", "low"]
        assert names(wheat, datasets=[of_other, of_wheat], filter_string="name = 'low'") == ["low"]

    @pytest.mark.parametrize(
        ("order", "found"),
        [
            (ModelOrder("metrics.acc"), ["low", "high", "none"]),
            (ModelOrder("metrics.acc", ascending=False), ["high", "low", "none"]),
            (ModelOrder("metrics.acc", ascending=False, dataset_name="wheat"), ["high", "low", "none"]),
            (ModelOrder("metrics.acc", dataset_name="rye"), ["none", "high", "low"]),
            (ModelOrder("name"), ["high", "low", "none"]),
            (ModelOrder("params.p", ascending=False), ["none", "low", "high"]),
            (ModelOrder("creation_timestamp"), None),
        ],
    )
    def test_order_is_by_attribute_or_by_the_last_value(
        self, wheat: Lineage, order: ModelOrder, found: list[str] | None
    ) -> None:
        seen = names(wheat, order_by=[order])

        assert seen == found if found else sorted(seen) == ["high", "low", "none"]

    def test_pages_follow_each_other(self, wheat: Lineage) -> None:
        order = [ModelOrder("metrics.acc", ascending=False)]
        found: list[str] = []
        token = ""
        while True:
            page = wheat.search_logged_models(["0"], max_results=1, order_by=order, page_token=token)
            found += [model.name for model in page]
            token = page.token or ""
            if not token:
                break

        assert found == ["high", "low", "none"]
        with pytest.raises(InvalidPageToken):
            wheat.search_logged_models(["0"], page_token="nonsense")

    def test_other_experiments_are_not_looked_at(self, wheat: Lineage) -> None:
        other = wheat.create_experiment("other")

        assert list(wheat.search_logged_models([other, "99"])) == []
        assert list(wheat.search_logged_models([])) == []

    @pytest.mark.parametrize("text", ["bogus = 1", "metrics.acc >", "datasets.name = 'x'"])
    def test_bad_filter_is_refused(self, wheat: Lineage, text: str) -> None:
        with pytest.raises(InvalidFilter):
            wheat.search_logged_models(["0"], filter_string=text)

    @pytest.mark.parametrize("field", ["", "bogus", "metrics."])
    def test_bad_order_is_refused(self, wheat: Lineage, field: str) -> None:
        with pytest.raises(InvalidValue):
            wheat.search_logged_models(["0"], order_by=[ModelOrder(field)])


class InputCases:
    """What the verbs about what runs read and made do."""

    def test_inputs_and_outputs_stand_in_the_run(self, store: Lineage) -> None:
        run = new_run(store)

        store.log_inputs(
            run,
            datasets=[DatasetInput(tags=[InputTag("mlflow.data.context", "train")], dataset=TRAIN)],
            models=[ModelInput("m-1")],
        )
        store.log_inputs(run, datasets=[DatasetInput(dataset=TEST)], models=[ModelInput("m-0"), ModelInput("m-1")])
        store.log_outputs(run, [ModelOutput("m-2", 7), ModelOutput("m-1")])

        read = RunInputs(
            [
                DatasetInput(tags=[InputTag("mlflow.data.context", "train")], dataset=TRAIN),
                DatasetInput(dataset=TEST),
            ],
            [ModelInput("m-1"), ModelInput("m-0")],
        )
        [found] = store.search_runs(["0"])
        for seen in (store.get_run(run), found):
            assert seen.inputs == read
            assert seen.outputs == RunOutputs([ModelOutput("m-2", 7), ModelOutput("m-1", 0)])

    def test_what_is_there_already_stays_as_it_is(self, store: Lineage) -> None:
        run = new_run(store)
        first = DatasetInput(tags=[InputTag("a", "1")], dataset=TRAIN)

        store.log_inputs(run, datasets=[first])
        store.log_inputs(
            run, datasets=[DatasetInput(tags=[InputTag("b", "2")], dataset=Dataset("wheat", "abc123", "other"))]
        )
        store.log_outputs(run, [ModelOutput("m-1", 1)])
        store.log_outputs(run, [ModelOutput("m-1", 2)])

        found = store.get_run(run)
        assert found.inputs == RunInputs([first])
        assert found.outputs == RunOutputs([ModelOutput("m-1", 1)])

    def test_run_must_be_in_use(self, store: Lineage) -> None:
        gone = new_run(store)
        store.delete_run(gone)

        for run, error in ((gone, RunDeleted), ("0" * 32, RunNotFound)):
            with pytest.raises(error):
                store.log_inputs(run, datasets=[DatasetInput(dataset=TRAIN)])
            with pytest.raises(error):
                store.log_outputs(run, [ModelOutput("m-1")])
            with pytest.raises(error):
                store.log_model_record(run, RECORD)

    def test_id_of_a_model_has_a_largest_length(self, store: Lineage) -> None:
        run, model = new_run(store), long_text(500)

        store.log_inputs(run, models=[ModelInput(model)])
        store.log_outputs(run, [ModelOutput(model, 1)])

        kept = store.get_run(run)
        assert [each.model_id for each in kept.inputs.model_inputs] == [model]
        assert [each.model_id for each in kept.outputs.model_outputs] == [model]
        for much in (501, 3000):
            with pytest.raises(InvalidValue, match="at most 500 characters"):
                store.log_inputs(run, models=[ModelInput(long_text(much))])
            with pytest.raises(InvalidValue, match="at most 500 characters"):
                store.log_outputs(run, [ModelOutput(long_text(much), 1)])

    def test_datasets_are_summed_up_with_their_context(self, store: Lineage) -> None:
        one, other, gone = (new_run(store) for _ in range(3))
        of_train = DatasetInput(tags=[InputTag("mlflow.data.context", "train")], dataset=TRAIN)
        for run in (one, other):
            store.log_inputs(run, datasets=[of_train, DatasetInput(tags=[InputTag("x", "y")], dataset=TEST)])
        store.log_inputs(gone, datasets=[DatasetInput(dataset=Dataset("rye", "1"))])
        store.delete_run(gone)

        found = store.search_datasets(["0"])

        assert found == [DatasetSummary("0", "wheat", "abc123", "train"), DatasetSummary("0", "wheat", "def456")]

    @pytest.mark.parametrize("experiments", [[], ["0"] * 21])
    def test_datasets_are_searched_for_in_1_to_20_experiments(self, store: Lineage, experiments: list[str]) -> None:
        with pytest.raises(InvalidValue):
            store.search_datasets(experiments)

    def test_record_of_a_model_is_added_to_the_history(self, store: Lineage) -> None:
        run = new_run(store)

        store.log_model_record(run, RECORD)
        store.log_model_record(run, RECORD.replace('"model"', '"second"'))

        history = store.get_run(run).data.tags["mlflow.log-model.history"]
        assert history == (
            '[{"run_id": "r", "artifact_path": "model", "utc_time_created": "2026-01-01", "model_uuid": null, '
            '"flavors": {"sklearn": {}}}, '
            '{"run_id": "r", "artifact_path": "second", "utc_time_created": "2026-01-01", "model_uuid": null, '
            '"flavors": {"sklearn": {}}}]'
        )

    @pytest.mark.parametrize("record", ["x", "{}", "[]", "[" * 5000, '{"run_id": "r", "flavors": {}}'])
    def test_record_that_is_no_model_is_refused(self, store: Lineage, record: str) -> None:
        with pytest.raises(InvalidValue):
            store.log_model_record(new_run(store), record)


class LineageCases(LoggedModelCases, LoggedModelSearchCases, InputCases, LineageTextCases):
    """All that ``LineageStore`` says. Subclass it and provide the fixture ``store``."""
