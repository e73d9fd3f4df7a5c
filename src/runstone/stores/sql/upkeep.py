"""Compressing the points of an SQL database."""

import importlib
from typing import Any

from runstone.errors import SchemaMismatch, Unsupported
from runstone.stores.sql.session import Session


class SqlCompaction:
    """Compaction, in the background or at once; does what ``EmbeddedStore`` says."""

    _session: Session
    _compactor: Any = None

    def compact_in_background(self) -> None:
        """Compress the points of metrics from now on until the store is closed."""
        if self._compactor is None:
            self._compactor = _compaction().Compactor(self._session)
            self._compactor.start()

    def compact(self) -> int:
        """Compress the points of all metrics now, and give the space back; returns how many were moved.

        Raises:
            SchemaMismatch: The points of some runs cannot be read; those of all others were compacted.
            Unsupported: numpy or pcodec is not installed.
            BackendError: The database failed; what was moved until then stays so.
        """
        compaction = _compaction()
        total = 0
        unreadable: set[int] = set()
        last = self._session.read(compaction.last_batch)
        while numbers := self._session.read(lambda connection: compaction.due_at_once(connection, last, unreadable)):
            total += compaction.compact(self._session, numbers, unreadable)
        self._session.shrink()
        if unreadable:
            raise SchemaMismatch(
                f"{total:,} values were compressed, but those of {len(unreadable)} runs cannot be read: "
                "find them by `runstone db check`, and restore a backup"
            )
        return total

    def pause_compaction(self, *, paused: bool) -> None:
        """Pause compaction in the background for this database, whichever process does it, or let it go on."""
        compaction = _compaction()
        self._session.write(lambda connection: compaction.pause(connection, paused=paused))

    def _stop_compacting(self) -> None:
        if self._compactor is not None:
            self._compactor.stop()


def _compaction() -> Any:
    # By name, because numpy takes longer to load than a database to open.
    try:
        return importlib.import_module("runstone.stores.sql.compaction")
    except ImportError as error:
        raise Unsupported(
            f'compaction takes numpy and pcodec ({error}); install them by `pip install "runstone[server]"`'
        ) from None
