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
