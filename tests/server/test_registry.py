"""The calls of the registry answer as MLflow's do: fields, names, status, codes."""

import json
from typing import Any

import pytest

from tests.server.web import Answer, Web

SOURCE = "s3://bucket/model"


def call(web: Web, method: str, path: str, **fields: Any) -> Answer:
    """Call an endpoint with a JSON body by any method."""
    return web.send(method, f"/api/2.0/mlflow/{path}", json.dumps(fields).encode())


@pytest.fixture
def name(web: Web, request: pytest.FixtureRequest) -> str:
    """A registered model with two versions."""
    made = request.node.name.translate(str.maketrans("/:", "__"))[:200]
    web.post("registered-models/create", name=made)
    for number in (1, 2):
        web.post("model-versions/create", name=made, source=f"s3://bucket/{number}")
    return str(made)


def test_registered_model_looks_as_mlflows(web: Web) -> None:
    answer = web.post("registered-models/create", name="looks", description="why", tags=[{"key": "a", "value": "b"}])

    found = answer.json["registered_model"]
    assert list(found) == ["name", "creation_timestamp", "last_updated_timestamp", "description", "tags"]
    assert found["creation_timestamp"] == found["last_updated_timestamp"]
    assert (found["name"], found["description"]) == ("looks", "why")
    assert found["tags"] == [{"key": "a", "value": "b"}]
    assert web.get("registered-models/get", "name=looks").json["registered_model"] == found


def test_model_without_anything_has_no_empty_fields(web: Web) -> None:
    answer = web.post("registered-models/create", name="bare")

    assert list(answer.json["registered_model"]) == ["name", "creation_timestamp", "last_updated_timestamp"]


def test_version_looks_as_mlflows(web: Web, name: str) -> None:
    answer = web.post("model-versions/create", name=name, source=SOURCE, run_id="abc", tags=[{"key": "a"}])

    found = answer.json["model_version"]
    assert found.pop("creation_timestamp") == found.pop("last_updated_timestamp")
    assert found == {
        "name": name,
        "version": "3",
        "current_stage": "None",
        "description": "",
        "source": SOURCE,
        "run_id": "abc",
        "status": "READY",
        "tags": [{"key": "a", "value": ""}],
        "run_link": "",
    }


def test_model_shows_its_latest_versions_and_aliases(web: Web, name: str) -> None:
    web.post("registered-models/alias", name=name, alias="champion", version="1")
    web.post("model-versions/transition-stage", name=name, version="1", stage="production")

    found = web.get("registered-models/get", f"name={name}").json["registered_model"]

    assert list(found) == ["name", "creation_timestamp", "last_updated_timestamp", "latest_versions", "aliases"]
    assert [(each["version"], each["current_stage"]) for each in found["latest_versions"]] == [
        ("1", "Production"),
        ("2", "None"),
    ]
    assert found["aliases"] == [{"alias": "champion", "version": "1"}]


def test_model_is_changed_renamed_and_deleted(web: Web, name: str) -> None:
    updated = call(web, "PATCH", "registered-models/update", name=name, description="new")
    renamed = web.post("registered-models/rename", name=name, new_name="renamed")
    deleted = call(web, "DELETE", "registered-models/delete", name="renamed")

    assert updated.json["registered_model"]["description"] == "new"
    assert renamed.json["registered_model"]["latest_versions"][0]["name"] == "renamed"
    assert (deleted.status, deleted.json) == (200, {})
    assert web.get("registered-models/get", "name=renamed").status == 404


@pytest.mark.parametrize(("own_run", "shown"), [({}, "r" * 32), ({"run_id": "q" * 32}, "q" * 32)])
def test_version_of_a_logged_model_comes_from_its_run(web: Web, name: str, own_run: dict[str, str], shown: str) -> None:
    fields = {"experiment_id": "0", "source_run_id": "r" * 32}
    model_id = web.post("logged-models", **fields).json["model"]["info"]["model_id"]

    answer = web.post("model-versions/create", name=name, source=SOURCE, model_id=model_id, **own_run)

    assert answer.json["model_version"]["run_id"] == shown


def test_version_is_changed_and_deleted(web: Web, name: str) -> None:
    updated = call(web, "PATCH", "model-versions/update", name=name, version="1", description="new")
    deleted = call(web, "DELETE", "model-versions/delete", name=name, version="1")

    assert updated.json["model_version"]["description"] == "new"
    assert (deleted.status, deleted.json) == (200, {})
    assert web.get("model-versions/get", f"name={name}&version=1").code == "RESOURCE_DOES_NOT_EXIST"


def test_tags_are_set_and_removed(web: Web, name: str) -> None:
    web.post("registered-models/set-tag", name=name, key="a", value="b")
    web.post("model-versions/set-tag", name=name, version="1", key="c", value="d")
    model = web.get("registered-models/get", f"name={name}").json["registered_model"]
    version = web.get("model-versions/get", f"name={name}&version=1").json["model_version"]

    gone = [
        call(web, "DELETE", "registered-models/delete-tag", name=name, key="a"),
        call(web, "DELETE", "registered-models/delete-tag", name=name, key="a"),
        call(web, "DELETE", "model-versions/delete-tag", name=name, version="1", key="c"),
    ]

    assert model["tags"] == [{"key": "a", "value": "b"}]
    assert version["tags"] == [{"key": "c", "value": "d"}]
    assert [(answer.status, answer.json) for answer in gone] == [(200, {})] * 3
    assert "tags" not in web.get("model-versions/get", f"name={name}&version=1").json["model_version"]


def test_one_path_sets_gets_and_removes_an_alias(web: Web, name: str) -> None:
    made = web.post("registered-models/alias", name=name, alias="champion", version="2")
    found = web.get("registered-models/alias", f"name={name}&alias=champion")
    gone = call(web, "DELETE", "registered-models/alias", name=name, alias="champion")
    missing = web.get("registered-models/alias", f"name={name}&alias=champion")

    assert (made.json, gone.json) == ({}, {})
    assert found.json["model_version"]["version"] == "2"
    assert found.json["model_version"]["aliases"] == ["champion"]
    assert (missing.status, missing.code) == (400, "INVALID_PARAMETER_VALUE")


def test_latest_versions_are_had_by_both_methods(web: Web, name: str) -> None:
    web.post(
        "model-versions/transition-stage", name=name, version="1", stage="Staging", archive_existing_versions=False
    )

    posted = web.post("registered-models/get-latest-versions", name=name, stages=["staging"])
    got = web.get("registered-models/get-latest-versions", f"name={name}&stages=Staging&stages=Production")

    assert [each["version"] for each in posted.json["model_versions"]] == ["1"]
    assert got.json == posted.json
    assert web.post("registered-models/get-latest-versions", name=name, stages=["Production"]).json == {}


def test_booleans_of_other_clients_are_read(web: Web, name: str) -> None:
    web.post("model-versions/transition-stage", name=name, version="1", stage="Staging")

    web.post(
        "model-versions/transition-stage", name=name, version="2", stage="Staging", archive_existing_versions="TRUE"
    )

    found = web.get("model-versions/get", f"name={name}&version=1").json["model_version"]
    assert found["current_stage"] == "Archived"


def test_searches_are_had_by_both_methods_page_by_page(web: Web, name: str) -> None:
    text = f"name = '{name}'"

    models = web.post("registered-models/search", filter=text, max_results=5)
    first = web.get("model-versions/search", f"filter=name%3D'{name}'&max_results=1&order_by=version_number%20ASC")
    token = first.json["next_page_token"]
    second = web.post(
        "model-versions/search", filter=text, max_results=1, order_by=["version_number"], page_token=token
    )

    assert [each["name"] for each in models.json["registered_models"]] == [name]
    assert [each["version"] for each in first.json["model_versions"]] == ["1"]
    assert [each["version"] for each in second.json["model_versions"]] == ["2"]
    assert "next_page_token" not in second.json
    assert web.get("registered-models/search", "filter=name%3D'nobody'").json == {}


@pytest.mark.parametrize("base", ["/api/2.0/preview/mlflow", "/ajax-api/2.0/mlflow", "/api/3.0/mlflow"])
def test_other_paths_of_clients_answer_the_same(web: Web, name: str, base: str) -> None:
    found = web.send("GET", f"{base}/registered-models/get?name={name}")

    assert found.json == web.get("registered-models/get", f"name={name}").json


@pytest.mark.parametrize(
    ("method", "path", "fields", "status", "code"),
    [
        ("POST", "registered-models/create", {}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "registered-models/create", {"name": ""}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "registered-models/create", {"name": 5}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "registered-models/create", {"name": "a/b"}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "registered-models/create", {"name": "NAME"}, 400, "RESOURCE_ALREADY_EXISTS"),
        ("POST", "registered-models/rename", {"name": "NAME"}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "registered-models/rename", {"name": "nobody", "new_name": "q"}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("PATCH", "registered-models/update", {"name": "nobody"}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("PATCH", "registered-models/update", {"name": ""}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "registered-models/update", {"name": "NAME"}, 405, "ENDPOINT_NOT_FOUND"),
        ("DELETE", "registered-models/delete", {"name": "nobody"}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("POST", "registered-models/set-tag", {"name": "NAME", "key": "a;b"}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "registered-models/set-tag", {"name": "NAME"}, 400, "INVALID_PARAMETER_VALUE"),
        ("DELETE", "registered-models/delete-tag", {"name": "NAME", "key": ""}, 400, "INVALID_PARAMETER_VALUE"),
        ("DELETE", "registered-models/alias", {"name": "NAME", "alias": "a;b"}, 400, "INVALID_PARAMETER_VALUE"),
        ("GET", "model-versions/get", {"name": "a/b", "version": "1"}, 400, "INVALID_PARAMETER_VALUE"),
        (
            "POST",
            "registered-models/alias",
            {"name": "NAME", "alias": "v1", "version": "1"},
            400,
            "INVALID_PARAMETER_VALUE",
        ),
        (
            "POST",
            "registered-models/alias",
            {"name": "NAME", "alias": "a", "version": "9"},
            404,
            "RESOURCE_DOES_NOT_EXIST",
        ),
        (
            "POST",
            "registered-models/get-latest-versions",
            {"name": "NAME", "stages": ["x"]},
            400,
            "INVALID_PARAMETER_VALUE",
        ),
        ("POST", "registered-models/search", {"max_results": 1001}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "model-versions/search", {"max_results": 200_001}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "model-versions/search", {"filter": "nobody = 1"}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "model-versions/create", {"name": "NAME"}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "model-versions/create", {"name": "nobody", "source": SOURCE}, 404, "RESOURCE_DOES_NOT_EXIST"),
        (
            "POST",
            "model-versions/create",
            {"name": "NAME", "source": SOURCE, "model_id": "m-1"},
            404,
            "RESOURCE_DOES_NOT_EXIST",
        ),
        (
            "POST",
            "model-versions/transition-stage",
            {"name": "NAME", "version": "1", "stage": "x"},
            400,
            "INVALID_PARAMETER_VALUE",
        ),
        ("DELETE", "model-versions/delete", {"name": "NAME", "version": "one"}, 400, "INVALID_PARAMETER_VALUE"),
        ("PATCH", "model-versions/update", {"name": "NAME", "version": 1}, 400, "INVALID_PARAMETER_VALUE"),
    ],
)
def test_bad_call_is_refused(
    web: Web, name: str, *, method: str, path: str, fields: dict[str, Any], status: int, code: str
) -> None:
    sent = {key: name if value == "NAME" else value for key, value in fields.items()}

    answer = call(web, method, path, **sent)

    assert (answer.status, answer.code) == (status, code)
    assert answer.json["message"]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "/etc/passwd",
        "relative/model",
        "file:///etc/passwd",
        "FILE:/etc",
        "mlflow-artifacts:/0/somebody/artifacts/model",
        "mlflow-artifacts:/OWN/../../other",
        "mlflow-artifacts:/%2e%2e/x",
        "s3://bucket/%252e%252e/x",
        "s3://bucket/../x",
        "http://127.0.0.1/x",
        "hdfs://host/x",
        "runs:/somebody/model",
        "models:/m-0123",
    ],
)
def test_source_that_is_not_the_runs_own_is_refused(web: Web, name: str, source: str) -> None:
    run = web.new_run()

    answers = [
        web.post("model-versions/create", name=name, source=source),
        web.post("model-versions/create", name=name, source=source, run_id=run),
    ]

    assert [(answer.status, answer.code) for answer in answers] == [(400, "INVALID_PARAMETER_VALUE")] * 2


def test_source_among_the_artifacts_of_its_run_is_taken(web: Web, name: str) -> None:
    run = web.new_run()

    made = [
        web.post("model-versions/create", name=name, source=source, run_id=run)
        for source in (f"mlflow-artifacts:/0/{run}/artifacts/model", f"runs:/{run}/model")
    ]
    near = web.post(
        "model-versions/create", name=name, source=f"mlflow-artifacts:/0/{run}/artifacts-of-another", run_id=run
    )

    assert [answer.status for answer in made] == [200, 200]
    assert near.status == 400


def test_download_uri_of_a_copy_is_where_the_files_are(web: Web, name: str) -> None:
    copy = web.post("model-versions/create", name=name, source=f"models:/{name}/1").json["model_version"]

    found = web.get("model-versions/get-download-uri", f"name={name}&version={copy['version']}")

    assert found.json == {"artifact_uri": "s3://bucket/1"}
