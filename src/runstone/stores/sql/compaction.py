"""Moves points from the tail into chunks: in the background of a server, or at once by ``runstone db compact``.

A run's batches and its small chunks are read and compressed outside any transaction; a short one then swaps the rows,
if all that was read is still there. So a reader sees the old rows or the new ones, a kill changes nothing, and of two
that compact the same run the second finds its rows gone and leaves it.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct
from sqlalchemy import Connection

from runstone.errors import RunstoneError, SchemaMismatch
from runstone.stores.sql import chunks
from runstone.stores.sql.chunks import OWN, PCODEC, SIZE, Points
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.session import Session

_LOG = logging.getLogger(__name__)

# A run that is written to is compacted when its tail has so many points or so many batches.
_POINTS = 16_384
_BATCHES = 256
# A run that ended so long ago is compacted if that is worth it: a batch of fewer points is as small by itself.
_QUIET_MS = 60_000
_WORTH = 64
# Bounds the memory of one swap, and how long it keeps other writers waiting.
_MOST_POINTS = 1_000_000
_MOST_RUNS = 64
_IN = 500

# What is worth compacting is found in the index of the tails alone; only then the runs are looked at.
_DUE = """
SELECT long.run_id FROM (
    SELECT run_id, sum(size) AS points, count(*) AS batches FROM tail WHERE id <= ?
    GROUP BY run_id HAVING sum(size) >= ? OR count(*) > 1
) AS long JOIN run ON run.id = long.run_id
WHERE long.points >= ? OR long.batches >= ?
    OR (run.status NOT IN ('RUNNING', 'SCHEDULED') AND coalesce(run.end_time, 0) <= ?)
ORDER BY long.run_id LIMIT ?
"""
_INSERT = """
INSERT INTO chunk (run_id, first_key, last_key, size, first_time, last_time, first_step, last_step, codec, points)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_PAUSED = "compaction"
_LEASE = "compactor"

# The columns of `chunk` but for its id.
_Row = tuple[int, int, int, int, int, int, int, int, int, bytes]


class _Swap(Struct, frozen=True):
    """What is taken from a run, and what is put in its place."""

    batches: list[int]
    former: list[int]
    rows: list[_Row]


def due(connection: Connection, now: int, unreadable: Collection[int] = ()) -> list[int]:
    """Numbers of at most 64 runs whose tails are worth compacting in the background.

    Args:
        connection: In a transaction.
        now: Milliseconds since the Unix epoch, UTC.
        unreadable: Numbers of runs that do not count.
    """
    return _due(connection, (2**62, _WORTH, _POINTS, _BATCHES, now - _QUIET_MS), unreadable)


def last_batch(connection: Connection) -> int:
    """Number of the batch that was logged last; 0 where there is none."""
    return int(driver_of(connection).execute("SELECT coalesce(max(id), 0) FROM tail").fetchone()[0])


def due_at_once(connection: Connection, last: int, unreadable: Collection[int] = ()) -> list[int]:
    """Numbers of at most 64 runs that compacting makes smaller, whatever their state.

    Args:
        connection: In a transaction.
        last: Batches after this one do not count, so that a run that is written to meanwhile comes to an end.
        unreadable: Numbers of runs that do not count.
    """
    return _due(connection, (last, _WORTH, 0, 0, 0), unreadable)


def _due(connection: Connection, parameters: tuple[int, ...], unreadable: Collection[int]) -> list[int]:
    rows = driver_of(connection).execute(_DUE, (*parameters, _MOST_RUNS + len(unreadable))).fetchall()
    return [number for (number,) in rows if number not in unreadable][:_MOST_RUNS]


def compact(session: Session, numbers: Sequence[int], unreadable: set[int]) -> int:
    """Compact a part of the tails of some runs in one change; returns the number of points that were moved.

    A tail of over a million points takes several calls. Runs that another process compacts meanwhile are left to it.
    A run whose points cannot be read stays as it is: it is logged, and added to ``unreadable``.
    """
    moved = 0
    swaps = []
    for number in numbers:
        try:
            swap, size = session.read(_taking(number))
        except SchemaMismatch as error:
            unreadable.add(number)
            _LOG.error("the metrics of a run cannot be compacted: %s", error, extra={"run_number": number})
            continue
        swaps.append(swap)
        moved += size
        if moved >= _MOST_POINTS:
            break

    def change(connection: Connection) -> None:
        for swap in swaps:
            _put(connection, swap)

    try:
        session.write(change)
    except _Overtaken:
        return 0
    return moved


class _Overtaken(Exception):
    """Another process has compacted one of the runs meanwhile."""


def _taking(number: int) -> Callable[[Connection], tuple[_Swap, int]]:
    return lambda connection: _swap(connection, number)


def _swap(connection: Connection, number: int) -> tuple[_Swap, int]:
    driver = driver_of(connection)
    batches: list[int] = []
    parts: list[Points] = []
    moved = 0
    for id, packed in driver.execute("SELECT id, points FROM tail WHERE run_id = ? ORDER BY id", (number,)):
        batches.append(id)
        parts.append(chunks.batch(packed))
        moved += len(parts[-1])
        if moved >= _MOST_POINTS:
            break
    former: list[int] = []
    size = moved
    # Chunks of several keys join the new points while these are not much fewer, so that each point is compressed
    # again only as often as its run doubles.
    mixed = driver.execute(
        "SELECT id, size, codec, points FROM chunk WHERE run_id = ? AND first_key < last_key ORDER BY id DESC",
        (number,),
    )
    for id, count, codec, packed in mixed:
        if count > 2 * size:
            break
        former.append(id)
        parts.append(chunks.decode(codec, packed))
        size += count
    points = chunks.in_order(chunks.joined(parts))
    return _Swap(batches, former, [_row(number, part) for part in parted(points)]), moved


def parted(points: Points) -> list[Points]:
    """Points in order, cut into chunks: a key with many has its own, the others lie together."""
    found: list[Points] = []
    ends = [*(np.flatnonzero(points.keys[1:] != points.keys[:-1]) + 1).tolist(), len(points)]
    start = begin = 0
    for end in ends:
        if end - begin >= OWN:
            if start < begin:
                found.append(points.take(slice(start, begin)))
            number = -(-(end - begin) // SIZE)
            cuts = [begin + (end - begin) * cut // number for cut in range(number + 1)]
            found += [points.take(slice(*cut)) for cut in pairwise(cuts)]
            start = end
        elif end - start >= SIZE:
            found.append(points.take(slice(start, end)))
            start = end
        begin = end
    if start < len(points):
        found.append(points.take(slice(start, None)))
    return found


def _row(number: int, points: Points) -> _Row:
    times, steps = points.timestamps, points.steps
    return (
        number,
        int(points.keys[0]),
        int(points.keys[-1]),
        len(points),
        int(times.min()),
        int(times.max()),
        int(steps.min()),
        int(steps.max()),
        PCODEC,
        chunks.encode(points),
    )


def _put(connection: Connection, swap: _Swap) -> None:
    """Put the new rows in the place of the old ones.

    Raises:
        _Overtaken: Some of the old ones are gone; the change is to be undone.
    """
    driver = driver_of(connection)
    for table, ids in (("tail", swap.batches), ("chunk", swap.former)):
        for first in range(0, len(ids), _IN):
            some = ids[first : first + _IN]
            marks = ", ".join("?" * len(some))
            if driver.execute(f"DELETE FROM {table} WHERE id IN ({marks})", some).rowcount != len(some):  # noqa: S608 - a name of ours and marks
                raise _Overtaken
    driver.executemany(_INSERT, swap.rows)


def is_paused(connection: Connection) -> bool:
    """Whether compaction in the background is paused for this database."""
    return driver_of(connection).execute("SELECT 1 FROM meta WHERE name = ?", (_PAUSED,)).fetchone() is not None


def pause(connection: Connection, *, paused: bool) -> None:
    """Pause compaction in the background for this database, whichever process does it, or let it go on."""
    driver = driver_of(connection)
    if paused:
        driver.execute("INSERT INTO meta (name, value) VALUES (?, 'paused') ON CONFLICT (name) DO NOTHING", (_PAUSED,))
    else:
        driver.execute("DELETE FROM meta WHERE name = ?", (_PAUSED,))


class Compactor:
    """A thread that compacts what is due, at a fifth of one processor at most.

    Of all processes on one database one does it at a time: who holds the lease, a row that names its holder and when
    it expires. That saves work only; two at once would do no harm.
    """

    _EVERY_S = 10.0
    _REST = 4  # times as long as the work took
    _LEASE_MS = 120_000

    def __init__(self, session: Session, *, every_s: float = _EVERY_S) -> None:
        """Prepare; ``start`` begins.

        Args:
            session: The database.
            every_s: Seconds between two looks at what is due.
        """
        self._session = session
        self._every_s = every_s
        self._unreadable: set[int] = set()
        self._name = uuid.uuid4().hex
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="runstone-compactor", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End when the change that is under way is done. In the child of a fork there is nothing to end."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread.ident != threading.get_ident():
            self._thread.join()

    def _run(self) -> None:
        rest = self._every_s
        while not self._stopping.wait(rest):
            began = time.thread_time()
            try:
                self._session.read(lambda connection: self._session.database.learn(driver_of(connection)))
                while not self._stopping.is_set() and self._round():
                    began = time.thread_time()
            except RunstoneError as error:
                _LOG.warning("metrics were not compacted this time: %s", error)
            # A look at very many runs that finds nothing comes seldom enough to cost a hundredth of a processor.
            rest = max(self._every_s, 100 * (time.thread_time() - began))

    def _round(self) -> bool:
        """Compact some of what is due; returns whether anything was."""
        began = time.thread_time()
        now = time.time_ns() // 1_000_000
        numbers = self._session.read(lambda connection: self._due(connection, now))
        if not numbers or not self._session.write(lambda connection: self._has_lease(connection, now)):
            return False
        compact(self._session, numbers, self._unreadable)
        self._stopping.wait((time.thread_time() - began) * self._REST)
        return True

    def _due(self, connection: Connection, now: int) -> list[int]:
        return [] if is_paused(connection) else due(connection, now, self._unreadable)

    def _has_lease(self, connection: Connection, now: int) -> bool:
        driver = driver_of(connection)
        driver.execute("INSERT INTO meta (name, value) VALUES (?, '') ON CONFLICT (name) DO NOTHING", (_LEASE,))
        # Fifteen digits compare as text the way the numbers do.
        taken = driver.execute(
            "UPDATE meta SET value = ? WHERE name = ? AND (value < ? OR value LIKE ?)",
            (f"{now + self._LEASE_MS:015d} {self._name}", _LEASE, f"{now:015d}", f"% {self._name}"),
        )
        return taken.rowcount == 1
