"""Registered models and versions from birth to the end, by the genuine client."""

import json
import sys
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException  # type: ignore[import-not-found]  # as above

client = MlflowClient()
seen: dict[str, Any] = {}


def refused(call: Any, *arguments: Any, **named: Any) -> str:
    """The code of the error that a call ends with."""
    try:
        call(*arguments, **named)
    except MlflowException as error:
        return str(error.error_code)
    return ""


def version_of(version: Any) -> dict[str, Any]:
    """A version, as its users see it."""
    return {
        "name": version.name,
        "version": str(version.version),
        "stage": version.current_stage,
        "description": version.description,
        "source": version.source,
        "status": version.status,
        "tags": dict(version.tags),
        "aliases": sorted(version.aliases),
    }


made = client.create_registered_model("wheat", tags={"crop": "grain"}, description="first")
seen["made"] = [made.name, dict(made.tags), made.description, made.creation_timestamp > 0]

with mlflow.start_run() as run:
    mlflow.log_text(f"artifact_path: model\nflavors: {{}}\nrun_id: {run.info.run_id}\n", "model/MLmodel")
one = client.create_model_version(
    "wheat", f"{run.info.artifact_uri}/model", run.info.run_id, tags={"a": "b"}, description="one"
)
two = mlflow.register_model(f"runs:/{run.info.run_id}/model", "wheat")
three = client.create_model_version("wheat", "s3://bucket/wheat")
seen["one"] = version_of(one)
seen["two"] = [str(two.version), two.run_id == run.info.run_id, two.source]
seen["run"] = [run.info.run_id, run.info.artifact_uri]
seen["uri"] = client.get_model_version_download_uri("wheat", "3")

client.update_registered_model("wheat", "better")
client.set_registered_model_tag("wheat", "year", "2026")
client.delete_registered_model_tag("wheat", "crop")
client.update_model_version("wheat", "3", "three")
client.set_model_version_tag("wheat", "3", "c", "d")
client.set_model_version_tag("wheat", "3", "e", "f")
client.delete_model_version_tag("wheat", "3", "e")
client.set_registered_model_alias("wheat", "champion", "3")
client.set_registered_model_alias("wheat", "old", "1")
client.delete_registered_model_alias("wheat", "old")
client.transition_model_version_stage("wheat", "1", "Production")
client.transition_model_version_stage("wheat", "3", "Production", archive_existing_versions=True)
seen["three"] = version_of(client.get_model_version_by_alias("wheat", "champion"))
got = client.get_registered_model("wheat")
seen["got"] = [got.description, dict(got.tags), dict(got.aliases)]
seen["latest"] = sorted([str(each.version), each.current_stage] for each in got.latest_versions)
seen["production"] = [str(each.version) for each in client.get_latest_versions("wheat", ["Production"])]

client.create_registered_model("barley", tags={"crop": "grain"})
for number in range(3):
    client.create_model_version("barley", f"s3://bucket/barley/{number}")
seen["models"] = [each.name for each in client.search_registered_models(order_by=["name DESC"])]
seen["by_tag"] = [each.name for each in client.search_registered_models("tags.crop = 'grain'")]
seen["versions"] = [
    f"{each.name} {each.version}"
    for each in client.search_model_versions("name LIKE 'b%'", order_by=["version_number ASC"])
]
seen["of_run"] = sorted(str(each.version) for each in client.search_model_versions(f"run_id = '{run.info.run_id}'"))
pages = []
token = None
while True:
    page = client.search_model_versions("name = 'barley'", max_results=2, page_token=token)
    pages.append([str(each.version) for each in page])
    token = page.token
    if not token:
        break
seen["pages"] = pages

copy = client.copy_model_version("models:/wheat@champion", "copies")
seen["copy"] = [copy.name, str(copy.version), copy.source]
client.rename_registered_model("barley", "rye")
client.delete_model_version("rye", "3")
seen["next"] = str(client.create_model_version("rye", "s3://bucket/rye").version)
client.delete_registered_model("rye")

seen["refused"] = {
    "taken": refused(client.create_registered_model, "wheat"),
    "unknown": refused(client.get_registered_model, "rye"),
    "bad_name": refused(client.create_registered_model, "a/b"),
    "no_version": refused(client.get_model_version, "wheat", "9"),
    "no_alias": refused(client.get_model_version_by_alias, "wheat", "nobody"),
    "bad_stage": refused(client.transition_model_version_stage, "wheat", "1", "Bogus"),
    "bad_filter": refused(client.search_model_versions, "nobody = 'x'"),
    "local_source": refused(client.create_model_version, "wheat", "/etc"),
}

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
