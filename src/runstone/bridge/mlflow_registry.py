"""Registered models of an MLflow database."""

import re
from collections.abc import Iterator
from typing import Any

from runstone.bridge.mlflow_connection import MlflowConnection
from runstone.entities import ModelAlias, ModelTag, ModelVersion, RegisteredModel
from runstone.entities.states import model_stage
from runstone.errors import InvalidValue

# What MLflow leaves of a version that was deleted.
_GONE = "Deleted_Internal"
_LOGGED_MODEL = re.compile(r"models:/+(m-[0-9a-f]{32})")


def registered_models(database: MlflowConnection) -> Iterator[RegisteredModel]:
    """All registered models, by name. The name of one outside the workspace ``default`` has its workspace behind it."""
    space = database.column("registered_models", "workspace", "'default'")
    for name, made, changed, description, where in database.rows(
        f"SELECT name, creation_time, last_updated_time, description, {space} FROM registered_models ORDER BY 1, 5"
    ):
        tags = _of_model(database, "registered_model_tags", "key, value", name, where)
        yield RegisteredModel(
            name=name if where == "default" else f"{name} ({where})",
            creation_timestamp=made or 0,
            last_updated_timestamp=changed or 0,
            description=description or "",
            tag_list=list(database.things(_tag, tags, f"registered model {name!r}")),
            alias_list=[ModelAlias(alias, version) for alias, version in _aliases(database, name, where)],
        )


def versions_of(database: MlflowConnection, shown_name: str) -> Iterator[ModelVersion]:
    """Versions of a registered model, by number, but for deleted ones; none of a model that is not there."""
    name, where = _told(database, shown_name)
    aliases = _aliases(database, name, where)
    tags: dict[int, list[ModelTag]] = {}
    for *tag, version in _of_model(database, "model_version_tags", "key, value, version", name, where):
        tags.setdefault(version, []).extend(database.things(_tag, [tag], f"version {version} of {shown_name!r}"))
    stored = database.column("model_versions", "storage_location", "NULL")
    columns = (
        "version, current_stage, creation_time, last_updated_time, description, user_id, "
        f"{stored}, source, run_id, run_link, status_message"
    )
    for version, stage, *facts in _of_model(database, "model_versions", columns, name, where):
        if stage == _GONE:
            continue
        try:
            known = model_stage(stage or "None")
        except InvalidValue as error:
            database.tell(f"the version {version} of {shown_name!r} was left out: {error.message}")
            continue
        made, changed, description, user, place, source, run_id, link, message = facts
        logged = _LOGGED_MODEL.fullmatch(source or "")
        yield ModelVersion(
            name=shown_name,
            version=str(version),
            creation_timestamp=made or 0,
            last_updated_timestamp=changed or made or 0,
            current_stage=known,
            description=description or "",
            source=place or source or "",
            run_id=run_id or "",
            tag_list=sorted(tags.get(version, []), key=lambda tag: tag.key),
            run_link=link or "",
            aliases=[alias for alias, of in aliases if of == str(version)],
            user_id=user or "",
            status_message=message or "",
            model_id=logged[1] if logged else "",
        )


def _tag(key: str, value: str | None) -> ModelTag:
    return ModelTag(key, value or "")


def _told(database: MlflowConnection, shown_name: str) -> tuple[str, str]:
    """Name and workspace of a registered model, from the name that it was told by."""
    if database.column("registered_models", "workspace", ""):
        for name, where in database.rows("SELECT name, workspace FROM registered_models WHERE workspace <> 'default'"):
            if shown_name == f"{name} ({where})":
                return name, where
    return shown_name, "default"


def _aliases(database: MlflowConnection, name: str, where: str) -> list[tuple[str, str]]:
    if not database.has("registered_model_aliases"):
        return []
    found = _of_model(database, "registered_model_aliases", "alias, version", name, where)
    return [(str(alias), str(version)) for alias, version in found]


def _of_model(database: MlflowConnection, table: str, columns: str, name: str, where: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a table that belong to a registered model, in the order of their first column."""
    space = database.column(table, "workspace", "'default'")
    return database.rows(f"SELECT {columns} FROM {table} WHERE name = ? AND {space} = ? ORDER BY 1", (name, where))
