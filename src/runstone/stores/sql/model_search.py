"""Registered models and versions from their rows: those of given numbers, and those that a search finds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Column, Connection, Row, Table, select, true

from runstone.entities import ModelAlias, ModelStage, ModelTag, ModelVersion, Page, RegisteredModel
from runstone.search import MODEL_VERSIONS, REGISTERED_MODELS, Filter, Order
from runstone.search.ast import All, AnyOf, Comparison, Field, Kind, Missing, Not, Operator
from runstone.stores.registry import MAX_MODELS_PAGE, MAX_VERSIONS_PAGE
from runstone.stores.sql.model_versions import latest
from runstone.stores.sql.scopes import TaggedScope
from runstone.stores.sql.search import read
from runstone.stores.sql.selection import page
from runstone.stores.sql.tables import (
    model_alias,
    model_version,
    model_version_tag,
    registered_model,
    registered_model_tag,
)

# Ids in one statement; SQLite takes 32,766 bound values, other databases about as many.
_CHUNK = 5000
_NAME = Order(Field(Kind.ATTRIBUTE, "name"))
_MODEL_TIES = [_NAME]
_VERSION_TIES = [_NAME, Order(Field(Kind.ATTRIBUTE, "version_number"), is_descending=True)]
_PROMPT_MARK = Field(Kind.TAG, "mlflow.prompt.is_prompt")
_NEWEST = Order(Field(Kind.ATTRIBUTE, "last_updated_timestamp"), is_descending=True)


def search_models(
    connection: Connection, *, filter_string: str, max_results: int, order_by: Sequence[str], page_token: str
) -> Page[RegisteredModel]:
    """Registered models that match; see ``RegistryStore.search_registered_models``."""
    request = read(
        REGISTERED_MODELS,
        ["registered models"],
        filter_string=filter_string,
        order_by=order_by,
        max_results=max_results,
        page_token=page_token,
        most=MAX_MODELS_PAGE,
    )
    scope = TaggedScope(connection, request.now, registered_model)
    request = replace(request, tree=_with_unmarked(request.tree))
    ids, token = page(scope, request, registered_model, true(), _MODEL_TIES)
    return Page(load_models(connection, ids), token)


def search_versions(
    connection: Connection, *, filter_string: str, max_results: int, order_by: Sequence[str], page_token: str
) -> Page[ModelVersion]:
    """Versions that match; see ``RegistryStore.search_model_versions``."""
    request = read(
        MODEL_VERSIONS,
        ["model versions"],
        filter_string=filter_string,
        order_by=order_by,
        max_results=max_results,
        page_token=page_token,
        most=MAX_VERSIONS_PAGE,
    )
    ties = _VERSION_TIES if request.orders else [_NEWEST, *_VERSION_TIES]
    scope = TaggedScope(connection, request.now, model_version)
    request = replace(request, tree=_with_unmarked(request.tree))
    ids, token = page(scope, request, model_version, true(), ties)
    return Page(load_versions(connection, ids), token)


def _with_unmarked(tree: Filter) -> Filter:
    """The filter, in which what has no mark of a prompt is no prompt.

    Clients of MLflow 3 add ``tag.`mlflow.prompt.is_prompt` != 'true'`` to every search for models. For all other tags
    a thing that lacks the tag does not match.
    """
    match tree:
        case Not():
            return Not(_with_unmarked(tree.term))
        case All():
            return All(tuple(map(_with_unmarked, tree.terms)))
        case AnyOf():
            return AnyOf(tuple(map(_with_unmarked, tree.terms)))
        case Comparison() if tree.field == _PROMPT_MARK and tree.operator is Operator.NOT_EQUAL:
            return AnyOf((Missing(_PROMPT_MARK), tree))
        case _:
            return tree


def load_models(connection: Connection, ids: Sequence[int]) -> list[RegisteredModel]:
    """Registered models with their latest versions, tags and aliases.

    Args:
        connection: In a transaction, so that all statements see the same.
        ids: Ids as in the column ``registered_model.id``, which are there.

    Returns:
        The models in the order of ``ids``.
    """
    rows = {row.id: row for row in _rows(connection, registered_model, registered_model.c.id, ids)}
    tags = _tags(connection, registered_model_tag, registered_model_tag.c.model_id, ids)
    newest: defaultdict[str, list[ModelVersion]] = defaultdict(list)
    for chunk in _chunks(ids):
        for version in load_versions(connection, latest(connection, chunk)):
            newest[version.name].append(version)
    aliases = _aliases(connection, ids)
    return [
        RegisteredModel(
            name=rows[number].name,
            creation_timestamp=rows[number].created_at,
            last_updated_timestamp=rows[number].updated_at,
            description=rows[number].description,
            latest_versions=newest[rows[number].name],
            tag_list=tags[number],
            alias_list=aliases[number],
        )
        for number in ids
    ]


def load_versions(connection: Connection, ids: Sequence[int]) -> list[ModelVersion]:
    """Versions with their tags and aliases.

    Args:
        connection: In a transaction, so that all statements see the same.
        ids: Ids as in the column ``model_version.id``, which are there.

    Returns:
        The versions in the order of ``ids``.
    """
    rows = {row.id: row for row in _rows(connection, model_version, model_version.c.id, ids)}
    tags = _tags(connection, model_version_tag, model_version_tag.c.version_id, ids)
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for row in _rows(connection, model_alias, model_alias.c.version_id, ids):
        aliases[row.version_id].append(row.alias)
    return [_version(rows[number], tags[number], sorted(aliases[number])) for number in ids]


def _version(row: Row[Any], tags: list[ModelTag], aliases: list[str]) -> ModelVersion:
    return ModelVersion(
        name=row.name,
        version=str(row.version),
        creation_timestamp=row.created_at,
        last_updated_timestamp=row.updated_at,
        current_stage=ModelStage(row.stage),
        description=row.description,
        source=row.source,
        run_id=row.run_id,
        tag_list=tags,
        run_link=row.run_link,
        model_id=row.logged_model or "",
        aliases=aliases,
    )


def _aliases(connection: Connection, models: Sequence[int]) -> defaultdict[int, list[ModelAlias]]:
    """The aliases of each model, sorted by name."""
    found: defaultdict[int, list[ModelAlias]] = defaultdict(list)
    named = model_alias.join(model_version, model_version.c.id == model_alias.c.version_id)
    for chunk in _chunks(models):
        query = select(model_alias.c.model_id, model_alias.c.alias, model_version.c.version).select_from(named)
        query = query.where(model_alias.c.model_id.in_(chunk)).order_by(model_alias.c.alias)
        for model, alias, version in connection.execute(query):
            found[model].append(ModelAlias(alias, str(version)))
    return found


def _tags(
    connection: Connection, table: Table, owner: Column[int], ids: Sequence[int]
) -> defaultdict[int, list[ModelTag]]:
    """The tags of each model or version, sorted by key."""
    found: defaultdict[int, list[ModelTag]] = defaultdict(list)
    for number, key, value in sorted(tuple(row) for row in _rows(connection, table, owner, ids)):
        found[number].append(ModelTag(key, value))
    return found


def _rows(connection: Connection, table: Table, column: Column[int], ids: Sequence[int]) -> Iterator[Row[Any]]:
    for chunk in _chunks(ids):
        yield from connection.execute(select(table).where(column.in_(chunk)))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
