"""What is taken for a number and for a name, by the handle and by the module verbs."""

import json
import math
from typing import Any

import numpy
import pandas
import pytest

import runstone
from runstone.client import Client
from runstone.entities import Metric
from runstone.entities.dataset import Dataset, DatasetInput, InputTag
from runstone.errors import InvalidValue


@pytest.mark.parametrize(
    "value",
    [numpy.array([0.5]), numpy.array([[0.5]]), numpy.array(0.5), pandas.Series([0.5])],
    ids=["array", "matrix", "scalar", "series"],
)
def test_one_element_is_a_number(client: Client, run_id: str, value: Any) -> None:
    client.log_metric(run_id, "loss", value, 1, 1)
    client.log_batch(run_id, [Metric("loss", value, 2, 2)])
    runstone.set_tracking_uri(client.tracking_uri)
    with runstone.start_run(run_id):
        runstone.log_metric("loss", value, 3, timestamp=3)
        runstone.log_metrics({"loss": value}, 4, timestamp=4)

    assert client.get_metric_history(run_id, "loss") == [Metric("loss", 0.5, n, n) for n in (1, 2, 3, 4)]


def test_float_is_a_step_where_it_is_whole_and_a_time_cut_to_milliseconds(client: Client, run_id: str) -> None:
    client.log_metric(run_id, "loss", 0.5, 12345.9, 1.0)  # type: ignore[arg-type]  # on purpose
    client.log_batch(run_id, [Metric("loss", 0.5, numpy.float64(12346.9), numpy.float32(2))])  # type: ignore[arg-type]  # on purpose
    runstone.set_tracking_uri(client.tracking_uri)
    with runstone.start_run(run_id):
        runstone.log_metric("loss", 0.5, 3.0, timestamp=12347.9)  # type: ignore[arg-type]  # on purpose
        runstone.log_metrics({"loss": 0.5}, 4.0, timestamp=12348.9)  # type: ignore[arg-type]  # on purpose

    found = client.get_metric_history(run_id, "loss")
    assert found == [Metric("loss", 0.5, 12344 + step, step) for step in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "given",
    [
        {"value": numpy.array([0.5, 1])},
        {"value": numpy.array(["0.5"])},
        {"value": numpy.array([])},
        {"step": math.nan},
        {"step": math.inf},
        {"timestamp": math.nan},
        {"timestamp": True},
        {"timestamp": -1.0},
        {"step": 1e30},
    ],
    ids=str,
)
def test_what_is_no_number_of_a_metric_is_refused(client: Client, run_id: str, given: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"key": "loss", "value": 1.0} | given

    with pytest.raises(InvalidValue, match=r"is a number; got|is an integer; got|is between"):
        client.log_metric(run_id, **arguments)


def test_run_is_turned_into_dictionaries(client: Client, run_id: str) -> None:
    client.log_metric(run_id, "loss", 0.5)
    client.log_param(run_id, "rate", 0.1)
    used = DatasetInput(dataset=Dataset("digits", "d1"), tags=[InputTag("mlflow.data.context", "train")])
    client.log_inputs(run_id, [used])
    client.set_terminated(run_id)
    run = client.get_run(run_id)

    found = run.to_dictionary()

    assert json.loads(json.dumps(found)) == found
    assert type(found["info"]["status"]) is str
    assert found["info"] == dict(run.info)
    assert {"run_id": run_id, "status": "FINISHED", "end_time": run.info.end_time}.items() <= found["info"].items()
    assert found["data"] == run.data.to_dictionary() == dict(run.data)
    assert (found["data"]["metrics"], found["data"]["params"]) == ({"loss": 0.5}, {"rate": "0.1"})
    [read] = found["inputs"]["dataset_inputs"]
    assert (read["dataset"]["name"], read["tags"]) == ("digits", {"mlflow.data.context": "train"})
    assert found["outputs"] == {"model_outputs": []}


def test_experiment_model_and_version_are_turned_into_dictionaries(client: Client, experiment_id: str) -> None:
    name = f"model of {experiment_id}"
    client.set_experiment_tag(experiment_id, "a", "b")
    client.create_registered_model(name, {"a": "b"})
    client.create_model_version(name, "s3://bucket/model")

    experiment, model = dict(client.get_experiment(experiment_id)), dict(client.get_registered_model(name))
    version = dict(client.get_model_version(name, "1"))

    assert {
        "experiment_id": experiment_id,
        "lifecycle_stage": "active",
        "tags": {"a": "b"},
    }.items() <= experiment.items()
    assert {"name": name, "tags": {"a": "b"}, "aliases": {}}.items() <= model.items()
    assert {"name": name, "version": "1", "current_stage": "None"}.items() <= version.items()


def test_names_of_numpy_are_names(client: Client, run_id: str) -> None:
    text = numpy.str_
    client.log_metric(run_id, text("loss"), 1.0)
    client.log_param(run_id, text("rate"), text("0.1"))
    client.set_tag(run_id, text("kind"), text("trial"))
    runstone.set_tracking_uri(client.tracking_uri)
    with runstone.start_run(run_name=text("named"), tags={text("why"): text("so")}) as run:
        runstone.log_metric(text("loss"), 1.0)
        runstone.log_metrics({text("loss"): 2.0, text("acc"): 0.5})
        runstone.log_params({text("rate"): 0.1})
        runstone.set_tags({text("kind"): "trial"})

    given, started = client.get_run(run_id).data, client.get_run(run.info.run_id)
    assert (given.metrics, given.params, given.tags["kind"]) == ({"loss": 1}, {"rate": "0.1"}, "trial")
    assert (started.info.run_name, started.data.tags["why"], started.data.tags["kind"]) == ("named", "so", "trial")
    assert (started.data.metrics, started.data.params) == ({"loss": 2, "acc": 0.5}, {"rate": "0.1"})
