"""Registered models, their tags and aliases: the verbs, each inside a transaction that the caller opened."""

from collections.abc import Sequence

from sqlalchemy import Connection

from runstone.entities import ModelTag
from runstone.entities.names import (
    MAX_KEY,
    MAX_MODEL_DESCRIPTION,
    check_alias_text,
    check_key,
    check_length,
    check_model_name,
    check_time,
    model_name,
)
from runstone.errors import InvalidValue, RegisteredModelExists, RegisteredModelNotFound
from runstone.stores.sql.driver import LOCKED, driver_of
from runstone.stores.sql.experiments import now

_FIND = "SELECT id FROM registered_model WHERE name = ?"


def find(connection: Connection, name: str, *, lock: str = "") -> int:
    """Number of a registered model.

    Args:
        connection: In a transaction.
        name: The model.
        lock: ``LOCKED`` if it is to stay so.

    Raises:
        InvalidValue: The name is blank, or has a meaning in addresses.
        RegisteredModelNotFound: There is none of this name.
    """
    check_model_name(name)
    # Another name that no model can have is not there; only making one with it is an error.
    try:
        wanted = model_name(name)
    except InvalidValue:
        raise RegisteredModelNotFound(name) from None
    row = driver_of(connection).execute(f"{_FIND}{lock}", (wanted,)).fetchone()
    if row is None:
        raise RegisteredModelNotFound(name)
    return int(row[0])


def create(
    connection: Connection, name: str, *, tags: Sequence[ModelTag], description: str, created_at: int | None
) -> int:
    """Make a registered model; returns its number."""
    free = _free_name(connection, name)
    check_length("the description of a registered model", description, MAX_MODEL_DESCRIPTION)
    moment = now() if created_at is None else created_at
    check_time("the time at which a registered model was made", moment)
    row = driver_of(connection).execute(
        "INSERT INTO registered_model (name, description, created_at, updated_at, last_version) "
        "VALUES (?, ?, ?, ?, 0) RETURNING id",
        (free, description, moment, moment),
    )
    number = int(row.fetchone()[0])
    _put_tags(connection, number, tags)
    return number


def rename(connection: Connection, name: str, new_name: str) -> int:
    """Give another name to a model and its versions; returns its number."""
    number = find(connection, name, lock=LOCKED)
    free = _free_name(connection, new_name, but=number)
    changed = (free, now(), number)
    driver = driver_of(connection)
    driver.execute("UPDATE registered_model SET name = ?, updated_at = ? WHERE id = ?", changed)
    driver.execute("UPDATE model_version SET name = ?, updated_at = ? WHERE model_id = ?", changed)
    return number


def update(connection: Connection, name: str, *, description: str) -> int:
    """Replace the description; returns the model's number."""
    number = find(connection, name, lock=LOCKED)
    check_length("the description of a registered model", description, MAX_MODEL_DESCRIPTION)
    driver_of(connection).execute(
        "UPDATE registered_model SET description = ?, updated_at = ? WHERE id = ?", (description, now(), number)
    )
    return number


def delete(connection: Connection, name: str) -> None:
    """Remove a model with all that belongs to it."""
    driver_of(connection).execute("DELETE FROM registered_model WHERE id = ?", (find(connection, name, lock=LOCKED),))


def set_tag(connection: Connection, name: str, tag: ModelTag) -> None:
    """Set one tag."""
    _put_tags(connection, find(connection, name, lock=LOCKED), [tag])


def delete_tag(connection: Connection, name: str, key: str) -> None:
    """Remove one tag, if it is there."""
    check_key("tag", key[:MAX_KEY])  # a longer one is not there
    driver_of(connection).execute(
        "DELETE FROM registered_model_tag WHERE model_id = ? AND key = ?", (find(connection, name, lock=LOCKED), key)
    )


def delete_alias(connection: Connection, name: str, alias: str) -> None:
    """Remove an alias, if it is there."""
    check_alias_text(alias)
    driver_of(connection).execute(
        "DELETE FROM model_alias WHERE model_id = ? AND alias = ?", (find(connection, name, lock=LOCKED), alias)
    )


def _free_name(connection: Connection, name: str, *, but: int | None = None) -> str:
    wanted = model_name(name)
    row = driver_of(connection).execute(_FIND, (wanted,)).fetchone()
    if row is not None and row[0] != but:
        raise RegisteredModelExists(wanted)
    return wanted


def _put_tags(connection: Connection, number: int, tags: Sequence[ModelTag]) -> None:
    driver_of(connection).executemany(
        "INSERT INTO registered_model_tag (model_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value",
        [(number, tag.key, tag.value) for tag in tags],
    )
