"""Series by columns over HTTP: JSON, Arrow, and their bounds."""

import json

import nanoarrow
import pytest

from runstone.server.arrow import MEDIA_TYPE
from tests.server.web import Web

PATH = "/api/runstone/v1/metrics/series"


def run_with_curves(web: Web) -> str:
    run = web.new_run()
    web.post(
        "runs/log-batch",
        run_id=run,
        metrics=[
            {"key": "loss", "value": 0.5, "timestamp": 7, "step": 1},
            {"key": "loss", "value": "NaN", "timestamp": 8, "step": 2},
            {"key": "acc", "value": "-Infinity", "timestamp": 9, "step": 2},
        ],
    )
    return run


def test_series_are_columns_of_json_with_mlflows_words_for_what_is_not_finite(web: Web) -> None:
    run = run_with_curves(web)

    answer = web.send("POST", PATH, json.dumps({"run_ids": [run], "keys": ["loss", "acc"]}).encode())

    assert answer.json == {
        "series": [
            {"run_id": run, "key": "loss", "steps": [1, 2], "timestamps": [7, 8], "values": [0.5, "NaN"]},
            {"run_id": run, "key": "acc", "steps": [2], "timestamps": [9], "values": ["-Infinity"]},
        ]
    }


def test_series_are_a_stream_of_arrow_when_asked(web: Web) -> None:
    run = run_with_curves(web)

    answer = web.send("POST", PATH, json.dumps({"run_ids": [run], "keys": ["loss", "acc"], "format": "arrow"}).encode())

    assert answer.headers["content-type"] == MEDIA_TYPE
    rows = nanoarrow.ArrayStream.from_readable(answer.body).read_all().to_pylist()
    assert repr(rows) == repr(
        [
            {"run_id": run, "key": "loss", "steps": [1, 2], "timestamps": [7, 8], "values": [0.5, float("nan")]},
            {"run_id": run, "key": "acc", "steps": [2], "timestamps": [9], "values": [float("-inf")]},
        ]
    )


def test_no_series_are_an_empty_stream_of_arrow(web: Web) -> None:
    answer = web.send("POST", PATH, json.dumps({"run_ids": ["0" * 32], "keys": ["loss"], "format": "arrow"}).encode())

    assert nanoarrow.ArrayStream.from_readable(answer.body).read_all().to_pylist() == []


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"run_ids": [], "keys": ["loss"]}, "1 to 10000 series; got 0"),
        ({"run_ids": ["a"] * 101, "keys": ["k"] * 100}, "1 to 10000 series; got 10100"),
        ({"run_ids": ["a"] * 100, "keys": ["k"], "max_points": 100_001}, "at most 10000000 points"),
        ({"run_ids": ["a"], "keys": ["k"], "max_points": 3}, "at least 4 points; got 3"),
        ({"run_ids": ["a"]}, "keys"),
        ({"run_ids": ["a"], "keys": ["k"], "format": "csv"}, "format"),
    ],
)
def test_what_would_be_too_much_is_refused(web: Web, request_: dict[str, object], said: str) -> None:
    answer = web.send("POST", PATH, json.dumps(request_).encode())

    assert answer.status == 400
    assert said in answer.json["message"]


def test_histories_of_several_runs_end_with_the_result_that_is_asked_for(web: Web) -> None:
    one, other = web.new_run(), web.new_run()
    points = [{"key": "b", "value": n, "timestamp": 9 - n, "step": n} for n in range(3)]
    for run in (one, other):
        web.post("runs/log-batch", run_id=run, metrics=points)
    names = f"run_id={'0' * 32}&run_id={one}&run_id={other}&run_id={one}"

    found = [
        web.get("metrics/get-history-bulk", f"{names}&metric_key=b&max_results={most}").json["metrics"]
        for most in (2, 3, 4, 100)
    ]

    whole = [(run, step) for run in (one, other) for step in (2, 1, 0)]
    assert [[(m["run_id"], m["step"]) for m in page] for page in found] == [whole[:2], whole[:3], whole[:4], whole]
