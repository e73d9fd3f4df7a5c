"""Looks after runs beside the requests: those that are lost, and what was left behind in the server's own folder."""

import logging
import threading
import time

from runstone.errors import RunstoneError
from runstone.journal import folder as folders
from runstone.journal import leftovers
from runstone.stores.base import EmbeddedStore

_log = logging.getLogger("runstone.runs")

_ROUND_S = 10.0
_SWEEP_S = 60.0


class Watchman:
    """A thread that ends lost runs, and sends what clients of the same folder have left behind."""

    def __init__(self, store: EmbeddedStore, store_uri: str) -> None:
        """Prepare; nothing is started yet.

        Args:
            store: Has the runs.
            store_uri: Its address.
        """
        self._store, self._uri = store, store_uri
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look, name="runstone-watchman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        swept = -_SWEEP_S
        while True:
            try:
                for run_id in self._store.mark_lost():
                    _log.warning("the run %s is lost: its process has been silent", run_id)
                if time.monotonic() - swept > _SWEEP_S:
                    swept = time.monotonic()
                    self.sweep()
            except RunstoneError as error:  # the database may be back later
                _log.warning("runs cannot be looked after: %s", error)
            if self._stop.wait(_ROUND_S):
                return

    def sweep(self) -> None:
        """Send what waits in the folder of journals of the working directory for this very database."""
        within = folders.root()
        mine = folders.seen_from(within, self._uri)
        for leftover in leftovers.find(within):
            # Files go the way that clients know.
            if leftover.is_alive or leftover.files or leftover.facts.tracking_uri != mine:
                continue
            try:
                sent = leftovers.send(leftover, self._store, self._uri)
            except RunstoneError as error:
                _log.warning("%s still waits: %s", leftover.folder, error)
                continue
            _log.info("the run %s: %d entries were left behind, and are here now", leftover.facts.run_id, sent.entries)
            for told in sent.complaints():
                _log.warning("%s: %s", leftover.folder, told)
