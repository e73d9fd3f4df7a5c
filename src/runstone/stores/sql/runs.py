"""Runs: the verbs, each inside a transaction that the caller opened."""

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import Connection

from runstone.entities import LifecycleStage, Param, Run, RunData, RunInfo, RunStatus, Tag
from runstone.entities.names import MAX_RUN_NAME, check_length, check_time, shown
from runstone.entities.states import run_status
from runstone.entities.tag import END, RUN_NAME
from runstone.errors import InvalidState, InvalidValue, NotFound, ParamChanged, RunDeleted, RunExists, RunNotFound
from runstone.stores.sql import experiments, run_documents, run_names
from runstone.stores.sql.documents import run_artifact_uri, run_info
from runstone.stores.sql.driver import LOCKED, SHARED, Driver, driver_of
from runstone.stores.sql.keys import Keys, find
from runstone.stores.sql.tables import ACTIVE, DELETED

_SHOWN = 80
_CHOSEN_ID = re.compile("[0-9a-f]{32}")
_FIND = "SELECT id, experiment_id, stage FROM run WHERE uuid = ?"
_ROW = "SELECT id, uuid, experiment_id, name, user_id, status, start_time, end_time, stage FROM run WHERE id = ?"
_INSERT = """
INSERT INTO run (uuid, experiment_id, name, user_id, status, start_time, stage) VALUES (?, ?, ?, ?, 'RUNNING', ?, 0)
RETURNING id
"""

# What was said of a run that fell silent, when its process tells of it again.
LOST = "lost:"
_NOT_LOST = "DELETE FROM tag WHERE run_id = ? AND key_id = (SELECT id FROM key WHERE name = ?) AND value LIKE ?"


def row_of(driver: Driver, run_id: str, *, lock: str = "") -> tuple[int, int, int]:
    """Number, experiment's number and stage of a run.

    Args:
        driver: In a transaction.
        run_id: The run.
        lock: ``LOCKED`` if it is to stay so.

    Raises:
        RunNotFound: There is none with this id.
    """
    row = driver.execute(f"{_FIND}{lock}", (run_id,)).fetchone()
    if row is None:
        raise RunNotFound(run_id)
    return row  # type: ignore[no-any-return]  # the columns are declared as integers


def active(driver: Driver, run_id: str) -> tuple[int, int]:
    """Number and experiment's number of a run that takes changes.

    Raises:
        RunDeleted: It is in the trash.
        RunNotFound: There is none with this id.
    """
    number, experiment, stage = row_of(driver, run_id, lock=LOCKED)
    if stage != ACTIVE:
        raise RunDeleted(run_id)
    return number, experiment


def made(driver: Driver, run_id: str, experiment_id: str) -> int:
    """Number of a run whose id was chosen elsewhere, if it was made already; else 0.

    Raises:
        InvalidValue: The id is not of the form.
        RunExists: It was made in another experiment.
    """
    if not _CHOSEN_ID.fullmatch(run_id):
        raise InvalidValue(f"the id of a run is 32 hexadecimal digits in lower case; got {shown(run_id)}")
    row = driver.execute(_FIND, (run_id,)).fetchone()
    if row is None:
        return 0
    if str(row[1]) != experiment_id:
        raise RunExists(run_id, str(row[1]))
    return int(row[0])


def create(
    connection: Connection,
    keys: Keys,
    place: tuple[int, str],
    *,
    user_id: str,
    start_time: int | None,
    run_name: str,
    tags: Sequence[Tag],
    run_id: str | None,
) -> Run:
    """Make a run.

    Args:
        connection: In a transaction.
        keys: Ids of names.
        place: Number of the experiment, which is active, and where it keeps its artifacts.
        user_id: Who started it.
        start_time: Milliseconds since the Unix epoch, UTC; now if ``None``.
        run_name: Its name, unless a tag says it or one is to be chosen.
        tags: Its first tags.
        run_id: Its id; chosen here if ``None``.
    """
    experiment, location = place
    kept = {tag.key: tag.value for tag in tags}
    name = kept[RUN_NAME] = _name(run_name, kept.get(RUN_NAME, ""))
    moment = experiments.now() if start_time is None else start_time
    check_time("the start time of a run", moment)
    check_length("the user of a run", user_id, MAX_RUN_NAME)
    run_id = run_id or uuid.uuid4().hex
    driver = driver_of(connection)
    number = driver.execute(_INSERT, (run_id, experiment, name, user_id, moment)).fetchone()[0]
    _write_tags(driver, keys, number, kept)
    run_documents.keep(driver, number, run_documents.of_tags(kept))
    made = RunInfo(
        run_id=run_id,
        run_uuid=run_id,
        run_name=name,
        experiment_id=str(experiment),
        user_id=user_id,
        status=RunStatus.RUNNING,
        start_time=moment,
        artifact_uri=run_artifact_uri(location, run_id),
        lifecycle_stage=LifecycleStage.ACTIVE,
    )
    return Run(info=made, data=RunData(tag_list=[Tag(key, kept[key]) for key in sorted(kept)]))


def _name(given: str, tagged: str) -> str:
    check_length("the name of a run", given, MAX_RUN_NAME)
    check_length("the name of a run", tagged, MAX_RUN_NAME)
    if given and tagged and given != tagged:
        raise InvalidValue(
            f"the run is named {shown(given)}, but its tag {RUN_NAME!r} says {shown(tagged)}; give one of them"
        )
    return given or tagged or run_names.choose()


def update(
    connection: Connection,
    keys: Keys,
    run_id: str,
    *,
    status: RunStatus | None,
    end_time: int | None,
    run_name: str | None,
) -> tuple[int, int]:
    """Change state, end time or name; returns the numbers of the run and of its experiment."""
    driver = driver_of(connection)
    number, experiment = active(driver, run_id)
    if status is not None:
        driver.execute("UPDATE run SET status = ? WHERE id = ?", (run_status(status).value, number))
        # Whoever goes on with it may be a client that gives no signs of life; one that does gives another soon.
        driver.execute("DELETE FROM pulse WHERE run_id = ?", (number,))
        if status != RunStatus.FAILED:  # whoever ends a lost run as failed says why
            driver.execute(_NOT_LOST, (number, END, f"{LOST}%"))
    if end_time is not None:
        check_time("the end time of a run", end_time)
        driver.execute("UPDATE run SET end_time = ? WHERE id = ?", (end_time, number))
    if run_name:
        put_tags(driver, keys, number, {RUN_NAME: run_name})
    run_documents.renew(driver, number)
    return number, experiment


def move(connection: Connection, run_id: str, *, to: int) -> None:
    """Move a run to the trash or out of it. What is there already stays.

    Raises:
        InvalidState: It is to come out of the trash, where its experiment still is.
        RunNotFound: There is none with this id.
    """
    driver = driver_of(connection)
    _, experiment, _ = row_of(driver, run_id)
    # Before the run, as whoever deletes the experiment does.
    _, home = experiments.find(connection, str(experiment), lock=SHARED)
    number, _, stage = row_of(driver, run_id, lock=LOCKED)
    if stage != to:
        if to == ACTIVE and home != ACTIVE:
            raise InvalidState(
                f"the run {shown(run_id)} cannot be restored while its experiment {str(experiment)!r} is deleted; "
                "restore the experiment first"
            )
        moment = experiments.now() if to == DELETED else None
        driver.execute("UPDATE run SET stage = ?, deleted_at = ? WHERE id = ?", (to, moment, number))


def put_params(driver: Driver, keys: Keys, run_id: str, number: int, params: Sequence[Param]) -> None:
    """Write params once.

    Raises:
        ParamChanged: One holds another value already, or comes twice with two values.
    """
    wanted: dict[str, str] = {}
    for param in params:
        first = wanted.setdefault(param.key, param.value)
        if first != param.value:
            raise _changed(run_id, param.key, first, param.value)
    ids = keys.ids(driver, wanted)
    new = driver.executemany(
        "INSERT INTO param (run_id, key_id, value) VALUES (?, ?, ?) ON CONFLICT (run_id, key_id) DO NOTHING",
        [(number, ids[name], value) for name, value in wanted.items()],
    )
    if new.rowcount == len(wanted):
        return
    for name, value in wanted.items():
        old = driver.execute("SELECT value FROM param WHERE run_id = ? AND key_id = ?", (number, ids[name])).fetchone()[
            0
        ]
        if old != value:
            raise _changed(run_id, name, old, value)


def _changed(run_id: str, key: str, old: str, new: str) -> ParamChanged:
    return ParamChanged(run_id, key, old=_cut(old), new=_cut(new))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def put_tags(driver: Driver, keys: Keys, number: int, tags: dict[str, str]) -> dict[str, str]:
    """Set tags; the tag ``mlflow.runName`` names the run as well, and changes nothing if it is empty.

    Returns:
        Those that were set.

    Raises:
        InvalidValue: That name is longer than a run's may be.
    """
    check_length("the name of a run", tags.get(RUN_NAME, ""), MAX_RUN_NAME)
    tags = {key: value for key, value in tags.items() if value or key != RUN_NAME}
    _write_tags(driver, keys, number, tags)
    if RUN_NAME in tags:
        driver.execute("UPDATE run SET name = ? WHERE id = ?", (tags[RUN_NAME], number))
    return tags


def _write_tags(driver: Driver, keys: Keys, number: int, tags: dict[str, str]) -> None:
    ids = keys.ids(driver, tags)
    driver.executemany(
        "INSERT INTO tag (run_id, key_id, value) VALUES (?, ?, ?) "
        "ON CONFLICT (run_id, key_id) DO UPDATE SET value = excluded.value",
        [(number, ids[name], value) for name, value in tags.items()],
    )


def delete_tag(connection: Connection, run_id: str, key: str) -> None:
    """Remove one tag of an active run."""
    driver = driver_of(connection)
    number, _ = active(driver, run_id)
    key_id = find(driver, key)
    if not driver.execute("DELETE FROM tag WHERE run_id = ? AND key_id = ?", (number, key_id)).rowcount:
        raise NotFound(f"the run {run_id!r} has no tag {shown(key)}")
    run_documents.renew(driver, number)


def info(connection: Connection, number: int, location: str) -> RunInfo:
    """What is known about a run that exists.

    Args:
        connection: In a transaction.
        number: Number of the run.
        location: Where its experiment keeps its artifacts.
    """
    row = driver_of(connection).execute(_ROW, (number,)).fetchone()
    return run_info(row, location)
