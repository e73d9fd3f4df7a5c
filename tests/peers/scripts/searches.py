"""Searches of runs, as tables and page by page, and long histories, by the genuine package."""

import json
import sys
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType  # type: ignore[import-not-found]  # as above
from mlflow.exceptions import MlflowException  # type: ignore[import-not-found]  # as above

RUNS = 23
POINTS = 30_000
client = MlflowClient()
seen: dict[str, Any] = {}


def refused(call: Any, *arguments: Any, **named: Any) -> list[str]:
    """The code of the error that a call ends with, and what it says."""
    try:
        call(*arguments, **named)
    except MlflowException as error:
        return [error.error_code, str(error)]
    return ["", ""]


experiment_id = mlflow.create_experiment("searched")
other_id = mlflow.create_experiment("searched too")
for number in range(RUNS):
    run = client.create_run(experiment_id, start_time=1000 + number, run_name=f"run-{number:02}")
    client.log_batch(
        run.info.run_id,
        metrics=[Metric("loss", (number * 7) % RUNS / 10, 1, 0)] if number % 5 else [],
        params=[Param("lr", f"0.{number % 3}"), Param("with space", str(number))],
        tags=[RunTag("team", "red" if number % 2 else "blue")],
    )
    client.set_terminated(run.info.run_id, "FINISHED" if number % 4 else "FAILED")
client.create_run(other_id, run_name="elsewhere", tags={"team": "red"})


def names(filter_string: str = "", **named: Any) -> list[str]:
    """Names of the runs that a search for a table finds, in its order; or its error."""
    named.setdefault("experiment_ids", [experiment_id])
    try:
        table = mlflow.search_runs(filter_string=filter_string, **named)
    except MlflowException as error:
        return [error.error_code, str(error)]
    return list(table["tags.mlflow.runName"]) if len(table) else []


table = mlflow.search_runs([experiment_id], order_by=["attributes.start_time ASC"])
seen["table"] = {
    "rows": len(table),
    "columns": sorted(column for column in table.columns if not column.startswith("tags.mlflow")),
    "loss": [None if value != value else value for value in table["metrics.loss"]],
    "lr": list(table["params.lr"]),
    "status": list(table["status"]),
    "start_type": str(table["start_time"].dtype),
    "start": [str(moment) for moment in table["start_time"][:2]],
}
seen["newest_first"] = names(max_results=3)
seen["metric"] = names("metrics.loss > 1.5", order_by=["metrics.loss DESC"])
seen["metric_order"] = names(order_by=["metrics.loss ASC"])
seen["param"] = names("params.lr = '0.1' and metrics.loss < 1", order_by=["start_time ASC"])
seen["quoted"] = names("params.\"with space\" = '7'")
seen["backticks"] = names("params.`with space` = '8'")
seen["tag"] = names("tags.team = 'red' AND attributes.status = 'FAILED'", order_by=["attributes.run_name"])
seen["like"] = names("attributes.run_name LIKE 'run-1%'", order_by=["attributes.run_name DESC"])
seen["ilike"] = names("tags.mlflow.runName ILIKE 'RUN-0_'", order_by=["start_time"])
seen["run_ids"] = len(names(f"attributes.run_id IN ('{run.info.run_id}', '{'0' * 32}')"))
seen["in"] = names("attributes.run_name IN ('run-03', 'run-04', 'nothing')", order_by=["start_time"])
seen["not_in"] = names("attributes.run_name NOT IN ('run-03', 'run-04')", max_results=2)
seen["times"] = names("attributes.start_time >= 1020", order_by=["start_time"])
seen["two_experiments"] = names("tags.team = 'red'", experiment_ids=[experiment_id, other_id])
seen["all_experiments"] = names("attributes.run_name = 'elsewhere'", experiment_ids=None, search_all_experiments=True)
seen["by_name"] = len(mlflow.search_runs(experiment_names=["searched too"]))
as_list = mlflow.search_runs([experiment_id], output_format="list", max_results=2, order_by=["start_time ASC"])
seen["as_list"] = [run.info.run_name for run in as_list]

first = client.search_runs([experiment_id], "attributes.run_name = 'run-00'")[0]
client.delete_run(first.info.run_id)
seen["active"] = names(run_view_type=ViewType.ACTIVE_ONLY).count("run-00")
seen["trash"] = names(run_view_type=ViewType.DELETED_ONLY)
seen["all"] = names(run_view_type=ViewType.ALL).count("run-00")
client.restore_run(first.info.run_id)

pages = []
token = None
while True:
    page = client.search_runs(
        [experiment_id], order_by=["metrics.loss DESC", "start_time ASC"], max_results=10, page_token=token
    )
    pages.append([run.info.run_name for run in page])
    token = page.token
    if not token:
        break
seen["pages"] = pages

run_id = client.create_run(other_id, run_name="long").info.run_id
for start in range(0, POINTS, 1000):
    client.log_batch(run_id, metrics=[Metric("long", i * 0.5, 10_000 + i, i) for i in range(start, start + 1000)])
history = client.get_metric_history(run_id, "long")
seen["long_run"] = run_id
seen["history"] = {
    "points": len(history),
    "ordered": all(point.step == i and point.value == i * 0.5 for i, point in enumerate(history)),
}

seen["bad_filter"] = refused(client.search_runs, [experiment_id], "metrics.loss >> 1")
seen["bad_entity"] = refused(client.search_runs, [experiment_id], "colour.red = 'x'")
seen["bad_order"] = refused(client.search_runs, [experiment_id], order_by=["metrics.loss SIDEWAYS"])
seen["bad_page"] = refused(client.search_runs, [experiment_id], page_token="not a token")
seen["too_many"] = refused(client.search_runs, [experiment_id], max_results=50_001)

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
