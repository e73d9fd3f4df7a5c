"""What runs read and made: the verbs, each inside a transaction that the caller opened."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from runstone.entities import (
    Dataset,
    DatasetInput,
    DatasetSummary,
    InputTag,
    ModelInput,
    ModelOutput,
    RunInputs,
    RunOutputs,
)
from runstone.entities.dataset import CONTEXT
from runstone.entities.names import MAX_ID, check_length, shown
from runstone.errors import InvalidValue
from runstone.stores.lineage import MAX_SUMMARIES, MAX_SUMMARY_EXPERIMENTS
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.experiments import number_of
from runstone.stores.sql.tables import ACTIVE

_MANDATORY = ("run_id", "artifact_path", "utc_time_created", "flavors")
# Ids in one statement.
_CHUNK = 1000
_DATASETS = """
SELECT input.run_id, input.id, dataset.name, dataset.digest, dataset.source_type, dataset.source, dataset.schema,
    dataset.profile
FROM input JOIN dataset ON dataset.id = input.dataset_id WHERE input.run_id IN ({signs}) ORDER BY input.id
"""
_SUMMARIES = """
SELECT DISTINCT dataset.experiment_id, dataset.name, dataset.digest, coalesce(input_tag.value, '') AS context
FROM dataset
JOIN input ON input.dataset_id = dataset.id
JOIN run ON run.id = input.run_id
LEFT JOIN input_tag ON input_tag.input_id = input.id AND input_tag.key = ?
WHERE run.stage = ? AND dataset.experiment_id IN ({signs})
ORDER BY dataset.experiment_id, dataset.name, dataset.digest, context LIMIT ?
"""


def log_inputs(
    driver: Driver, run: int, experiment: int, datasets: Sequence[DatasetInput], models: Sequence[ModelInput]
) -> None:
    """Write down what a run read; what is there already stays as it is.

    Args:
        driver: In a transaction.
        run: Number of the run, which takes changes.
        experiment: Number of its experiment.
        datasets: Datasets that it read.
        models: Logged models that it read.
    """
    for given in datasets:
        dataset = _put_dataset(driver, experiment, given.dataset)
        row = driver.execute(
            "INSERT INTO input (run_id, dataset_id) VALUES (?, ?) ON CONFLICT (run_id, dataset_id) DO NOTHING "
            "RETURNING id",
            (run, dataset),
        ).fetchone()
        if row is not None:
            driver.executemany(
                "INSERT INTO input_tag (input_id, key, value) VALUES (?, ?, ?)",
                [(row[0], key, value) for key, value in {tag.key: tag.value for tag in given.tags}.items()],
            )
    _put_models(driver, run, [(model.model_id, 0) for model in models], is_output=False)


def log_outputs(driver: Driver, run: int, models: Sequence[ModelOutput]) -> None:
    """Write down which logged models a run made."""
    _put_models(driver, run, [(model.model_id, model.step) for model in models], is_output=True)


def with_record(history: str, record: str) -> str:
    """The tag ``mlflow.log-model.history`` with one more model.

    Args:
        history: What the tag holds; empty where there is none.
        record: JSON of an ``MLmodel``.

    Raises:
        InvalidValue: It is no JSON object, or lacks a field.
    """
    try:
        model = json.loads(record)
    except (ValueError, RecursionError):
        raise InvalidValue(f"'model_json' is the JSON of an MLmodel file; got {shown(record)}") from None
    missing = [name for name in _MANDATORY if not isinstance(model, dict) or name not in model]
    if missing:
        raise InvalidValue(f"'model_json' has the fields {', '.join(_MANDATORY)}; missing: {', '.join(missing)}")
    flavors = {name: _plain(flavor) for name, flavor in dict(model["flavors"]).items()}
    kept = {name: model[name] for name in ("run_id", "artifact_path", "utc_time_created")}
    try:
        former = json.loads(history or "[]")
    except ValueError:
        former = []
    return json.dumps([*former, {**kept, "model_uuid": model.get("model_uuid"), "flavors": flavors}])


def _plain(flavor: Any) -> Any:
    # As genuine servers do: what is only known to the machine that wrote it stays out.
    return {key: value for key, value in flavor.items() if key != "config"} if isinstance(flavor, dict) else flavor


def summaries(connection: Connection, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
    """Datasets that active runs of these experiments read; see ``LineageStore.search_datasets``."""
    if not 1 <= len(experiment_ids) <= MAX_SUMMARY_EXPERIMENTS:
        raise InvalidValue(
            f"datasets are searched for in 1 to {MAX_SUMMARY_EXPERIMENTS} experiments; got {len(experiment_ids)}"
        )
    numbers = [number_of(experiment_id) for experiment_id in experiment_ids]
    query = _SUMMARIES.format(signs=", ".join("?" * len(numbers)))
    rows = driver_of(connection).execute(query, (CONTEXT, ACTIVE, *numbers, MAX_SUMMARIES))
    return [DatasetSummary(str(number), name, digest, context) for number, name, digest, context in rows]


def load(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[RunInputs, RunOutputs]]:
    """What runs read and made, by number of the run; those that read and made nothing are left out."""
    driver = driver_of(connection)
    found: dict[int, tuple[RunInputs, RunOutputs]] = {}
    for first in range(0, len(numbers), _CHUNK):
        chunk = numbers[first : first + _CHUNK]
        datasets, read, made = _of_datasets(driver, chunk), *_of_models(driver, chunk)
        for number in {*datasets, *read, *made}:
            found[number] = RunInputs(datasets[number], read[number]), RunOutputs(made[number])
    return found


def _of_datasets(driver: Driver, numbers: Sequence[int]) -> defaultdict[int, list[DatasetInput]]:
    signs = ", ".join("?" * len(numbers))
    rows = driver.execute(_DATASETS.format(signs=signs), numbers).fetchall()
    tags: defaultdict[int, list[InputTag]] = defaultdict(list)
    inputs = [row[1] for row in rows]
    for first in range(0, len(inputs), _CHUNK):
        chunk = inputs[first : first + _CHUNK]
        signs = ", ".join("?" * len(chunk))
        query = f"SELECT input_id, key, value FROM input_tag WHERE input_id IN ({signs}) ORDER BY key"  # noqa: S608  # marks alone
        for owner, key, value in driver.execute(query, chunk):
            tags[owner].append(InputTag(key, value))
    found: defaultdict[int, list[DatasetInput]] = defaultdict(list)
    for number, id, *dataset in rows:
        found[number].append(DatasetInput(tags=tags[id], dataset=Dataset(*dataset)))
    return found


def _of_models(
    driver: Driver, numbers: Sequence[int]
) -> tuple[defaultdict[int, list[ModelInput]], defaultdict[int, list[ModelOutput]]]:
    signs = ", ".join("?" * len(numbers))
    query = f"SELECT run_id, is_output, model_id, step FROM run_model WHERE run_id IN ({signs}) ORDER BY place"  # noqa: S608  # marks alone
    read: defaultdict[int, list[ModelInput]] = defaultdict(list)
    made: defaultdict[int, list[ModelOutput]] = defaultdict(list)
    for number, is_output, model_id, step in driver.execute(query, numbers):
        if is_output:
            made[number].append(ModelOutput(model_id, step))
        else:
            read[number].append(ModelInput(model_id))
    return read, made


def _put_dataset(driver: Driver, experiment: int, dataset: Dataset) -> int:
    driver.execute(
        "INSERT INTO dataset (experiment_id, name, digest, source_type, source, schema, profile) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (experiment_id, name, digest) DO NOTHING",
        (
            experiment,
            dataset.name,
            dataset.digest,
            dataset.source_type,
            dataset.source,
            dataset.schema,
            dataset.profile,
        ),
    )
    query = "SELECT id FROM dataset WHERE experiment_id = ? AND name = ? AND digest = ?"
    return int(driver.execute(query, (experiment, dataset.name, dataset.digest)).fetchone()[0])


def _put_models(driver: Driver, run: int, models: Sequence[tuple[str, int]], *, is_output: bool) -> None:
    for model_id, _ in models:
        check_length("the id of a logged model", model_id, MAX_ID)
    query = "SELECT coalesce(max(place), 0) FROM run_model WHERE run_id = ?"
    last = int(driver.execute(query, (run,)).fetchone()[0]) if models else 0
    driver.executemany(
        "INSERT INTO run_model (run_id, is_output, model_id, step, place) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (run_id, is_output, model_id) DO NOTHING",
        [(run, is_output, model_id, step, place) for place, (model_id, step) in enumerate(models, last + 1)],
    )
