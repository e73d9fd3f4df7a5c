"""Logged models, inputs and outputs over HTTP look as MLflow's."""

import json
from typing import Any

import pytest

from tests.server.web import Answer, Web

BASE = "/api/2.0/mlflow/logged-models"


def send(web: Web, method: str, path: str, **fields: Any) -> Answer:
    return web.send(method, f"{BASE}{path}", json.dumps(fields).encode())


def new_model(web: Web, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = send(web, "POST", "", experiment_id="0", **fields).json["model"]
    return found


def test_model_looks_as_mlflows(web: Web) -> None:
    run = web.new_run()
    made = new_model(
        web,
        name="first",
        model_type="agent",
        source_run_id=run,
        params=[{"key": "a", "value": "1"}],
        tags=[{"key": "t", "value": "u"}],
    )
    model_id = made["info"]["model_id"]
    web.post("runs/log-metric", run_id=run, key="acc", value=0.7, timestamp=6, step=2, model_id=model_id)
    web.post(
        "runs/log-batch",
        run_id=run,
        metrics=[
            {
                "key": "bad",
                "value": "NaN",
                "timestamp": 6,
                "model_id": model_id,
                "dataset_name": "d",
                "dataset_digest": "dd",
            }
        ],
    )

    found = web.send("GET", f"{BASE}/{model_id}").json["model"]

    moment = made["info"]["creation_timestamp_ms"]
    assert found == {
        "info": {
            "model_id": model_id,
            "experiment_id": "0",
            "name": "first",
            "creation_timestamp_ms": moment,
            "last_updated_timestamp_ms": moment,
            "artifact_uri": f"mlflow-artifacts:/0/models/{model_id}/artifacts",
            "status": "LOGGED_MODEL_PENDING",
            "model_type": "agent",
            "source_run_id": run,
            "tags": [{"key": "t", "value": "u"}],
        },
        "data": {
            "params": [{"key": "a", "value": "1"}],
            "metrics": [
                {"key": "acc", "value": 0.7, "timestamp": 6, "step": 2, "model_id": model_id, "run_id": run},
                {
                    "key": "bad",
                    "value": "NaN",
                    "timestamp": 6,
                    "step": 0,
                    "dataset_name": "d",
                    "dataset_digest": "dd",
                    "model_id": model_id,
                    "run_id": run,
                },
            ],
        },
    }


@pytest.mark.parametrize("prefix", ["/api/2.0", "/ajax-api/2.0", "/api/3.0"])
def test_model_goes_through_its_life_by_every_prefix(web: Web, prefix: str) -> None:
    model_id = new_model(web)["info"]["model_id"]
    path = f"{prefix}/mlflow/logged-models/{model_id}"

    ready = web.send("PATCH", path, json.dumps({"model_id": model_id, "status": "LOGGED_MODEL_READY"}).encode())
    web.send("PATCH", f"{path}/tags", json.dumps({"tags": [{"key": "a/b", "value": "c"}]}).encode())
    web.send("POST", f"{path}/params", json.dumps({"params": [{"key": "p", "value": "1"}]}).encode())
    tagged = web.send("GET", path).json["model"]
    untagged = web.send("DELETE", f"{path}/tags/a%2Fb")
    gone = web.send("DELETE", path)
    after = web.send("GET", path)

    assert ready.json["model"]["info"]["status"] == "LOGGED_MODEL_READY"
    assert tagged["info"]["tags"] == [{"key": "a/b", "value": "c"}]
    assert tagged["data"]["params"] == [{"key": "p", "value": "1"}]
    assert (untagged.status, gone.status) == (200, 200)
    assert (after.status, after.code) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_search_takes_conditions_and_pages(web: Web) -> None:
    own = web.post("experiments/create", name="pages of models").json["experiment_id"]
    for name in ("a", "b", "c"):
        send(web, "POST", "", experiment_id=own, name=name)

    first = send(web, "POST", "/search", experiment_ids=[own], max_results=2, order_by=[{"field_name": "name"}])
    token = first.json["next_page_token"]
    second = send(
        web,
        "POST",
        "/search",
        experiment_ids=[own],
        max_results=2,
        order_by=[{"field_name": "name"}],
        page_token=token,
    )

    assert [model["info"]["name"] for model in first.json["models"]] == ["a", "b"]
    assert [model["info"]["name"] for model in second.json["models"]] == ["c"]
    assert "next_page_token" not in second.json
    assert send(web, "POST", "/search", experiment_ids=["99"]).json == {}


@pytest.mark.parametrize(
    ("method", "path", "fields", "status"),
    [
        ("POST", "", {}, 400),
        ("POST", "", {"experiment_id": "99"}, 404),
        ("POST", "", {"experiment_id": "0", "name": "a/b"}, 400),
        ("PATCH", "/m-nobody", {"status": "LOGGED_MODEL_READY"}, 404),
        ("PATCH", "/m-nobody", {"status": "BOGUS"}, 400),
        ("PATCH", "/m-nobody", {}, 400),
        ("POST", "/search", {}, 400),
        ("POST", "/search", {"experiment_ids": ["0"], "filter": "bogus = 1"}, 400),
        ("POST", "/search", {"experiment_ids": ["0"], "page_token": "bogus"}, 400),
        ("POST", "/search", {"experiment_ids": ["0"], "order_by": [{"ascending": True}]}, 400),
        ("POST", "/search", {"experiment_ids": ["0"], "max_results": 50_001}, 400),
        ("GET", "/m-nobody/artifacts/directories", {}, 404),
        ("PUT", "/m-nobody", {}, 405),
    ],
)
def test_bad_call_is_refused_in_a_sentence(
    web: Web, method: str, path: str, fields: dict[str, Any], status: int
) -> None:
    answer = send(web, method, path, **fields)

    assert answer.status == status
    assert len(answer.json["message"]) > 10


def test_files_of_a_model_are_listed_and_sent(web: Web) -> None:
    model_id = new_model(web)["info"]["model_id"]
    web.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/models/{model_id}/artifacts/sub/MLmodel", b"flavors: {}")

    top = web.send("GET", f"{BASE}/{model_id}/artifacts/directories").json
    below = web.send("GET", f"{BASE}/{model_id}/artifacts/directories?artifact_directory_path=sub").json
    page = f"/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files"
    file = web.send("GET", f"{page}?artifact_file_path=sub/MLmodel")

    assert top["files"] == [{"path": "sub", "is_dir": True}]
    assert [each["path"] for each in below["files"]] == ["sub/MLmodel"]
    assert file.body == b"flavors: {}"
    assert "sandbox" in file.headers["content-security-policy"]
    assert web.send("GET", page).status == 400
    assert web.send("GET", f"{page}?artifact_file_path=../../x").status == 400


SKLEARN = (
    "artifact_path: a\nflavors:\n  python_function:\n    env:\n      conda: c\n  sklearn:\n    code: null\nrun_id: b\n"
)
PYFUNC = "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n"


@pytest.mark.parametrize(
    ("mlmodel", "status", "tags", "flavor"),
    [
        (SKLEARN, "LOGGED_MODEL_READY", {}, "sklearn"),
        (PYFUNC.replace("\n", "\r\n"), "LOGGED_MODEL_READY", {}, "pyfunc"),
        (f"{PYFUNC}  runstone:\n    format: 1\n", "LOGGED_MODEL_READY", {}, "pyfunc"),
        (SKLEARN, "LOGGED_MODEL_READY", {"runstone.flavor": "own"}, "own"),
        (SKLEARN, "LOGGED_MODEL_UPLOAD_FAILED", {}, None),
        ("flavors: {}\n", "LOGGED_MODEL_READY", {}, None),
        (None, "LOGGED_MODEL_READY", {}, None),
    ],
)
def test_flavor_is_read_off_the_files_of_a_client_that_does_not_tell_it(
    web: Web, mlmodel: str | None, status: str, tags: dict[str, str], flavor: str | None
) -> None:
    model_id = new_model(web, tags=[{"key": key, "value": value} for key, value in tags.items()])["info"]["model_id"]
    if mlmodel is not None:
        place = f"/api/2.0/mlflow-artifacts/artifacts/0/models/{model_id}/artifacts/MLmodel"
        web.send("PUT", place, mlmodel.encode())

    answer = send(web, "PATCH", f"/{model_id}", status=status)

    assert answer.json["model"]["info"]["status"] == status
    found = web.send("GET", f"{BASE}/{model_id}").json["model"]["info"].get("tags", [])
    assert {tag["key"]: tag["value"] for tag in found}.get("runstone.flavor") == flavor


def test_inputs_and_outputs_stand_in_runs_as_mlflow_has_them(web: Web) -> None:
    run = web.new_run()
    dataset = {"name": "d", "digest": "dd", "source_type": "local", "source": "{}", "schema": "{}", "profile": "{}"}
    tags = [{"key": "mlflow.data.context", "value": "train"}]

    web.post("runs/log-inputs", run_id=run, datasets=[{"tags": tags, "dataset": dataset}], models=[{"model_id": "m-1"}])
    web.post("runs/outputs", run_id=run, models=[{"model_id": "m-2", "step": 3}])

    inputs = {"dataset_inputs": [{"tags": tags, "dataset": dataset}], "model_inputs": [{"model_id": "m-1"}]}
    outputs = {"model_outputs": [{"model_id": "m-2", "step": 3}]}
    found = web.get("runs/get", f"run_id={run}").json["run"]
    searched = web.post("runs/search", experiment_ids=["0"]).json["runs"][0]
    for seen in (found, searched):
        assert (seen["inputs"], seen["outputs"]) == (inputs, outputs)
    for path in ("/ajax-api/2.0/mlflow/experiments/search-datasets", "/api/2.0mlflow/experiments/search-datasets"):
        summary = web.send("POST", path, b'{"experiment_ids": ["0"]}').json
        assert summary == {
            "dataset_summaries": [{"experiment_id": "0", "name": "d", "digest": "dd", "context": "train"}]
        }


@pytest.mark.parametrize("dataset", [None, {}, {"name": "d"}, {"name": "d", "digest": "x" * 37}])
def test_dataset_without_name_or_digest_is_refused(web: Web, dataset: dict[str, str] | None) -> None:
    run = web.new_run()

    answer = web.post("runs/log-inputs", run_id=run, datasets=[{} if dataset is None else {"dataset": dataset}])

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
