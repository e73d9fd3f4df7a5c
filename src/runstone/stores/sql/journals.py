"""Journals of runs on an SQL database: how far each writer has come, and what was refused."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any, cast

import msgspec
from sqlalchemy import Connection

from runstone.entities import Applied, Entry, Refusal
from runstone.entities.names import shown
from runstone.errors import BackendError, InvalidValue, NotFound, RunstoneError
from runstone.stores.journals import Entries, changes_run, checked, neighbours, refusal
from runstone.stores.sql import batches, inputs, pulses, runs
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.session import Session

_WRITER = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METRICS, _PARAMS, _TAGS, _NUMBER = map(attrgetter, ("metrics", "params", "tags", "n"))
_REFUSE = "INSERT INTO refusal (run_id, writer, n, error) VALUES (?, ?, ?, ?)"


class SqlJournals:
    """Takes the journals of runs; does what ``JournalStore`` and ``BufferedStore`` say."""

    _session: Session

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        """Apply entries of one writer's journal of a run, each once."""
        _check(writer)
        read = checked(entries)

        def change(connection: Connection) -> Applied:
            driver = driver_of(connection)
            number, _ = runs.active(driver, run_id)
            pulses.renew(driver, number)
            applied = _applied(driver, number, writer)
            if not read or applied < follows:
                return Applied(applied=applied)
            told = _told(driver, number, writer, read[0].n, applied)
            new = read if read[0].n > applied else [entry for entry in read if entry.n > applied]
            if not new:
                return Applied(applied=applied, refused=told)
            refused = self._apply(connection, run_id, new)
            driver.execute(
                "INSERT INTO journal (run_id, writer, applied) VALUES (?, ?, ?) "
                "ON CONFLICT (run_id, writer) DO UPDATE SET applied = excluded.applied",
                (number, writer, new[-1].n),
            )
            if refused:
                driver.executemany(
                    _REFUSE, [(number, writer, told.n, msgspec.json.encode(told).decode()) for told in refused]
                )
            return Applied(applied=new[-1].n, refused=[*told, *refused])

        return self._session.write(change)

    def make_durable(self) -> None:
        """Let all that was acknowledged survive a loss of power."""
        self._session.database.make_durable()

    def journal_refusals(self, run_id: str) -> list[Refusal]:
        """What was refused of the journals of a run, by writer and number."""

        def query(connection: Connection) -> list[Refusal]:
            driver = driver_of(connection)
            number, _, _ = runs.row_of(driver, run_id)
            found = driver.execute("SELECT error FROM refusal WHERE run_id = ? ORDER BY writer, n", (number,))
            return [msgspec.json.decode(error, type=Refusal) for (error,) in found.fetchall()]

        return self._session.read(query)

    def _apply(self, connection: Connection, run_id: str, entries: Sequence[Entry | Refusal]) -> list[Refusal]:
        """Apply entries in their order; which were refused, by number."""
        broken = [told for told in entries if isinstance(told, Refusal)]
        sound = entries if not broken else [entry for entry in entries if isinstance(entry, Entry)]
        return sorted([*broken, *self._take_all(connection, run_id, cast("Sequence[Entry]", sound))], key=_NUMBER)

    def _take_all(self, connection: Connection, run_id: str, entries: Sequence[Entry]) -> Iterator[Refusal]:
        for together in neighbours(entries):
            if len(together) > 1:
                with suppress(_Refused):
                    self._part(connection, partial(self._log, connection, run_id, together))
                    continue
            for entry in together:
                try:
                    self._part(connection, partial(self._take, connection, run_id, entry))
                except _Refused as refused:
                    yield refusal(entry.n, refused.error)

    def _part(self, connection: Connection, action: Callable[[], Any]) -> None:
        """Do it, or nothing of it.

        Raises:
            _Refused: A rule of the store was broken.
            BackendError: The database failed.
        """
        try:
            with self._session.database.explained():  # the driver refuses some values too
                self._session.part(connection, action)
        except BackendError:
            raise
        except RunstoneError as error:
            raise _Refused(error) from error

    def _log(self, connection: Connection, run_id: str, entries: Sequence[Entry]) -> None:
        batches.write(
            connection,
            self._session.keys,
            run_id,
            metrics=list(chain.from_iterable(map(_METRICS, entries))),
            params=list(chain.from_iterable(map(_PARAMS, entries))),
            tags=list(chain.from_iterable(map(_TAGS, entries))),
        )

    def _take(self, connection: Connection, run_id: str, entry: Entry) -> None:
        if entry.metrics or entry.params or entry.tags:
            self._log(connection, run_id, [entry])
        if entry.datasets or entry.model_inputs or entry.model_outputs:
            driver = driver_of(connection)
            number, experiment = runs.active(driver, run_id)
            inputs.log_inputs(driver, number, experiment, entry.datasets or (), entry.model_inputs or ())
            inputs.log_outputs(driver, number, entry.model_outputs or ())
        if entry.deleted_tag:
            with suppress(NotFound):
                runs.delete_tag(connection, run_id, entry.deleted_tag)
        if changes_run(entry):
            runs.update(
                connection,
                self._session.keys,
                run_id,
                status=entry.status,
                end_time=entry.end_time,
                run_name=entry.run_name,
            )


class _Refused(Exception):
    """An entry breaks a rule of the store."""

    def __init__(self, error: RunstoneError) -> None:
        super().__init__(error.message)
        self.error = error


def _check(writer: str) -> None:
    if not _WRITER.fullmatch(writer):
        raise InvalidValue(
            f"the writer of a journal is 1 to 64 of the characters A-Z a-z 0-9 . _ -; got {shown(writer)}"
        )


def _applied(driver: Driver, number: int, writer: str) -> int:
    row = driver.execute("SELECT applied FROM journal WHERE run_id = ? AND writer = ?", (number, writer)).fetchone()
    return 0 if row is None else int(row[0])


def _told(driver: Driver, number: int, writer: str, first: int, last: int) -> list[Refusal]:
    """What was refused before, from one number to another."""
    if first > last:
        return []
    found = driver.execute(
        "SELECT error FROM refusal WHERE run_id = ? AND writer = ? AND n BETWEEN ? AND ? ORDER BY n",
        (number, writer, first, last),
    )
    return [msgspec.json.decode(error, type=Refusal) for (error,) in found.fetchall()]
