"""Logged models: the verbs, each inside a transaction that the caller opened."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from math import isnan
from typing import Any

from sqlalchemy import Connection, select

from runstone.entities import (
    LoggedModel,
    LoggedModelData,
    LoggedModelInfo,
    LoggedModelMetric,
    LoggedModelStatus,
    ModelMetric,
    Param,
    Tag,
)
from runstone.entities.dataset import check_dataset
from runstone.entities.logged_model import (
    MAX_MODEL_TYPE,
    check_logged_model_id,
    check_logged_model_name,
    status_word,
)
from runstone.entities.names import check_length, check_time, shown
from runstone.errors import InvalidValue, LoggedModelExists, LoggedModelNotFound, NotFound
from runstone.stores.sql import run_names
from runstone.stores.sql.documents import ArtifactUriOf, load_artifact_uris
from runstone.stores.sql.driver import LOCKED, Driver, driver_of
from runstone.stores.sql.experiments import now
from runstone.stores.sql.locations import ArtifactRoot
from runstone.stores.sql.tables import logged_model, logged_model_metric, logged_model_param, logged_model_tag, run

# Ids in one statement; SQLite takes 32,766 bound values, other databases about as many.
_CHUNK = 5000
_INSERT = """
INSERT INTO logged_model (uuid, experiment_id, name, model_type, source_run_id, status, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, 'PENDING', ?, ?) RETURNING id
"""
_MADE = "SELECT id, deleted_at, experiment_id, name, model_type, source_run_id FROM logged_model WHERE uuid = ?"
_PARAMS = "SELECT key, value FROM logged_model_param WHERE model_id = ?"
_METRIC = """
INSERT INTO logged_model_metric
    (model_id, run_id, key, value, is_nan, step, timestamp, dataset_name, dataset_digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SAME_METRIC = """
SELECT 1 FROM logged_model_metric WHERE model_id = ? AND run_id = ? AND key = ? AND (value = ? OR is_nan = ?)
    AND step = ? AND timestamp = ? AND dataset_name = ? AND dataset_digest = ?
"""


def find(driver: Driver, model_id: str, *, lock: str = "") -> int:
    """Number of a logged model.

    Raises:
        LoggedModelNotFound: There is none with this id, or it was deleted.
    """
    query = "SELECT id FROM logged_model WHERE uuid = ? AND deleted_at IS NULL"
    row = driver.execute(query + lock, (model_id,)).fetchone()
    if row is None:
        raise LoggedModelNotFound(model_id)
    return int(row[0])


def made(
    connection: Connection,
    model_id: str,
    experiment_id: str,
    *,
    name: str,
    model_type: str,
    source_run_id: str,
    params: Sequence[Param],
) -> int:
    """Number of a logged model whose id was chosen elsewhere, if it was made already; else 0.

    Raises:
        InvalidValue: The id is not of the form.
        LoggedModelExists: It was made otherwise, or was deleted.
    """
    check_logged_model_id(model_id)
    driver = driver_of(connection)
    row = driver.execute(_MADE, (model_id,)).fetchone()
    if row is None:
        return 0
    number, deleted_at, *there = row
    if deleted_at is not None:
        raise LoggedModelExists(model_id, "was deleted")
    wanted = {"experiment": experiment_id, "name": name or there[1], "type": model_type, "run": source_run_id}
    for (what, asked), kept in zip(wanted.items(), there, strict=True):
        if asked != str(kept):
            raise LoggedModelExists(model_id, f"has the {what} {shown(str(kept))}, not {shown(asked)}")
    kept_params = dict(driver.execute(_PARAMS, (number,)).fetchall())
    for param in params:
        if kept_params.get(param.key) != param.value:
            raise LoggedModelExists(model_id, f"has not the param {shown(param.key)} with {shown(param.value)}")
    return int(number)


def create(
    connection: Connection,
    experiment: int,
    *,
    name: str,
    model_type: str,
    source_run_id: str,
    params: Sequence[Param],
    tags: Sequence[Tag],
    model_id: str | None,
    created_at: int | None,
) -> int:
    """Make a logged model in an experiment that is in use; returns its number."""
    check_logged_model_name(name)
    check_length("the type of a logged model", model_type, MAX_MODEL_TYPE)
    check_length("the run of a logged model", source_run_id, MAX_MODEL_TYPE)
    driver = driver_of(connection)
    moment = now() if created_at is None else created_at
    check_time("the time at which a logged model was made", moment)
    model_id = model_id or f"m-{uuid.uuid4().hex}"
    row = driver.execute(
        _INSERT, (model_id, experiment, name or run_names.choose(), model_type, source_run_id, moment, moment)
    ).fetchone()
    number = int(row[0])
    _put_params(driver, model_id, number, params)
    _put_tags(driver, number, tags)
    return number


def artifact_uri(connection: Connection, model_id: str, root: ArtifactRoot) -> str:
    """URI below which the files of a logged model are.

    Raises:
        LoggedModelNotFound: There is none with this id, or it was deleted.
    """
    driver = driver_of(connection)
    query = "SELECT experiment_id FROM logged_model WHERE id = ?"
    experiment = driver.execute(query, (find(driver, model_id),)).fetchone()[0]
    return _uri(root.of(connection, experiment), model_id)


def _uri(place: str, model_id: str) -> str:
    """The same, below the place of its experiment."""
    return f"{place}/models/{model_id}/artifacts"


def finalize(connection: Connection, model_id: str, status: LoggedModelStatus) -> int:
    """Say how far a logged model has come; returns its number."""
    driver = driver_of(connection)
    number = find(driver, model_id, lock=LOCKED)
    driver.execute("UPDATE logged_model SET status = ?, updated_at = ? WHERE id = ?", (status.value, now(), number))
    return number


def delete(connection: Connection, model_id: str) -> None:
    """Delete a logged model; one that is deleted already stays so."""
    driver = driver_of(connection)
    if driver.execute("SELECT id FROM logged_model WHERE uuid = ?", (model_id,)).fetchone() is None:
        raise LoggedModelNotFound(model_id)
    driver.execute("UPDATE logged_model SET deleted_at = ? WHERE uuid = ? AND deleted_at IS NULL", (now(), model_id))


def set_tags(connection: Connection, model_id: str, tags: Sequence[Tag]) -> None:
    """Set tags; each replaces its former value."""
    driver = driver_of(connection)
    _put_tags(driver, find(driver, model_id), tags)


def delete_tag(connection: Connection, model_id: str, key: str) -> None:
    """Remove one tag."""
    driver = driver_of(connection)
    number = find(driver, model_id)
    if not driver.execute("DELETE FROM logged_model_tag WHERE model_id = ? AND key = ?", (number, key)).rowcount:
        raise NotFound(f"the logged model {model_id!r} has no tag {shown(key)}")


def log_params(connection: Connection, model_id: str, params: Sequence[Param]) -> None:
    """Write params once."""
    driver = driver_of(connection)
    _put_params(driver, model_id, find(driver, model_id, lock=LOCKED), params)


def append_metrics(driver: Driver, run: int, metrics: Sequence[ModelMetric]) -> None:
    """Write metrics of a run that belong to logged models; what is there already is kept once.

    Raises:
        InvalidValue: One names half a dataset, or one that cannot be.
        LoggedModelNotFound: One names a model that is not there.
    """
    for metric in metrics:
        if bool(metric.dataset_name) != bool(metric.dataset_digest):
            raise InvalidValue(
                f"the dataset of the metric {metric.key!r} has a name and a digest; "
                f"got {shown(metric.dataset_name)} and {shown(metric.dataset_digest)}: give both or none"
            )
        check_dataset(metric.dataset_name, metric.dataset_digest)
    of_models = [metric for metric in metrics if metric.model_id]
    numbers = {model_id: find(driver, model_id) for model_id in sorted({metric.model_id for metric in of_models})}
    new: dict[tuple[Any, ...], None] = {}
    for metric in of_models:
        number, is_nan = numbers[metric.model_id], isnan(metric.value)
        value = None if is_nan else metric.value
        place = (metric.step, metric.timestamp, metric.dataset_name, metric.dataset_digest)
        # No value is of two kinds: where it is NaN, the first test fails, and where it is not, no row is NaN and true.
        found = driver.execute(_SAME_METRIC, (number, run, metric.key, value, is_nan or None, *place)).fetchone()
        if found is None:
            new[number, run, metric.key, value, is_nan, *place] = None
    driver.executemany(_METRIC, list(new))


def load(connection: Connection, numbers: Sequence[int], artifact_uri_of: ArtifactUriOf) -> list[LoggedModel]:
    """Logged models with params, tags and metrics.

    Args:
        connection: In a transaction, so that all statements see the same.
        numbers: Numbers of models that are there.
        artifact_uri_of: Gives the URI below which an experiment keeps its artifacts.

    Returns:
        The models in the order of ``numbers``.
    """
    found: list[LoggedModel] = []
    for first in range(0, len(numbers), _CHUNK):
        found += _load(connection, numbers[first : first + _CHUNK], artifact_uri_of)
    return found


def _load(connection: Connection, numbers: Sequence[int], artifact_uri_of: ArtifactUriOf) -> list[LoggedModel]:
    rows = {row.id: row for row in connection.execute(select(logged_model).where(logged_model.c.id.in_(numbers)))}
    params: defaultdict[int, list[Param]] = defaultdict(list)
    query = select(logged_model_param).where(logged_model_param.c.model_id.in_(numbers))
    for number, key, value in connection.execute(query.order_by(logged_model_param.c.key)):
        params[number].append(Param(key, value))
    tags: defaultdict[int, list[Tag]] = defaultdict(list)
    query = select(logged_model_tag).where(logged_model_tag.c.model_id.in_(numbers))
    for number, key, value in connection.execute(query.order_by(logged_model_tag.c.key)):
        tags[number].append(Tag(key, value))
    metrics: defaultdict[int, list[LoggedModelMetric]] = defaultdict(list)
    metric = logged_model_metric.c
    logged = select(logged_model_metric, run.c.uuid).join(run, run.c.id == metric.run_id)
    for row in connection.execute(logged.where(metric.model_id.in_(numbers)).order_by(metric.id)):
        metrics[row.model_id].append(
            LoggedModelMetric(
                row.key,
                float("nan") if row.is_nan else row.value,
                row.timestamp,
                row.step,
                row.dataset_name,
                row.dataset_digest,
                rows[row.model_id].uuid,
                row.uuid,
            )
        )
    places = load_artifact_uris(connection, {row.experiment_id for row in rows.values()}, artifact_uri_of)
    return [
        LoggedModel(
            LoggedModelInfo(
                model_id=rows[number].uuid,
                experiment_id=str(rows[number].experiment_id),
                name=rows[number].name,
                creation_timestamp_ms=rows[number].created_at,
                last_updated_timestamp_ms=rows[number].updated_at,
                artifact_uri=_uri(places[rows[number].experiment_id], rows[number].uuid),
                status_word=status_word(LoggedModelStatus(rows[number].status)),
                model_type=rows[number].model_type,
                source_run_id=rows[number].source_run_id,
                tag_list=tags[number],
            ),
            LoggedModelData(params[number], metrics[number]),
        )
        for number in numbers
    ]


def _put_params(driver: Driver, model_id: str, number: int, params: Sequence[Param]) -> None:
    for param in params:
        driver.execute(
            "INSERT INTO logged_model_param (model_id, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (model_id, key) DO NOTHING",
            (number, param.key, param.value),
        )
        query = "SELECT value FROM logged_model_param WHERE model_id = ? AND key = ?"
        kept = driver.execute(query, (number, param.key)).fetchone()[0]
        if kept != param.value:
            raise InvalidValue(
                f"the param {shown(param.key)} of the logged model {model_id!r} is {shown(kept)} and cannot become "
                f"{shown(param.value)}: params are written once"
            )


def _put_tags(driver: Driver, number: int, tags: Sequence[Tag]) -> None:
    driver.executemany(
        "INSERT INTO logged_model_tag (model_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value",
        [(number, key, value) for key, value in {tag.key: tag.value for tag in tags}.items()],
    )
