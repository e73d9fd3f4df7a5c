"""Calls that Runstone has beside MLflow's take no field that they do not know."""

import json
from typing import Any

import pytest

from tests.server.web import Web

BASE = "/api/runstone/v1"


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        ("gc", {"run_idz": ["a"]}, "run_ids"),
        ("gc", {"dryrun": True}, "dry_run"),
        ("runs/search-table", {"experiment_ids": ["0"], "filter_string": "params.a = '1'"}, "filter"),
        ("metrics/series", {"run_ids": [], "keys": [], "start": 5}, "start_step"),
        ("uploads", {"path": "a.txt", "bytes": 5}, "path"),
    ],
)
def test_misspelt_field_is_refused(web: Web, path: str, body: dict[str, Any], wanted: str) -> None:
    answer = web.send("POST", f"{BASE}/{path}", json.dumps(body).encode())

    assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "unknown field" in answer.json["message"]
    assert wanted in answer.json["message"].split("it takes: ")[1].split(", ")


@pytest.mark.parametrize("body", [{"run_ids": []}, {"experiment_ids": []}, {"older_than": ""}, {"run_idz": ["a"]}])
def test_request_that_may_mean_another_leaves_the_trash_alone(web: Web, body: dict[str, Any]) -> None:
    run = web.new_run()
    web.post("runs/delete", run_id=run)

    answer = web.send("POST", f"{BASE}/gc", json.dumps(body).encode())

    assert answer.status == 400
    dry = web.send("POST", f"{BASE}/gc", json.dumps({"dry_run": True, "run_ids": None}).encode())
    assert run in dry.json["run_ids"]


def test_entry_that_breaks_a_rule_is_told_and_the_others_are_taken(web: Web) -> None:
    run = web.new_run()
    entries = [
        {"n": 1, "params": [{"key": "depth", "value": "3"}]},
        {"n": 2, "metrics": [{"key": "loss", "value": "high", "timestamp": 1}]},
        {"n": 3, "params": [{"key": "width", "value": 5}], "colour": "red"},
        {"n": 4, "tags": [{"key": "stage", "value": "done"}]},
    ]

    body = json.dumps({"run_id": run, "writer": "w", "entries": entries}).encode()
    answers = [web.send("POST", f"{BASE}/journals/append", body) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert answers[0].json["applied"] == 4
    told = [(refusal["n"], refusal["error_code"]) for refusal in answers[0].json["refused"]]
    assert told == [(2, "INVALID_PARAMETER_VALUE"), (3, "INVALID_PARAMETER_VALUE")]
    data = web.get("runs/get", f"run_id={run}").json["run"]["data"]
    assert data["params"] == [{"key": "depth", "value": "3"}]
    assert {"key": "stage", "value": "done"} in data["tags"]


@pytest.mark.parametrize("bad", [{}, {"n": 0}, 5])
def test_entry_without_a_number_refuses_the_request(web: Web, bad: Any) -> None:
    body = {"run_id": web.new_run(), "writer": "w", "entries": [{"n": 1}, bad]}

    answer = web.send("POST", f"{BASE}/journals/append", json.dumps(body).encode())

    assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "the one at place 2 has none" in answer.json["message"]
