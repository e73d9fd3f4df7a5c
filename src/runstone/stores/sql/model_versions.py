"""Versions of registered models: the verbs, each inside a transaction that the caller opened."""

import re
from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, select

from runstone.entities import ModelStage, ModelTag
from runstone.entities.names import (
    MAX_ID,
    MAX_KEY,
    MAX_MODEL_DESCRIPTION,
    MAX_MODEL_SOURCE,
    check_alias,
    check_key,
    check_length,
    check_time,
    shown,
)
from runstone.errors import InvalidValue, ModelAliasNotFound, ModelVersionNotFound, RegisteredModelNotFound
from runstone.stores.sql import logged_models, registered_models
from runstone.stores.sql.driver import LOCKED, driver_of
from runstone.stores.sql.experiments import now
from runstone.stores.sql.tables import model_version

_WHOLE_NUMBER = re.compile(r"-?[0-9]+")
_MOST_DIGITS = 19
_OTHER_VERSION = re.compile(r"models:/+(?P<name>[^/@]+)(?:/(?P<version>[^/@]+)|@(?P<alias>[^/@]+))")
# A logged model as a source; its files are found when they are asked for.
LOGGED_MODEL = re.compile(r"models:/+(m-[0-9a-f]{32})")
_STAGES = {stage.lower(): stage for stage in ModelStage}


def number_of(name: str, version: str) -> int:
    """A version as the tables have it.

    Raises:
        InvalidValue: It is no whole number.
        ModelVersionNotFound: It is one that no version can have.
    """
    if not _WHOLE_NUMBER.fullmatch(version):
        raise InvalidValue(f"the version of a model is a whole number; got {shown(version)}")
    if len(version.lstrip("-0")) >= _MOST_DIGITS:
        raise ModelVersionNotFound(name, version)
    return int(version)


def find(connection: Connection, name: str, version: str, *, lock: str = "") -> tuple[int, int]:
    """Numbers of a version and of its model.

    Args:
        connection: In a transaction.
        name: The model.
        version: The version.
        lock: ``LOCKED`` if the model and all its versions are to stay so.

    Raises:
        InvalidValue: The version is no whole number.
        ModelVersionNotFound: There is none.
    """
    wanted = number_of(name, version)
    try:
        model = registered_models.find(connection, name, lock=lock)
    except RegisteredModelNotFound:
        raise ModelVersionNotFound(name, version) from None
    row = (
        driver_of(connection)
        .execute("SELECT id FROM model_version WHERE model_id = ? AND version = ?", (model, wanted))
        .fetchone()
    )
    if row is None:
        raise ModelVersionNotFound(name, version)
    return int(row[0]), model


def set_alias(connection: Connection, name: str, alias: str, version: str) -> None:
    """Let an alias stand for a version."""
    check_alias(alias)
    version_id, model_id = find(connection, name, version, lock=LOCKED)
    driver_of(connection).execute(
        "INSERT INTO model_alias (model_id, alias, version_id) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, alias) DO UPDATE SET version_id = excluded.version_id",
        (model_id, alias, version_id),
    )


def by_alias(connection: Connection, name: str, alias: str) -> int:
    """Number of the version that an alias stands for.

    Raises:
        ModelAliasNotFound: The model has no such alias.
        RegisteredModelNotFound: There is no such model.
    """
    model = registered_models.find(connection, name)
    row = (
        driver_of(connection)
        .execute("SELECT version_id FROM model_alias WHERE model_id = ? AND alias = ?", (model, alias))
        .fetchone()
    )
    if row is None:
        raise ModelAliasNotFound(name, alias)
    return int(row[0])


def latest(connection: Connection, models: Sequence[int], stages: Sequence[ModelStage] = ()) -> list[int]:
    """Numbers of the highest version of each of these models in each of these stages, in all if none is named."""
    columns = model_version.c
    wanted = [stage.value for stage in stages or ModelStage]
    highest = (
        select(columns.model_id, func.max(columns.version).label("version"))
        .where(columns.model_id.in_(models), columns.stage.in_(wanted))
        .group_by(columns.model_id, columns.stage)
        .subquery()
    )
    is_it = and_(columns.model_id == highest.c.model_id, columns.version == highest.c.version)
    found = connection.execute(
        select(columns.id).select_from(model_version.join(highest, is_it)).order_by(columns.version)
    )
    return list(found.scalars())


def create(
    connection: Connection,
    name: str,
    source: str,
    *,
    run_id: str,
    tags: Sequence[ModelTag],
    run_link: str,
    description: str,
    model_id: str = "",
    created_at: int | None = None,
) -> int:
    """Add a version; returns its number in the table."""
    if not source:
        raise InvalidValue("the source of a version is the URI of its files; got ''")
    check_length("the source of a version", source, MAX_MODEL_SOURCE)
    check_length("the run of a version", run_id, MAX_ID)
    if model_id:
        logged_models.find(driver_of(connection), model_id)
    check_length("the run link of a version", run_link, MAX_MODEL_SOURCE)
    check_length("the description of a version", description, MAX_MODEL_DESCRIPTION)
    model = registered_models.find(connection, name, lock=LOCKED)
    source, location = _resolved(connection, source)
    if logged := LOGGED_MODEL.fullmatch(source):
        model_id = model_id or logged[1]
    run_id = run_id or _run_of(connection, model_id)
    changed = now()
    moment = changed if created_at is None else created_at
    check_time("the time at which a version was made", moment)
    driver = driver_of(connection)
    model_name, version = driver.execute(
        "UPDATE registered_model SET last_version = last_version + 1, updated_at = ? WHERE id = ? "
        "RETURNING name, last_version",
        (changed, model),
    ).fetchone()
    row = driver.execute(
        "INSERT INTO model_version "
        "(model_id, name, version, created_at, updated_at, stage, description, source, location, run_id, run_link, "
        "logged_model) VALUES (?, ?, ?, ?, ?, 'None', ?, ?, ?, ?, ?, ?) RETURNING id",
        (model, model_name, version, moment, moment, description, source, location, run_id, run_link, model_id or None),
    )
    number = int(row.fetchone()[0])
    _put_tags(connection, number, tags)
    return number


def _run_of(connection: Connection, model_id: str) -> str:
    """The run that made a logged model; empty where none is named."""
    if not model_id:
        return ""
    query = "SELECT source_run_id FROM logged_model WHERE uuid = ?"
    return str(driver_of(connection).execute(query, (model_id,)).fetchone()[0])


def _resolved(connection: Connection, source: str) -> tuple[str, str]:
    """The source as it is kept, and where the files are."""
    other = _OTHER_VERSION.fullmatch(source)
    if logged := LOGGED_MODEL.fullmatch(source):
        logged_models.find(driver_of(connection), logged[1])
        return source, source
    if other is None:
        if source.startswith("models:"):
            raise InvalidValue(
                f"the source {shown(source)} is no version of a registered model; wanted: 'models:/NAME/VERSION' or "
                "'models:/NAME@ALIAS'"
            )
        return source, source
    number = _other(connection, other["name"], other["version"], other["alias"])
    name, version, location = (
        driver_of(connection)
        .execute("SELECT name, version, location FROM model_version WHERE id = ?", (number,))
        .fetchone()
    )
    return f"models:/{name}/{version}", location


def _other(connection: Connection, name: str, version: str | None, alias: str | None) -> int:
    if version is None:
        assert alias is not None
        return by_alias(connection, name, alias)
    stage = _STAGES.get(version.lower())
    if stage is None and version.lower() != "latest":
        return find(connection, name, version)[0]
    model = registered_models.find(connection, name)
    found = latest(connection, [model], [] if stage is None else [stage])
    if not found:
        raise ModelVersionNotFound(name, version)
    return found[-1]


def location(connection: Connection, name: str, version: str) -> str:
    """URI of the files of a version."""
    number, _ = find(connection, name, version)
    row = driver_of(connection).execute("SELECT location FROM model_version WHERE id = ?", (number,)).fetchone()
    return str(row[0])


def update(connection: Connection, name: str, version: str, *, description: str) -> int:
    """Replace the description; returns the version's number in the table."""
    number, _ = find(connection, name, version, lock=LOCKED)
    check_length("the description of a version", description, MAX_MODEL_DESCRIPTION)
    driver_of(connection).execute(
        "UPDATE model_version SET description = ?, updated_at = ? WHERE id = ?", (description, now(), number)
    )
    return number


def move(connection: Connection, name: str, version: str, stage: ModelStage, *, archive_existing_versions: bool) -> int:
    """Move a version to a stage, others out of it; returns the version's number in the table."""
    if archive_existing_versions and not stage.is_active:
        raise InvalidValue(
            f"only versions in {ModelStage.STAGING} and {ModelStage.PRODUCTION} give way to another; "
            f"got archive_existing_versions with the stage {stage.value!r}: leave it out"
        )
    number, model = find(connection, name, version, lock=LOCKED)
    moment = now()
    driver = driver_of(connection)
    if archive_existing_versions:
        driver.execute(
            "UPDATE model_version SET stage = ?, updated_at = ? WHERE model_id = ? AND stage = ? AND id <> ?",
            (ModelStage.ARCHIVED.value, moment, model, stage.value, number),
        )
    driver.execute("UPDATE model_version SET stage = ?, updated_at = ? WHERE id = ?", (stage.value, moment, number))
    _changed(connection, model, moment)
    return number


def delete(connection: Connection, name: str, version: str) -> None:
    """Remove a version with its tags and aliases."""
    number, model = find(connection, name, version, lock=LOCKED)
    driver_of(connection).execute("DELETE FROM model_version WHERE id = ?", (number,))
    _changed(connection, model, now())


def set_tag(connection: Connection, name: str, version: str, tag: ModelTag) -> None:
    """Set one tag."""
    _put_tags(connection, find(connection, name, version, lock=LOCKED)[0], [tag])


def delete_tag(connection: Connection, name: str, version: str, key: str) -> None:
    """Remove one tag, if it is there."""
    check_key("tag", key[:MAX_KEY])  # a longer one is not there
    number, _ = find(connection, name, version, lock=LOCKED)
    driver_of(connection).execute("DELETE FROM model_version_tag WHERE version_id = ? AND key = ?", (number, key))


def _changed(connection: Connection, model: int, moment: int) -> None:
    driver_of(connection).execute("UPDATE registered_model SET updated_at = ? WHERE id = ?", (moment, model))


def _put_tags(connection: Connection, number: int, tags: Sequence[ModelTag]) -> None:
    driver_of(connection).executemany(
        "INSERT INTO model_version_tag (version_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (version_id, key) DO UPDATE SET value = excluded.value",
        [(number, tag.key, tag.value) for tag in tags],
    )
