"""Logged models, inputs and outputs by the client, at both kinds of address."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import runstone
from runstone.client import Client
from runstone.entities import Dataset, DatasetInput, InputTag, LoggedModelStatus, ModelInput, ModelOutput
from runstone.errors import InvalidState, InvalidValue, LocalFileNotFound, LoggedModelNotFound, NotFound


def test_model_goes_through_its_life(client: Client) -> None:
    made = client.create_logged_model("0", "wheat", tags={"a": 1}, params={"depth": 3}, model_type="tree")

    client.set_logged_model_tags(made.model_id, {"b": "2"})
    client.delete_logged_model_tag(made.model_id, "a")
    client.log_model_params(made.model_id, {"leaves": 8})
    ready = client.finalize_logged_model(made.model_id, "READY")

    assert ready.status is LoggedModelStatus.READY
    assert (ready.tags, ready.params, ready.model_type) == ({"b": "2"}, {"depth": "3", "leaves": "8"}, "tree")
    assert ready.model_uri == f"models:/{made.model_id}"
    client.delete_logged_model(made.model_id)
    with pytest.raises(LoggedModelNotFound):
        client.get_logged_model(made.model_id)


def test_model_is_searched_for_by_dicts(client: Client) -> None:
    run = client.create_run("0").info.run_id
    for name, value in (("low", 0.1), ("high", 0.9)):
        made = client.create_logged_model("0", name)
        client.log_metric(run, "acc", value, model_id=made.model_id, dataset_name="wheat", dataset_digest="abc")

    found = client.search_logged_models(
        ["0"],
        "metrics.acc > 0",
        [{"dataset_name": "wheat", "dataset_digest": "abc"}],
        order_by=[{"field_name": "metrics.acc", "ascending": False}],
    )

    assert [model.name for model in found] == ["high", "low"]
    assert [(metric.key, metric.value, metric.dataset_name) for metric in found[0].metrics] == [("acc", 0.9, "wheat")]
    assert client.get_run(run).data.metrics == {"acc": 0.9}


@pytest.mark.parametrize(
    "wrong", [{"datasets": ["wheat"]}, {"datasets": [{"name": "x"}]}, {"order_by": ["name"]}, {"order_by": [{}]}]
)
def test_search_for_models_says_what_its_dicts_hold(client: Client, wrong: dict[str, list[object]]) -> None:
    with pytest.raises(InvalidValue, match="dict"):
        client.search_logged_models(["0"], **wrong)  # type: ignore[arg-type]  # that is what is refused


def test_files_of_a_model_are_stored_and_listed(client: Client, tmp_path: Path) -> None:
    made = client.create_logged_model("0")
    (tmp_path / "MLmodel").write_text("flavors: {}")

    client.log_model_artifact(made.model_id, str(tmp_path / "MLmodel"), "sub")
    client.log_model_artifacts(made.model_id, str(tmp_path))

    assert {file.path for file in client.list_logged_model_artifacts(made.model_id)} == {"MLmodel", "sub"}
    assert [file.path for file in client.list_logged_model_artifacts(made.model_id, "sub")] == ["sub/MLmodel"]
    with pytest.raises(LocalFileNotFound):
        client.log_model_artifact(made.model_id, str(tmp_path / "nothing"))


def test_inputs_and_outputs_stand_in_the_run(client: Client) -> None:
    run = client.create_run("0").info.run_id
    read = DatasetInput(tags=[InputTag("a", "b")], dataset=Dataset("wheat", "abc"))

    client.log_inputs(run, [read], [ModelInput("m-1")])
    client.log_outputs(run, [ModelOutput("m-2", 3)])

    found = client.get_run(run)
    assert (found.inputs.dataset_inputs, found.inputs.model_inputs) == ([read], [ModelInput("m-1")])
    assert found.outputs.model_outputs == [ModelOutput("m-2", 3)]
    with pytest.raises(InvalidValue, match="DatasetInput"):
        client.log_inputs(run, ["wheat"])  # type: ignore[list-item]  # that is what is refused


def test_unfinished_status_is_refused(client: Client) -> None:
    made = client.create_logged_model("0")

    for status in ("PENDING", "BOGUS"):
        with pytest.raises(InvalidValue):
            client.finalize_logged_model(made.model_id, status)


@pytest.fixture
def fluent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module's verbs work at the client's address."""
    runstone.set_tracking_uri(client.tracking_uri)


@pytest.mark.usefixtures("fluent")
class TestFluent:
    """The module's verbs."""

    def test_active_run_reads_data_and_makes_a_model(self) -> None:
        wheat = runstone.data.from_pandas(pd.DataFrame({"height": [61.5, 58.0]}), source="wheat.csv", name="wheat")

        with runstone.start_run() as run:
            runstone.log_input(wheat, context="training", tags={"kind": "csv"})
            model = runstone.create_external_model("tree", params={"depth": 3})
            runstone.log_metric("acc", 0.9, model_id=model.model_id, dataset=wheat)
            runstone.log_metrics({"mse": 0.1}, model_id=model.model_id)
            runstone.log_outputs([ModelOutput(model.model_id, 0)])

        found = runstone.get_run(run.info.run_id)
        [read] = found.inputs.dataset_inputs
        assert (read.dataset.name, read.dataset.digest) == ("wheat", wheat.digest)
        assert {tag.key: tag.value for tag in read.tags} == {"kind": "csv", "mlflow.data.context": "training"}
        assert found.outputs.model_outputs == [ModelOutput(model.model_id, 0)]
        last = runstone.last_logged_model()
        assert last is not None
        assert (last.model_id, last.status, last.source_run_id) == (
            model.model_id,
            LoggedModelStatus.READY,
            run.info.run_id,
        )
        assert [(metric.key, metric.dataset_name) for metric in last.metrics] == [("acc", "wheat"), ("mse", "")]

    def test_models_are_found_as_a_frame_and_as_a_list(self) -> None:
        runstone.set_experiment("models in a frame")
        for name in ("a", "b"):
            runstone.initialize_logged_model(name)

        frame = runstone.search_logged_models()
        listed = runstone.search_logged_models(max_results=1, output_format="list")

        assert isinstance(frame, pd.DataFrame)
        assert list(frame["name"]) == ["b", "a"]
        assert set(frame["status"]) == {"PENDING"}
        assert isinstance(listed, list)
        assert [model.name for model in listed] == ["b"]
        with pytest.raises(InvalidValue, match="output_format"):
            runstone.search_logged_models(output_format="csv")

    def test_several_inputs_are_logged_at_once(self) -> None:
        ones = runstone.data.from_numpy(np.ones(3), name="ones")
        zeros = runstone.data.from_numpy(np.zeros(3), name="zeros")

        with runstone.start_run() as run:
            runstone.log_inputs([ones, zeros], ["training", None], models=[ModelInput("m-1")])

        read = runstone.get_run(run.info.run_id).inputs
        assert [each.dataset.name for each in read.dataset_inputs] == ["ones", "zeros"]
        assert [len(each.tags) for each in read.dataset_inputs] == [1, 0]
        with pytest.raises(InvalidValue, match="of one length"):
            runstone.log_inputs([ones], [])

    def test_wrong_input_is_refused_before_a_run_is_started(self) -> None:
        with pytest.raises(InvalidValue, match="neither"):
            runstone.log_input()
        with pytest.raises(InvalidValue, match=r"runstone\.data"):
            runstone.log_input(pd.DataFrame())  # type: ignore[arg-type]  # that is what is refused

    def test_params_go_to_the_model_that_was_made_last(self) -> None:
        made = runstone.initialize_logged_model("wheat")

        runstone.log_model_params({"depth": 3})
        runstone.set_logged_model_tags(made.model_id, {"a": "b"})
        runstone.delete_logged_model_tag(made.model_id, "a")
        runstone.finalize_logged_model(made.model_id, "FAILED")

        found = runstone.get_logged_model(made.model_id)
        assert (found.params, found.tags, found.status) == ({"depth": "3"}, {}, LoggedModelStatus.FAILED)
        with pytest.raises(NotFound):
            runstone.delete_logged_model_tag(made.model_id, "a")


def test_params_without_a_model_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from runstone.client.fluent import lineage

    monkeypatch.setattr(lineage._chosen, "last", None)

    assert runstone.last_logged_model() is None
    with pytest.raises(InvalidState, match="no logged model yet"):
        runstone.log_model_params({"a": "b"})
