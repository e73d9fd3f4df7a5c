"""Looks after runs beside the requests: those that are lost, and what was left behind in the server's own folder."""

import logging
import threading
import time

from runstone.errors import RunstoneError
from runstone.journal import folder as folders
from runstone.journal import leftovers
from runstone.stores.base import EmbeddedStore
from runstone.stores.pulses import BEAT_S

_log = logging.getLogger("runstone.runs")

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
            if self._stop.wait(BEAT_S):
                return

    def sweep(self) -> None:
        """Send what waits in the folder of journals of the working directory for this very database."""
        # Files go the way that clients know.
        leftovers.recover(folders.root(), [self._uri], lambda _: self._store, takes_files=False)
