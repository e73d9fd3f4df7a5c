"""Experiments: the verbs, each inside a transaction that the caller opened."""

import time
from collections.abc import Sequence

from sqlalchemy import Connection

from runstone.entities import Tag
from runstone.entities.names import MAX_EXPERIMENT_NAME, canonical_name, check_time, shown
from runstone.errors import (
    ExperimentDeleted,
    ExperimentExists,
    ExperimentNotFound,
    InvalidState,
    InvalidValue,
    NotFound,
)
from runstone.stores.sql.driver import LOCKED, driver_of
from runstone.stores.sql.locations import given_location
from runstone.stores.sql.tables import ACTIVE, DELETED

_MOST_DIGITS = 19
_STAGE = "SELECT stage FROM experiment WHERE id = ?"


def now() -> int:
    """Milliseconds since the Unix epoch, UTC."""
    return time.time_ns() // 1_000_000


def number_of(experiment_id: str) -> int:
    """The id of an experiment as the tables have it.

    Raises:
        InvalidValue: It is no whole number, which MLflow tells apart from one that is not there.
        ExperimentNotFound: It is one that no experiment can have.
    """
    digits = str(experiment_id).removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidValue(f"the id of an experiment is a whole number; got {shown(experiment_id)}")
    if len(digits.lstrip("0")) >= _MOST_DIGITS:
        raise ExperimentNotFound(experiment_id)
    return int(experiment_id)


def find(connection: Connection, experiment_id: str, *, lock: str = "") -> tuple[int, int]:
    """Number and stage of an experiment.

    Args:
        connection: In a transaction.
        experiment_id: The experiment.
        lock: ``LOCKED`` or ``SHARED`` if it is to stay so.

    Raises:
        ExperimentNotFound: There is none with this id.
        InvalidValue: The id is no number.
    """
    number = number_of(experiment_id)
    row = driver_of(connection).execute(f"{_STAGE}{lock}", (number,)).fetchone()
    if row is None:
        raise ExperimentNotFound(experiment_id)
    return number, int(row[0])


def active(connection: Connection, experiment_id: str, *, lock: str = LOCKED) -> int:
    """Number of an experiment that takes changes.

    Args:
        connection: In a transaction that may write.
        experiment_id: The experiment.
        lock: ``SHARED`` if others may change what hangs on it at the same time.

    Raises:
        ExperimentDeleted: It is in the trash.
        ExperimentNotFound: There is none with this id.
        InvalidValue: The id is no number.
    """
    number, stage = find(connection, experiment_id, lock=lock)
    if stage != ACTIVE:
        raise ExperimentDeleted(experiment_id)
    return number


def by_name(connection: Connection, name: str) -> int | None:
    """Number of the active experiment of this name, else of the one that was deleted last, else ``None``."""
    # A name that no experiment can have is not there; only making one with it is an error.
    try:
        wanted = canonical_name("the name of an experiment", name, MAX_EXPERIMENT_NAME)
    except InvalidValue:
        return None
    row = (
        driver_of(connection)
        .execute(
            "SELECT id FROM experiment WHERE name = ? ORDER BY stage, deleted_at DESC, id DESC LIMIT 1",
            (wanted,),
        )
        .fetchone()
    )
    return None if row is None else int(row[0])


def create(
    connection: Connection, name: str, *, artifact_location: str | None, tags: Sequence[Tag], created_at: int | None
) -> int:
    """Make an experiment; returns its number."""
    name = _free_name(connection, name)
    moment = now() if created_at is None else created_at
    check_time("the time at which an experiment was made", moment)
    driver = driver_of(connection)
    row = driver.execute(
        "INSERT INTO experiment (name, artifact_location, stage, created_at, updated_at) VALUES (?, ?, ?, ?, ?) "
        "RETURNING id",
        (name, given_location(artifact_location), ACTIVE, moment, moment),
    ).fetchone()
    number = int(row[0])
    _put_tags(connection, number, tags)
    return number


def rename(connection: Connection, experiment_id: str, name: str) -> None:
    """Give another name."""
    number, stage = find(connection, experiment_id, lock=LOCKED)
    if stage != ACTIVE:
        raise InvalidState(f"the experiment {experiment_id!r} is deleted and cannot be renamed; restore it first")
    free = _free_name(connection, name, but=number)
    driver_of(connection).execute("UPDATE experiment SET name = ?, updated_at = ? WHERE id = ?", (free, now(), number))


def delete(connection: Connection, experiment_id: str) -> None:
    """Move an active experiment and its active runs to the trash."""
    number, stage = find(connection, experiment_id, lock=LOCKED)
    if stage != ACTIVE:
        raise ExperimentNotFound(experiment_id)
    driver = driver_of(connection)
    # Runs that went with the experiment are known by its time; no run that went alone may have the same.
    last = driver.execute(
        "SELECT max(deleted_at) FROM run WHERE experiment_id = ? AND stage = ?", (number, DELETED)
    ).fetchone()[0]
    moment = max(now(), (last or 0) + 1)
    driver.execute(
        "UPDATE experiment SET stage = ?, deleted_at = ?, updated_at = ? WHERE id = ?",
        (DELETED, moment, moment, number),
    )
    driver.execute(
        "UPDATE run SET stage = ?, deleted_at = ? WHERE experiment_id = ? AND stage = ?",
        (DELETED, moment, number, ACTIVE),
    )


def restore(connection: Connection, experiment_id: str) -> None:
    """Take an experiment out of the trash, with the runs that went there with it."""
    number, stage = find(connection, experiment_id, lock=LOCKED)
    if stage != DELETED:
        raise ExperimentNotFound(experiment_id)
    driver = driver_of(connection)
    name, moment = driver.execute("SELECT name, deleted_at FROM experiment WHERE id = ?", (number,)).fetchone()
    try:
        _free_name(connection, name)
    except ExperimentExists:
        raise ExperimentExists(name, advice="rename that one, then restore this one") from None
    driver.execute(
        "UPDATE run SET stage = ?, deleted_at = NULL WHERE experiment_id = ? AND stage = ? AND deleted_at = ?",
        (ACTIVE, number, DELETED, moment),
    )
    driver.execute(
        "UPDATE experiment SET stage = ?, deleted_at = NULL, updated_at = ? WHERE id = ?", (ACTIVE, now(), number)
    )


def set_tag(connection: Connection, experiment_id: str, tag: Tag) -> None:
    """Set one tag of an active experiment."""
    number = active(connection, experiment_id)
    _put_tags(connection, number, [tag])
    _changed(connection, number)


def delete_tag(connection: Connection, experiment_id: str, key: str) -> None:
    """Remove one tag of an active experiment."""
    number = active(connection, experiment_id)
    gone = driver_of(connection).execute(
        "DELETE FROM experiment_tag WHERE experiment_id = ? AND key = ?", (number, key)
    )
    if not gone.rowcount:
        raise NotFound(f"the experiment {experiment_id!r} has no tag {shown(key)}")
    _changed(connection, number)


def _changed(connection: Connection, number: int) -> None:
    driver_of(connection).execute("UPDATE experiment SET updated_at = ? WHERE id = ?", (now(), number))


def _free_name(connection: Connection, name: str, *, but: int | None = None) -> str:
    wanted = canonical_name("the name of an experiment", name, MAX_EXPERIMENT_NAME)
    row = (
        driver_of(connection)
        .execute("SELECT id FROM experiment WHERE name = ? AND stage = ?", (wanted, ACTIVE))
        .fetchone()
    )
    if row is not None and row[0] != but:
        raise ExperimentExists(wanted)
    return wanted


def _put_tags(connection: Connection, number: int, tags: Sequence[Tag]) -> None:
    driver_of(connection).executemany(
        "INSERT INTO experiment_tag (experiment_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
        [(number, tag.key, tag.value) for tag in tags],
    )
