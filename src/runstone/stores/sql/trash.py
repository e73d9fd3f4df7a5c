"""Removing for good what is in the trash of an SQL database."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain

from sqlalchemy import Connection

from runstone.entities.names import shown
from runstone.entities.trash import Emptied
from runstone.errors import InvalidState, InvalidValue, RunNotFound
from runstone.stores.sql import experiments, runs
from runstone.stores.sql.driver import LOCKED, Driver, driver_of
from runstone.stores.sql.locations import ArtifactRoot
from runstone.stores.sql.session import Session
from runstone.stores.sql.tables import DELETED
from runstone.stores.trash import Leftover

# Runs or logged models that one transaction removes: bounds the wait of those who write meanwhile.
_BATCH = 50


class SqlTrash:
    """The trash of a database; does what ``TrashStore`` and ``Leftovers`` say."""

    _session: Session
    _root: ArtifactRoot

    def empty_trash(
        self,
        *,
        older_than_s: float = 0,
        experiment_ids: Sequence[str] | None = None,
        run_ids: Sequence[str] | None = None,
        dry_run: bool = False,
    ) -> Emptied:
        """Remove for good what is in the trash. The files of the runs become leftovers."""
        for what, ids in (("experiments", experiment_ids), ("runs", run_ids)):
            if ids is not None and not ids:
                # As a script passes it that found none: that must not empty all of the trash.
                raise InvalidValue(f"the list of {what} names none; leave it out if all of the trash is to go")
        before = experiments.now() - int(older_than_s * 1000)
        numbers, wanted = self._session.read(
            lambda connection: _chosen(connection, before, experiment_ids or (), run_ids or ())
        )
        is_all = not experiment_ids and not run_ids
        models = self._session.read(partial(_deleted_models, before)) if is_all else []
        numbers, wanted, models, kept = self._session.read(partial(_without_used, numbers, wanted, models))
        if not dry_run:
            wanted = self._remove(_remove_runs, wanted)
            numbers = [number for number in numbers if self._session.write(partial(_remove_experiment, number))]
            models = self._remove(_remove_models, models)
        return Emptied(
            experiment_ids=[str(number) for number in numbers], run_ids=wanted, logged_model_ids=models, kept=kept
        )

    def leftovers(self, *, after: int = 0, most: int = 100) -> list[Leftover]:
        """Files that are still to be removed, by number."""

        def query(connection: Connection) -> list[Leftover]:
            rows = driver_of(connection).execute(
                "SELECT id, place FROM leftover WHERE id > ? ORDER BY id LIMIT ?", (after, most)
            )
            root = self._root.find(connection).rstrip("/")
            return [Leftover(number, place if _is_whole(place) else f"{root}/{place}") for number, place in rows]

        return self._session.read(query)

    def forget_leftover(self, number: int) -> None:
        """Say that the files are removed."""
        self._session.write(
            lambda connection: driver_of(connection).execute("DELETE FROM leftover WHERE id = ?", (number,)).rowcount
        )

    def _remove(self, some: Callable[[Sequence[str], Connection], list[str]], ids: Sequence[str]) -> list[str]:
        """Remove things, some in each transaction; returns the ids of those that were removed."""
        batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
        return [gone for batch in batches for gone in self._session.write(partial(some, batch))]


def _remove_runs(run_ids: Sequence[str], connection: Connection) -> list[str]:
    """Remove runs that are still in the trash, and write down where their files are; returns their ids."""
    driver = driver_of(connection)
    used = _used(connection, run_ids)
    gone = []
    for run_id in run_ids:
        with suppress(RunNotFound):
            number, experiment, stage = runs.row_of(driver, run_id, lock=LOCKED)
            if stage == DELETED and run_id not in used:
                _remove_run(driver, run_id, number, experiment)
                gone.append(run_id)
    return gone


def _remove_run(driver: Driver, run_id: str, number: int, experiment: int) -> None:
    location = driver.execute("SELECT artifact_location FROM experiment WHERE id = ?", (experiment,)).fetchone()[0]
    # Relative to the root of the artifacts where it can be, so that both may be moved.
    place = f"{(location or str(experiment)).rstrip('/')}/{run_id}"
    driver.execute("INSERT INTO leftover (place) VALUES (?)", (place,))
    driver.execute("DELETE FROM run WHERE id = ?", (number,))


def _is_whole(place: str) -> bool:
    """Whether a place stands for itself: one below the root begins with the number of an experiment."""
    return not place.partition("/")[0].isdecimal()


def _remove_experiment(number: int, connection: Connection) -> bool:
    """Remove an experiment that is still in the trash and has no runs any more; returns whether it was."""
    driver = driver_of(connection)
    models = _models_of(driver, number)
    if _used(connection, models):
        return False
    gone = driver.execute(
        "DELETE FROM experiment WHERE id = ? AND stage = ? "
        "AND NOT EXISTS (SELECT 1 FROM run WHERE run.experiment_id = experiment.id) RETURNING artifact_location",
        (number, DELETED),
    ).fetchone()
    if gone is None:
        return False
    # A place that somebody chose may hold other things than this experiment's.
    places = [str(number)] if gone[0] is None else [_place_of_model(number, gone[0], model_id) for model_id in models]
    driver.executemany("INSERT INTO leftover (place) VALUES (?)", [(place,) for place in places])
    return True


def _deleted_models(before: int, connection: Connection) -> list[str]:
    """Ids of logged models that were deleted by a time, the first deleted first."""
    query = "SELECT uuid FROM logged_model WHERE deleted_at <= ? ORDER BY deleted_at, id"
    return [str(model_id) for (model_id,) in driver_of(connection).execute(query, (before,)).fetchall()]


def _remove_models(model_ids: Sequence[str], connection: Connection) -> list[str]:
    """Remove logged models that are deleted, and write down where their files are; returns their ids."""
    driver = driver_of(connection)
    used = _used(connection, model_ids)
    gone = []
    for model_id in model_ids:
        row = driver.execute(
            "SELECT logged_model.id, experiment.id, experiment.artifact_location FROM logged_model "
            "JOIN experiment ON experiment.id = logged_model.experiment_id "
            "WHERE logged_model.uuid = ? AND logged_model.deleted_at IS NOT NULL",
            (model_id,),
        ).fetchone()
        if row is not None and model_id not in used:
            driver.execute("INSERT INTO leftover (place) VALUES (?)", (_place_of_model(row[1], row[2], model_id),))
            driver.execute("DELETE FROM logged_model WHERE id = ?", (row[0],))
            gone.append(model_id)
    return gone


def _models_of(driver: Driver, experiment: int) -> list[str]:
    rows = driver.execute("SELECT uuid FROM logged_model WHERE experiment_id = ?", (experiment,)).fetchall()
    return [str(model_id) for (model_id,) in rows]


def _used(connection: Connection, folders: Iterable[str]) -> Mapping[str, list[str]]:
    """The folders, of runs or of logged models, that have files of versions of registered models; and these, in words.

    Such a folder has the id for its name; where the files of a version are, names it. All versions are looked at once,
    for no index finds those that lie in a folder.
    """
    wanted = set(folders)
    found: defaultdict[str, list[str]] = defaultdict(list)
    if wanted:
        query = "SELECT name, version, location FROM model_version ORDER BY name, version"
        for name, version, location in driver_of(connection).execute(query):
            for folder in wanted.intersection(location.split("/")):
                found[folder].append(f"version {version} of {shown(name)}")
    return found


def _without_used(
    numbers: Sequence[int], run_ids: Sequence[str], model_ids: Sequence[str], connection: Connection
) -> tuple[list[int], list[str], list[str], list[str]]:
    """The same experiments, runs and logged models without those whose files a version has; and these, in words."""
    driver = driver_of(connection)
    inside = {number: _models_of(driver, number) for number in numbers}
    used = _used(connection, chain(run_ids, model_ids, *inside.values()))
    kept: list[str] = []

    def is_free(what: str, folder: str) -> bool:
        if folder in used:
            kept.append(f"the {what} {folder} has the files of {', '.join(used[folder])}")
        return folder not in used

    runs_left = [run_id for run_id in run_ids if is_free("run", run_id)]
    models_left = [model_id for model_id in model_ids if is_free("logged model", model_id)]
    going = set(runs_left)
    experiments_left = []
    for number, models in inside.items():
        held = [model_id for model_id in models if not is_free("logged model", model_id)]
        if not held and going.issuperset(_runs_of(connection, [number])):
            experiments_left.append(number)
    return experiments_left, runs_left, models_left, list(dict.fromkeys(kept))


def _place_of_model(experiment: int, location: str | None, model_id: str) -> str:
    return f"{(location or str(experiment)).rstrip('/')}/models/{model_id}"


def _chosen(
    connection: Connection, before: int, experiment_ids: Sequence[str], run_ids: Sequence[str]
) -> tuple[list[int], list[str]]:
    """Numbers of experiments and ids of runs that may go."""
    if experiment_ids or run_ids:
        numbers = sorted({_named_experiment(connection, before, experiment_id) for experiment_id in experiment_ids})
        named = [_named_run(connection, before, run_id) for run_id in dict.fromkeys(run_ids)]
        return numbers, list(dict.fromkeys([*named, *_runs_of(connection, numbers)]))
    driver = driver_of(connection)
    numbers = [
        int(number)
        for (number,) in driver.execute(
            "SELECT id FROM experiment WHERE stage = ? AND deleted_at <= ? ORDER BY id", (DELETED, before)
        )
    ]
    alone = [
        str(run_id)
        for (run_id,) in driver.execute(
            "SELECT uuid FROM run WHERE stage = ? AND deleted_at <= ? ORDER BY deleted_at, id", (DELETED, before)
        )
    ]
    return numbers, list(dict.fromkeys([*alone, *_runs_of(connection, numbers)]))


def _runs_of(connection: Connection, numbers: Sequence[int]) -> list[str]:
    driver = driver_of(connection)
    return [
        str(run_id)
        for number in numbers
        for (run_id,) in driver.execute(
            "SELECT uuid FROM run WHERE experiment_id = ? AND stage = ? ORDER BY deleted_at, id", (number, DELETED)
        )
    ]


def _named_experiment(connection: Connection, before: int, experiment_id: str) -> int:
    number, _ = experiments.find(connection, experiment_id)
    query = "SELECT stage, deleted_at FROM experiment WHERE id = ?"
    _check_deleted(f"experiment {experiment_id!r}", before, *driver_of(connection).execute(query, (number,)).fetchone())
    return number


def _named_run(connection: Connection, before: int, run_id: str) -> str:
    driver = driver_of(connection)
    number, _, _ = runs.row_of(driver, run_id)
    query = "SELECT stage, deleted_at FROM run WHERE id = ?"
    _check_deleted(f"run {run_id!r}", before, *driver.execute(query, (number,)).fetchone())
    return run_id


def _check_deleted(what: str, before: int, stage: int, deleted_at: int | None) -> None:
    if stage != DELETED:
        raise InvalidState(f"the {what} is not in the trash; delete it first")
    if deleted_at is not None and deleted_at > before:
        raise InvalidState(f"the {what} is not in the trash as long as asked; name a shorter time, or wait")
