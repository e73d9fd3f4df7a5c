"""Asks the server for everything that was logged, and compares."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from runstone.client.client import Client
from runstone.client.model_folders import fetched
from runstone.demo.recording import LoggedRun
from runstone.entities import Metric
from runstone.entities.page import all_pages
from runstone.flavors import loading


def differences(client: Client, runs: Sequence[LoggedRun]) -> Iterator[str]:
    """What the server gives back otherwise than it was logged, a sentence each.

    Args:
        client: Handle on the server.
        runs: What was logged.
    """
    yield from _missing(client, runs)
    for run in runs:
        for problem in (*_values(client, run), *_histories(client, run), *_files(client, run), *_models(client, run)):
            yield f"run {run.name!r} ({run.run_id}): {problem}"


def _missing(client: Client, runs: Sequence[LoggedRun]) -> Iterator[str]:
    for experiment_id in sorted({run.experiment_id for run in runs}):
        logged = {run.run_id for run in runs if run.experiment_id == experiment_id}
        listed = _listed(client, experiment_id)
        if logged - listed:
            yield f"experiment {experiment_id}: {len(logged - listed)} of {len(logged)} runs are not listed"


def _listed(client: Client, experiment_id: str) -> set[str]:
    found = all_pages(
        lambda size, token: client.search_runs([experiment_id], max_results=size, page_token=token), at_once=1000
    )
    return {run.info.run_id for run in found}


def _values(client: Client, run: LoggedRun) -> Iterator[str]:
    kept = client.get_run(run.run_id)
    if kept.info.status is not run.status:
        yield f"its state is {kept.info.status.value}, and was {run.status.value}"
    if kept.data.params != run.params:
        names = sorted({key for key, _ in set(kept.data.params.items()) ^ set(run.params.items())})
        yield f"these params differ: {', '.join(names)}"
    if set(kept.data.metrics) != set(run.metrics):
        yield f"it has the metrics {sorted(kept.data.metrics)}, and was given {sorted(run.metrics)}"


def _histories(client: Client, run: LoggedRun) -> Iterator[str]:
    for key, logged in run.metrics.items():
        kept = client.get_metric_history(run.run_id, key)
        if sorted(map(_comparable, kept)) != sorted(map(_comparable, logged)):
            yield f"the metric {key!r} has {len(kept)} values, not the {len(logged)} that were logged"


def _comparable(metric: Metric) -> tuple[int, int, str]:
    return metric.timestamp, metric.step, "NaN" if isnan(metric.value) else float(metric.value).hex()


def _files(client: Client, run: LoggedRun) -> Iterator[str]:
    with TemporaryDirectory(prefix="runstone-demo-") as folder:
        if run.files:
            client.download_artifacts(run.run_id, "", folder)
        here = Path(folder)
        kept = {
            file.relative_to(here).as_posix(): sha256(file.read_bytes()).hexdigest()
            for file in here.rglob("*")
            if file.is_file()
        }
    for path in sorted(set(run.files) - set(kept)):
        yield f"the artifact {path!r} is missing"
    for path in sorted(set(run.files) & set(kept)):
        if kept[path] != run.files[path]:
            yield f"the artifact {path!r} came back with other bytes"


def _models(client: Client, run: LoggedRun) -> Iterator[str]:
    for model_id, (rows, predicted) in run.models.items():
        with TemporaryDirectory(prefix="runstone-demo-") as folder:
            found = fetched(client, f"models:/{model_id}", folder)
            loaded = loading.load(found.path, uri=f"models:/{model_id}", trust=found.own)
            if not np.array_equal(loaded.predict(rows), predicted):
                yield f"the logged model {model_id} predicts otherwise than when it was trained"
