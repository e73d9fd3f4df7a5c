"""Runs by columns over HTTP: JSON and Arrow."""

import json
from math import isnan
from typing import Any
from uuid import uuid4

import nanoarrow

from runstone.server.arrow import MEDIA_TYPE
from tests.server.web import Answer, Web

PATH = "/api/runstone/v1/runs/search-table"


def experiment_with_runs(web: Web) -> str:
    """An experiment of two runs: the later has a metric that is NaN and a param, the earlier has neither."""
    experiment_id = str(web.post("experiments/create", name=f"by columns {uuid4()}").json["experiment_id"])
    web.new_run(experiment_id, start_time=1, run_name="early")
    late = web.new_run(experiment_id, start_time=2, run_name="late")
    web.post(
        "runs/log-batch",
        run_id=late,
        metrics=[{"key": "loss", "value": "NaN", "timestamp": 1}],
        params=[{"key": "lr", "value": "é"}],
    )
    return experiment_id


def search(web: Web, **fields: Any) -> Answer:
    return web.send("POST", PATH, json.dumps(fields).encode())


def test_table_is_columns_of_json_with_null_for_what_is_missing(web: Web) -> None:
    experiment_id = experiment_with_runs(web)

    found = search(web, experiment_ids=[experiment_id]).json

    assert (found["start_times"], found["end_times"]) == ([2, 1], [None, None])
    assert found["metrics"] == {"loss": ["NaN", None]}
    assert found["params"] == {"lr": ["é", None]}
    assert found["tags"]["mlflow.runName"] == ["late", "early"]
    assert found["next_page_token"] == ""


def test_table_is_a_stream_of_arrow_when_asked(web: Web) -> None:
    experiment_id = experiment_with_runs(web)

    answer = search(web, experiment_ids=[experiment_id], format="arrow")

    late, early = nanoarrow.ArrayStream.from_readable(answer.body).read_all().to_pylist()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert isnan(late["metrics.loss"])
    assert (late["params.lr"], late["start_time"], late["end_time"]) == ("é", 2, None)
    assert (early["metrics.loss"], early["params.lr"], early["tags.mlflow.runName"]) == (None, None, "early")


def test_table_of_no_runs_is_an_empty_stream_of_arrow(web: Web) -> None:
    answer = search(web, experiment_ids=["4711"], format="arrow")

    assert nanoarrow.ArrayStream.from_readable(answer.body).read_all().to_pylist() == []


def test_bad_filter_of_a_table_is_refused_with_its_place(web: Web) -> None:
    answer = search(web, experiment_ids=["0"], filter="metrics.loss <> 1")

    assert answer.status == 400
    assert answer.code == "INVALID_PARAMETER_VALUE"
    assert "^" in answer.json["message"]
