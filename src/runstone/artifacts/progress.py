"""The bar of a long transfer, on a terminal."""

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, TextIO

from runstone import config

# A transfer that is over sooner shows nothing.
AFTER_S = 1.0


class TransferBar:
    """Counts the bytes of a transfer, and shows a bar once it takes long.

    It appears on the standard error, if that is a terminal and the setting ``ENABLE_ARTIFACTS_PROGRESS_BAR`` allows it.
    Bytes may be counted from any thread.
    """

    def __init__(self, what: str, total: int | None, *, file: TextIO | None = None, after_s: float = AFTER_S) -> None:
        """Begin to count.

        Args:
            what: Stands before the bar.
            total: Number of bytes; ``None`` where it is not known.
            file: Where the bar is shown; the standard error if ``None``.
            after_s: Seconds until it is shown.
        """
        self._file = sys.stderr if file is None else file
        self._what, self._total = what, total
        self._shown_at = time.monotonic() + after_s
        self._done = 0
        self._lock = threading.Lock()
        self._bar: Any = None
        self._is_wanted = self._file.isatty() and config.ENABLE_ARTIFACTS_PROGRESS_BAR.required()

    def __enter__(self) -> "TransferBar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces; each counts as transferred when the next is asked for."""
        for piece in pieces:
            yield piece
            self.advance(len(piece))

    def advance(self, size: int) -> None:
        """Count so many bytes more."""
        if not self._is_wanted:
            return
        with self._lock:
            self._done += size
            if self._bar is None and time.monotonic() >= self._shown_at:
                self._bar = _bar(self._file)
                self._bar.start()
                self._bar.add_task(self._what, total=self._total)
            if self._bar is not None:
                self._bar.update(self._bar.task_ids[0], completed=self._done)


def _bar(file: TextIO) -> Any:
    # Imported on use: hardly any transfer takes so long.
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
        console=Console(file=file),
    )
