"""Which runs are alive, on an SQL database."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from runstone.entities.tag import END
from runstone.errors import RunDeleted, RunNotFound
from runstone.stores.pulses import SILENCE_S
from runstone.stores.sql import experiments, run_documents, runs
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.session import Session
from runstone.stores.sql.silences import Silences
from runstone.stores.sql.tables import ACTIVE

LOST = "lost:"
_BEAT = """
INSERT INTO pulse (run_id, seen_at) VALUES (?, ?)
ON CONFLICT (run_id) DO UPDATE SET seen_at = excluded.seen_at
"""
_RUNNING = """
SELECT run.uuid, pulse.seen_at FROM pulse JOIN run ON run.id = pulse.run_id
WHERE run.status = 'RUNNING' AND run.stage = 0
"""
_END = """
SELECT run.status, tag.value FROM tag JOIN key ON key.id = tag.key_id JOIN run ON run.id = tag.run_id
WHERE tag.run_id = ? AND key.name = ?
"""


def renew(driver: Driver, number: int) -> None:
    """Hear that the run with this number is alive, if it gave a sign of life before."""
    driver.execute("UPDATE pulse SET seen_at = ? WHERE run_id = ?", (experiments.now(), number))


class SqlPulses:
    """Hears which runs are alive; does what ``PulseStore`` and ``LostRuns`` say."""

    _session: Session
    _silences: Silences

    def beat(self, run_ids: Sequence[str]) -> None:
        """Hear that these runs are alive; one that was taken for lost is running again."""

        def change(connection: Connection) -> None:
            for run_id in run_ids:
                self._beat(connection, run_id)

        self._session.write(change)

    def mark_lost(self, silent_s: float = SILENCE_S) -> list[str]:
        """End as ``FAILED`` each running run that was alive once and has been silent for so long."""
        pulses = self._session.read(
            lambda connection: driver_of(connection).execute(f"{_RUNNING} ORDER BY run.id").fetchall()
        )
        silences = self._silences.look(pulses)
        return [
            run_id
            for run_id, seen_at in pulses
            if silences[run_id] >= silent_s and self._session.write(partial(self._lose, run_id, seen_at))
        ]

    def _beat(self, connection: Connection, run_id: str) -> None:
        driver = driver_of(connection)
        with suppress(RunNotFound, RunDeleted):
            number, _, stage = runs.row_of(driver, run_id)
            status = driver.execute("SELECT status FROM run WHERE id = ?", (number,)).fetchone()[0]
            if stage == ACTIVE and (status == "RUNNING" or self._bring_back(connection, run_id)):
                driver.execute(_BEAT, (number, experiments.now()))

    def _bring_back(self, connection: Connection, run_id: str) -> bool:
        """Let a run that was taken for lost be running again; returns whether it was."""
        driver = driver_of(connection)
        number, _ = runs.active(driver, run_id)  # locked: its process may tell another server of its end meanwhile
        row = driver.execute(_END, (number, END)).fetchone()
        if row is None or row[0] != "FAILED" or not row[1].startswith(runs.LOST):
            return False
        driver.execute("UPDATE run SET status = 'RUNNING', end_time = NULL WHERE id = ?", (number,))
        runs.delete_tag(connection, run_id, END)
        return True

    def _lose(self, run_id: str, seen_at: int, connection: Connection) -> bool:
        driver = driver_of(connection)
        try:
            number, _ = runs.active(driver, run_id)  # locked, as above
        except (RunNotFound, RunDeleted):
            return False
        if driver.execute(f"{_RUNNING} AND run.id = ? AND pulse.seen_at = ?", (number, seen_at)).fetchone() is None:
            return False  # it came back, or another process was quicker
        driver.execute("UPDATE run SET status = 'FAILED', end_time = ? WHERE id = ?", (seen_at, number))
        driver.execute("DELETE FROM pulse WHERE run_id = ?", (number,))
        since = datetime.fromtimestamp(seen_at / 1000, UTC).isoformat(timespec="seconds")
        runs.put_tags(
            driver, self._session.keys, number, {END: f"{runs.LOST} nothing was heard of its process since {since}"}
        )
        run_documents.renew(driver, number)
        return True
