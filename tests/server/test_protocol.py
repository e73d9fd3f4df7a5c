"""The calls of the protocol answer as MLflow's do: fields, names, status, codes."""

import json
import socket
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.server.web import Web

NO_SUCH_RUN = "0" * 32


def test_default_experiment_looks_as_mlflows(web: Web) -> None:
    answer = web.get("experiments/get", "experiment_id=0")

    found = answer.json["experiment"]
    assert found.pop("creation_time") <= found.pop("last_update_time")
    assert found == {
        "experiment_id": "0",
        "name": "Default",
        "artifact_location": "mlflow-artifacts:/0",
        "lifecycle_stage": "active",
        "workspace": "default",
    }


def test_run_comes_back_with_all_that_was_logged(web: Web) -> None:
    run = web.new_run(run_name="first", start_time=5, user_id="ada", tags=[{"key": "a", "value": "b"}])

    web.post("runs/log-metric", run_id=run, key="loss", value=0.5, timestamp=7, step=3)
    web.post("runs/log-parameter", run_id=run, key="lr", value="0.1")
    answer = web.get("runs/get", f"run_id={run}")

    assert answer.json["run"] == {
        "info": {
            "run_id": run,
            "run_uuid": run,
            "run_name": "first",
            "experiment_id": "0",
            "user_id": "ada",
            "status": "RUNNING",
            "start_time": 5,
            "artifact_uri": f"mlflow-artifacts:/0/{run}/artifacts",
            "lifecycle_stage": "active",
        },
        "data": {
            "metrics": [{"key": "loss", "value": 0.5, "timestamp": 7, "step": 3}],
            "params": [{"key": "lr", "value": "0.1"}],
            "tags": [{"key": "a", "value": "b"}, {"key": "mlflow.runName", "value": "first"}],
        },
        "inputs": {},
        "outputs": {},
    }


@pytest.mark.parametrize("status", ["KILLED", 5, "5"])
def test_status_may_be_the_number_that_protobuf_gives_it(web: Web, status: str | int) -> None:
    run = web.new_run()

    answer = web.post("runs/update", run_id=run, status=status)

    assert answer.json["run_info"]["status"] == "KILLED"


@pytest.mark.parametrize("view_type", ["DELETED_ONLY", 2, "2"])
def test_view_may_be_the_number_that_protobuf_gives_it(web: Web, view_type: str | int) -> None:
    run = web.new_run()
    web.post("runs/delete", run_id=run)

    answer = web.post("runs/search", experiment_ids=["0"], run_view_type=view_type)

    assert run in [found["info"]["run_id"] for found in answer.json["runs"]]
    # Other tests may have left experiments in the trash of this server.
    experiments = web.post("experiments/search", view_type=view_type).json.get("experiments", [])
    assert {experiment["lifecycle_stage"] for experiment in experiments} <= {"deleted"}


@pytest.mark.parametrize("number", [0, 6, -1, 1.5])
def test_number_that_no_status_has_is_refused(web: Web, number: float) -> None:
    run = web.new_run()

    answer = web.post("runs/update", run_id=run, status=number)

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_run_that_ended_has_an_end_time(web: Web) -> None:
    run = web.new_run(start_time=5)

    answer = web.post("runs/update", run_id=run, status="FINISHED", end_time=9)

    info = answer.json["run_info"]
    assert (info["status"], info["start_time"], info["end_time"]) == ("FINISHED", 5, 9)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_value_that_is_no_number_keeps_its_word(web: Web, value: str) -> None:
    run = web.new_run()

    web.post("runs/log-metric", run_id=run, key="loss", value=value, timestamp=1)

    latest = web.get("runs/get", f"run_id={run}").json["run"]["data"]["metrics"]
    history = web.get("metrics/get-history", f"run_id={run}&metric_key=loss").json["metrics"]
    bulk = web.get("metrics/get-history-bulk", f"run_id={run}&metric_key=loss").json["metrics"]
    assert [m["value"] for m in (*latest, *history, *bulk)] == [value, value, value]


@pytest.mark.parametrize(
    "prefix",
    ["/api/2.0", "/ajax-api/2.0", "/api/3.0", "/ajax-api/3.0", "/api/2.0/preview", "/ajax-api/2.0/preview"],
)
def test_old_and_new_addresses_answer_the_same(web: Web, prefix: str) -> None:
    answer = web.send("GET", f"{prefix}/mlflow/experiments/get-by-name?experiment_name=Default")

    assert answer.json["experiment"]["experiment_id"] == "0"


def test_client_of_1x_names_a_run_by_uuid(web: Web) -> None:
    run = web.new_run()

    answer = web.post("runs/log-metric", run_uuid=run, key="loss", value=1, timestamp="12", step="4")

    assert answer.status == 200
    assert web.get("metrics/get-history", f"run_uuid={run}&metric_key=loss").json["metrics"][0]["step"] == 4


def test_experiment_is_not_asked_for_without_a_name(web: Web) -> None:
    answer = web.get("experiments/get-by-name", "experiment_name=")

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_experiments_are_searched_by_get_and_post(web: Web) -> None:
    web.post("experiments/create", name="searched")

    by_get = web.get("experiments/search", "max_results=10&filter=name%20%3D%20%27searched%27")
    by_post = web.post("experiments/search", max_results=10, filter="name = 'searched'")

    assert by_get.json == by_post.json
    assert [e["name"] for e in by_post.json["experiments"]] == ["searched"]


def test_empty_answers_are_empty_objects(web: Web) -> None:
    run = web.new_run()

    assert web.post("runs/search", experiment_ids=["77777"]).json == {}
    assert web.get("metrics/get-history", f"run_id={run}&metric_key=none").json == {}
    assert web.get("metrics/get-history-bulk-interval", f"run_ids={run}&metric_key=none").json == {}
    assert web.get("metrics/get-history-bulk", f"run_id={run}&metric_key=none").json == {"metrics": []}
    assert web.post("runs/set-tag", run_id=run, key="a", value="b").json == {}


def test_pages_of_runs_meet_without_gap_or_overlap(web: Web) -> None:
    experiment = web.post("experiments/create", name="pages").json["experiment_id"]
    made = [web.new_run(experiment, start_time=time) for time in range(7)]

    seen: list[str] = []
    token = None
    while token != "":
        page = web.post("runs/search", experiment_ids=[experiment], max_results=3, page_token=token).json
        seen += [run["info"]["run_id"] for run in page["runs"]]
        token = page.get("next_page_token", "")

    assert seen == made[::-1]


def test_thinned_history_keeps_the_peak(web: Web) -> None:
    run = web.new_run()
    points = [{"key": "y", "value": 99.0 if n == 437 else 0.0, "timestamp": n, "step": n} for n in range(1000)]
    web.post("runs/log-batch", run_id=run, metrics=points)

    answer = web.get("metrics/get-history-bulk-interval", f"run_ids={run}&metric_key=y&max_results=20")

    thinned = answer.json["metrics"]
    assert len(thinned) <= 20
    assert {"key": "y", "value": 99.0, "timestamp": 437, "step": 437, "run_id": run} in thinned


BAD_CALLS: list[tuple[str, dict[str, Any], int, str]] = [
    ("experiments/create", {}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/create", {"name": ""}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/create", {"name": 5}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/create", {"name": "x" * 501}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/create", {"name": "Default"}, 400, "RESOURCE_ALREADY_EXISTS"),
    ("experiments/create", {"name": "bell\x07"}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/create", {"name": "local", "artifact_location": "/etc"}, 501, "NOT_IMPLEMENTED"),
    ("experiments/create", {"name": "local", "artifact_location": "file:///etc"}, 501, "NOT_IMPLEMENTED"),
    ("experiments/update", {"experiment_id": "0"}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/update", {"experiment_id": "99999", "new_name": "x"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("experiments/delete", {"experiment_id": "99999"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("experiments/restore", {"experiment_id": "0"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("experiments/search", {"max_results": 0}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/search", {"max_results": 50_001}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/search", {"page_token": "nonsense"}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/search", {"filter": "name LIKE"}, 400, "INVALID_PARAMETER_VALUE"),
    ("experiments/search", {"view_type": "SOME"}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/create", {"experiment_id": "99999"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("runs/create", {"experiment_id": "zero"}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/create", {"experiment_id": "0", "start_time": "late"}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/create", {"experiment_id": "0", "tags": {"a": "b"}}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/update", {"run_id": NO_SUCH_RUN, "status": "FINISHED"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("runs/update", {"run_id": NO_SUCH_RUN, "status": "DONE"}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/delete", {"run_id": NO_SUCH_RUN}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("runs/restore", {}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/restore", {"run_id": ""}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/delete", {"run_id": ""}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/delete-tag", {"run_id": "", "key": "a"}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/delete-tag", {"run_id": NO_SUCH_RUN, "key": ""}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/outputs", {"run_id": NO_SUCH_RUN}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 1}, 400, "INVALID_PARAMETER_VALUE"),
    (
        "runs/log-metric",
        {"run_id": NO_SUCH_RUN, "key": "m", "value": 1, "timestamp": 1},
        404,
        "RESOURCE_DOES_NOT_EXIST",
    ),
    ("runs/log-parameter", {"run_id": NO_SUCH_RUN, "key": "p", "value": "1"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("runs/set-tag", {"run_id": NO_SUCH_RUN, "key": "t", "value": "1"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("runs/search", {"experiment_ids": ["0"], "filter": "metrics.a >"}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/search", {"experiment_ids": ["0"], "order_by": ["wish"]}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/search", {"experiment_ids": ["0"], "max_results": -1}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/search", {"experiment_ids": ["0"], "page_token": "AAAA"}, 400, "INVALID_PARAMETER_VALUE"),
    ("runs/search", {"experiment_ids": "0"}, 400, "INVALID_PARAMETER_VALUE"),
]


@pytest.mark.parametrize(("call", "fields", "status", "code"), BAD_CALLS)
def test_bad_call_has_its_status_and_code(web: Web, call: str, fields: dict[str, Any], status: int, code: str) -> None:
    answer = web.post(call, **fields)

    assert (answer.status, answer.code) == (status, code)
    assert len(answer.json["message"]) > 10


BAD_FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("runs/log-metric", {"key": "m", "value": "high", "timestamp": 1}),
    ("runs/log-metric", {"key": "m", "value": None, "timestamp": 1}),
    ("runs/log-metric", {"key": "m", "value": True, "timestamp": 1}),
    ("runs/log-metric", {"key": "m", "value": 1}),
    ("runs/log-metric", {"key": "m", "value": 1, "timestamp": -1}),
    ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 2**63}),
    ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 1, "step": 1.5}),
    ("runs/log-metric", {"key": "", "value": 1, "timestamp": 1}),
    ("runs/log-metric", {"key": "m" * 251, "value": 1, "timestamp": 1}),
    ("runs/log-metric", {"key": "a/../b", "value": 1, "timestamp": 1}),
    ("runs/log-metric", {"key": "a;b", "value": 1, "timestamp": 1}),
    ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 1, "dataset_name": "no digest"}),
    ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 1, "dataset_digest": "no name"}),
    ("runs/log-parameter", {"key": "p", "value": "v" * 6001}),
    ("runs/log-parameter", {"key": "/p", "value": "v"}),
    ("runs/set-tag", {"key": "t", "value": "v" * 8001}),
    ("runs/set-tag", {"key": "t\n", "value": "v"}),
    ("runs/log-batch", {"params": [{"key": "p", "value": "1"}, {"key": "p", "value": "2"}]}),
    ("runs/log-batch", {"metrics": [{"key": "m", "value": 1, "timestamp": 1}] * 1001}),
    ("runs/log-batch", {"params": [{"key": f"p{n}", "value": "1"} for n in range(101)]}),
    ("runs/log-batch", {"tags": [{"key": f"t{n}", "value": "1"} for n in range(101)]}),
    ("runs/log-batch", {"metrics": [{"key": "ok", "value": 1, "timestamp": 1}, {"key": "?", "value": 1}]}),
    ("runs/log-batch", {"metrics": {"key": "m"}}),
    ("runs/outputs", {"models": [{"model_id": "m", "step": 2**63}]}),
    ("runs/log-batch", {"metrics": [{"key": "m", "value": 1, "timestamp": 1, "dataset_name": "no digest"}]}),
]


@pytest.mark.parametrize(("call", "fields"), BAD_FIELDS)
def test_refused_values_leave_no_trace(web: Web, call: str, fields: dict[str, Any]) -> None:
    run = web.new_run(run_name="untouched")

    answer = web.post(call, run_id=run, **fields)

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
    data = web.get("runs/get", f"run_id={run}").json["run"]["data"]
    assert data == {"tags": [{"key": "mlflow.runName", "value": "untouched"}]}


def test_param_cannot_change_and_nothing_else_of_the_batch_is_kept(web: Web) -> None:
    run = web.new_run()
    web.post("runs/log-parameter", run_id=run, key="lr", value="1")

    answer = web.post(
        "runs/log-batch",
        run_id=run,
        params=[{"key": "lr", "value": "2"}],
        metrics=[{"key": "loss", "value": 1, "timestamp": 1}],
    )

    assert (answer.status, answer.code, answer.json["error"]) == (400, "INVALID_PARAMETER_VALUE", "ParamChanged")
    assert "metrics" not in web.get("runs/get", f"run_id={run}").json["run"]["data"]


def test_deleted_run_refuses_metrics_until_it_is_restored(web: Web) -> None:
    run = web.new_run()
    web.post("runs/delete", run_id=run)

    refused = web.post("runs/log-metric", run_id=run, key="m", value=1, timestamp=1)
    web.post("runs/restore", run_id=run)
    taken = web.post("runs/log-metric", run_id=run, key="m", value=1, timestamp=1)

    assert (refused.status, refused.code, refused.json["error"]) == (400, "INVALID_PARAMETER_VALUE", "RunDeleted")
    assert taken.status == 200


def test_deleted_experiment_takes_no_runs_and_frees_its_name(web: Web) -> None:
    experiment = web.post("experiments/create", name="short-lived").json["experiment_id"]
    web.post("experiments/delete", experiment_id=experiment)

    run = web.post("runs/create", experiment_id=experiment)
    again = web.post("experiments/delete", experiment_id=experiment)
    renamed = web.post("experiments/update", experiment_id=experiment, new_name="other")
    reused = web.post("experiments/create", name="short-lived")

    assert (run.status, run.code) == (400, "INVALID_PARAMETER_VALUE")
    assert (again.status, again.code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert (renamed.status, renamed.code) == (400, "INVALID_STATE")
    assert reused.status == 200


@pytest.mark.parametrize("body", [b"not json", b"[1]", b'"text"', b"\xff\xfe", b'{"name": NaN}', b"{", b"null"])
def test_body_that_is_no_json_object_is_refused(web: Web, body: bytes) -> None:
    answer = web.send("POST", "/api/2.0/mlflow/experiments/create", body)

    assert answer.status == 400
    assert answer.code in {"BAD_REQUEST", "INVALID_PARAMETER_VALUE"}


def test_empty_body_counts_as_an_empty_object(web: Web) -> None:
    answer = web.send("POST", "/api/2.0/mlflow/experiments/search", b"")

    assert answer.status == 200


def test_large_body_is_refused_with_the_limit(web: Web) -> None:
    answer = web.send("POST", "/api/2.0/mlflow/runs/log-batch", b" " * 64_000_001)

    assert answer.status == 413
    assert "64000000 bytes" in answer.json["message"]


def test_unknown_paths_and_methods_are_named(web: Web) -> None:
    unknown = web.send("POST", "/api/2.0/mlflow/traces/search", b"{}")
    wrong = web.send("GET", "/api/2.0/mlflow/runs/create")

    assert (unknown.status, unknown.code) == (404, "ENDPOINT_NOT_FOUND")
    assert (wrong.status, wrong.code) == (405, "ENDPOINT_NOT_FOUND")
    assert "POST" in wrong.json["message"]
    assert wrong.headers["Allow"] == "POST"
    assert web.send("PUT", "/api/2.0/mlflow/experiments/search").headers["Allow"] == "GET, POST"
    assert web.send("POST", "/api/2.0/mlflow-artifacts/artifacts/a").headers["Allow"] == "DELETE, GET, HEAD, PUT"


def test_of_a_parameter_that_comes_twice_the_first_counts(web: Web) -> None:
    known = web.get("experiments/get", "experiment_id=0&experiment_id=99")

    assert known.json["experiment"]["experiment_id"] == "0"


@pytest.mark.parametrize(
    "query",
    [
        "metric_key=m",
        "run_ids=a",
        "run_ids=a&metric_key=m&max_results=0",
        "run_ids=a&metric_key=m&max_results=2501",
        "run_ids=a&metric_key=m&max_results=many",
        "run_ids=a&metric_key=m&start_step=5&end_step=4",
        "metric_key=m&" + "&".join(f"run_ids={n}" for n in range(101)),
    ],
)
def test_bad_interval_is_refused(web: Web, query: str) -> None:
    answer = web.get("metrics/get-history-bulk-interval", query)

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_filter_error_shows_the_place(web: Web) -> None:
    answer = web.post("runs/search", experiment_ids=["0"], filter="metrics.loss > and")

    message, text, caret = answer.json["message"].split("\n")
    assert text.strip() == "metrics.loss > and"
    assert caret.index("^") == text.index("and")
    assert answer.json["facts"]["position"] == "metrics.loss > and".index("and")
    assert message


def test_error_says_which_class_and_facts(web: Web) -> None:
    answer = web.get("runs/get", f"run_id={NO_SUCH_RUN}")

    assert answer.json == {
        "error_code": "RESOURCE_DOES_NOT_EXIST",
        "message": f"no run has the id '{NO_SUCH_RUN}'",
        "error": "RunNotFound",
        "facts": {"run_id": NO_SUCH_RUN},
    }


def test_openapi_document_names_every_call_that_is_served(web: Web) -> None:
    document = web.send("GET", "/openapi.json").json

    assert web.send("GET", "/health").body == b"OK"
    for path, methods in document["paths"].items():
        for method in methods:
            answer = web.send(method.upper(), path, None if method == "get" else json.dumps({}).encode())
            assert answer.body[:1] in {b"{"}, path
            assert answer.status != 404 or answer.code == "RESOURCE_DOES_NOT_EXIST", path


def test_address_that_is_no_call_is_a_view_of_the_page(web: Web) -> None:
    page = web.send("GET", "/experiments/0")
    missing = web.send("GET", "/assets/none.js")
    posted = web.send("POST", "/experiments/0", b"{}")

    assert page.status in {200, 404}  # 404 where the page was not built
    assert page.headers["content-type"].startswith("text/")
    assert (missing.status, missing.code) == (404, "ENDPOINT_NOT_FOUND")
    assert (posted.status, posted.code) == (404, "ENDPOINT_NOT_FOUND")


@pytest.mark.parametrize("path", ["/health", "/version", "/openapi.json", "/get-artifact"])
def test_what_is_only_read_takes_nothing_else(web: Web, path: str) -> None:
    answer = web.send("DELETE", path)

    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "ENDPOINT_NOT_FOUND", "GET, HEAD")


def test_version_is_told(web: Web) -> None:
    assert web.send("GET", "/version").body == version("runstone").encode()


@pytest.mark.parametrize("call", ["traces", "prompts/create", "experiments/scorers/register"])
def test_call_that_is_not_there_yet_is_told_so(web: Web, call: str) -> None:
    answer = web.post(call, name="any")

    assert answer.status == 404
    assert answer.code == "ENDPOINT_NOT_FOUND"


@pytest.mark.parametrize("sent", [b"", b'{"experiment_id": "0"'])
def test_half_a_request_asks_for_nothing(web: Web, sent: bytes) -> None:
    experiment = web.post("experiments/create", name=f"half {len(sent)}").json["experiment_id"]
    at = urlsplit(web.address)
    head = f"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Length: 300\r\n\r\n"

    before = len(web.post("runs/search", experiment_ids=["0", experiment], max_results=50_000).json.get("runs", []))
    with socket.create_connection((at.hostname, at.port)) as connection:
        connection.sendall(head.encode() + sent)
    web.send("GET", "/health")

    after = len(web.post("runs/search", experiment_ids=["0", experiment], max_results=50_000).json.get("runs", []))
    assert after == before


def test_body_that_is_nested_without_end_is_refused(web: Web) -> None:
    answer = web.send("POST", "/api/2.0/mlflow/runs/search", b'{"a":' + b"[" * 200_000)

    assert (answer.status, answer.code) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "location", ["mlflow-artifacts:/../../etc", "mlflow-artifacts:/a//b", "mlflow-artifacts:/a%2e"]
)
def test_location_that_can_never_work_is_refused_at_once(web: Web, location: str) -> None:
    answer = web.post("experiments/create", name=f"at {location}", artifact_location=location)

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
