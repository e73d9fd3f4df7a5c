"""Experiments from birth to the trash and back, by the genuine client."""

import json
import sys
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
from mlflow import MlflowClient
from mlflow.entities import ViewType  # type: ignore[import-not-found]  # as above
from mlflow.exceptions import MlflowException  # type: ignore[import-not-found]  # as above

client = MlflowClient()
seen: dict[str, Any] = {}


def refused(call: Any, *arguments: Any, **named: Any) -> list[str]:
    """The code of the error that a call ends with, and what it says."""
    try:
        call(*arguments, **named)
    except MlflowException as error:
        return [error.error_code, str(error)]
    return ["", ""]


def found(filter_string: str, **named: Any) -> list[str]:
    """Names of the experiments that a search finds."""
    return [each.name for each in mlflow.search_experiments(filter_string=filter_string, **named)]


first = mlflow.create_experiment("wheat", tags={"crop": "grain", "year": "2024"})
second = client.create_experiment("barley", artifact_location="mlflow-artifacts:/barley", tags={"crop": "grain"})
unicode = mlflow.set_experiment("Größe · 麦")
again = mlflow.set_experiment("Größe · 麦")
seen["ids"] = [first, second, unicode.experiment_id]
seen["again"] = again.experiment_id
seen["unicode"] = mlflow.get_experiment_by_name("Größe · 麦").experiment_id
seen["nobody"] = mlflow.get_experiment_by_name("nobody") is None

got = mlflow.get_experiment(first)
seen["got"] = {
    "name": got.name,
    "tags": got.tags,
    "stage": got.lifecycle_stage,
    "location": got.artifact_location,
    "times": got.creation_time > 0 and got.last_update_time >= got.creation_time,
}
seen["location"] = client.get_experiment(second).artifact_location

seen["by_tag"] = found("tags.crop = 'grain'", order_by=["name ASC"])
seen["by_name"] = found("name LIKE 'w%'")
seen["by_both"] = found("tags.crop = 'grain' AND name != 'wheat'")
seen["by_case"] = found("name ILIKE 'WHE%'")
seen["newest_first"] = found("", order_by=["experiment_id DESC"])[:3]
names = []
token = None
while True:
    page = client.search_experiments(max_results=2, order_by=["experiment_id ASC"], page_token=token)
    names.append([each.name for each in page])
    token = page.token
    if not token:
        break
seen["pages"] = names

client.rename_experiment(first, "spelt")
client.set_experiment_tag(first, "year", "2025")
client.delete_experiment_tag(first, "crop")
renamed = client.get_experiment(first)
seen["renamed"] = {"name": renamed.name, "tags": renamed.tags}

with mlflow.start_run(experiment_id=first) as run:
    mlflow.log_metric("yield", 7.5)
client.delete_experiment(first)
seen["deleted"] = client.get_experiment(first).lifecycle_stage
seen["active_names"] = found("name = 'spelt'")
seen["deleted_names"] = found("name = 'spelt'", view_type=ViewType.DELETED_ONLY)
seen["all_names"] = found("name = 'spelt'", view_type=ViewType.ALL)
seen["run_of_deleted"] = client.get_run(run.info.run_id).info.lifecycle_stage
seen["into_deleted"] = refused(client.create_run, first)
client.restore_experiment(first)
seen["restored"] = client.get_experiment(first).lifecycle_stage
seen["run_of_restored"] = client.get_run(run.info.run_id).info.lifecycle_stage

seen["taken"] = refused(mlflow.create_experiment, "barley")
seen["unknown"] = refused(mlflow.get_experiment, "987654321")
seen["no_digits"] = refused(mlflow.get_experiment, "wheat")
seen["bad_filter"] = refused(mlflow.search_experiments, filter_string="name ~ 'x'")
seen["bad_page"] = refused(client.search_experiments, page_token="not a token")
seen["too_many"] = refused(client.search_experiments, max_results=50_001)
seen["long_name"] = refused(mlflow.create_experiment, "x" * 501)

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
