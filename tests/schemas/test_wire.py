"""JSON to structs and back, as protobuf's JSON writes it."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.entities import Metric, Run, RunData, RunInfo
from runstone.errors import InvalidValue, MalformedRequest
from runstone.schemas import metrics, runs, wire
from runstone.schemas.endpoint import Empty


def test_words_for_values_that_json_lacks_are_read_and_written() -> None:
    body = (
        b'{"metrics":[{"key":"a","value":"NaN","timestamp":1,"step":0},{"key":"b","value":"-Infinity","timestamp":2}]}'
    )

    history = wire.decode(body, metrics.History)
    again = json.loads(wire.encode(history))

    assert math.isnan(history.metrics[0].value)
    assert history.metrics[1].value == -math.inf
    assert [m["value"] for m in again["metrics"]] == ["NaN", "-Infinity"]
    assert json.loads(wire.encode(metrics.History([Metric("c", math.inf, 0)])))["metrics"][0]["value"] == "Infinity"


@given(
    st.lists(
        st.builds(
            Metric,
            st.sampled_from(["a", "b/c"]),
            st.floats(allow_nan=False),
            st.integers(0, 2**63 - 1),
            st.integers(-(2**63), 2**63 - 1),
        )
    )
)
def test_every_metric_survives_the_wire(points: list[Metric]) -> None:
    assert wire.decode(wire.encode(metrics.History(points)), metrics.History).metrics == points


def test_numbers_in_text_are_read() -> None:
    request = wire.decode(b'{"run_uuid":"r","key":"m","value":"1.5","timestamp":"7","step":"3"}', runs.LogMetric)

    assert (request.id, request.value, request.timestamp, request.step) == ("r", 1.5, 7, 3)


def test_empty_body_is_an_empty_object() -> None:
    assert wire.decode(b"", Empty) == Empty()


@pytest.mark.parametrize("body", [b"{", b"nope", b"\xff", b'{"metrics": [NaN]}'])
def test_text_that_is_no_json_is_told_apart(body: bytes) -> None:
    with pytest.raises(MalformedRequest, match="not JSON"):
        wire.decode(body, metrics.History)


def test_broken_rule_of_an_entity_is_told_in_its_words() -> None:
    body = json.dumps({"run_id": "r", "params": [{"key": "p", "value": "v" * 6001}]}).encode()

    with pytest.raises(InvalidValue, match="the value of the param 'p' has at most 6000 characters"):
        wire.decode(body, runs.LogBatch)


def test_wrong_type_names_the_field() -> None:
    with pytest.raises(InvalidValue, match=r"\$\.key"):
        wire.decode(b'{"run_id":"r","key":5,"value":1,"timestamp":1}', runs.LogMetric)
    with pytest.raises(InvalidValue, match="max_results"):
        wire.convert({"run_id": "r", "metric_key": "m", "max_results": "many"}, metrics.GetHistory)


def test_foreign_objects_are_no_json() -> None:
    with pytest.raises(NotImplementedError, match="no JSON for a complex"):
        wire.encode(metrics.History([1j]))  # type: ignore[list-item]  # the mistake that is tested


def test_run_that_has_not_ended_has_no_end_time_on_the_wire() -> None:
    body = {
        "info": {
            "run_id": "r",
            "run_uuid": "r",
            "run_name": "n",
            "experiment_id": "0",
            "user_id": "",
            "status": "RUNNING",
            "start_time": 1,
            "artifact_uri": "a",
            "lifecycle_stage": "active",
        },
        "data": {},
        "inputs": {},
        "outputs": {},
    }

    run = wire.decode(json.dumps(body).encode(), Run)

    assert isinstance(run.info, RunInfo)
    assert run.data == RunData()
    assert json.loads(wire.encode(run)) == body


@pytest.mark.parametrize("field", ["run_id", "run_uuid"])
def test_run_is_named_by_either_field(field: str) -> None:
    assert wire.convert({field: "r"}, runs.GetRun).id == "r"
    with pytest.raises(InvalidValue, match="run_id"):
        wire.convert({}, runs.GetRun)


@pytest.mark.parametrize(("field", "count"), [("metrics", 1001), ("params", 101), ("tags", 101)])
def test_batch_over_its_limit_is_refused(field: str, count: int) -> None:
    item = {"key": "k", "value": 1, "timestamp": 1} if field == "metrics" else {"key": "k", "value": "1"}
    body = json.dumps({"run_id": "r", field: [item] * count}).encode()

    with pytest.raises(InvalidValue, match=f"at most {count - 1} {field}"):
        wire.decode(body, runs.LogBatch)


def test_batch_is_limited_in_all() -> None:
    body = json.dumps(
        {
            "run_id": "r",
            "metrics": [{"key": "k", "value": 1, "timestamp": 1}] * 1000,
            "tags": [{"key": "k", "value": "1"}],
        }
    ).encode()

    with pytest.raises(InvalidValue, match="at most 1000 metrics, params and tags together; got 1001"):
        wire.decode(body, runs.LogBatch)
