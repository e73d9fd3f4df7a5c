"""The bar of long work, such as a transfer, on a terminal."""

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self, TextIO

from runstone import config

# Work that is over sooner shows nothing.
AFTER_S = 1.0


class Bar:
    """Counts steps of long work, and shows a bar once it takes long.

    It appears on the standard error, if that is a terminal and the setting ``ENABLE_ARTIFACTS_PROGRESS_BAR`` allows it.
    Steps may be counted from any thread.

    Attributes:
        is_wanted: Whether it will ever be shown.
    """

    def __init__(self, what: str, total: int | None, *, file: TextIO | None = None, after_s: float = AFTER_S) -> None:
        """Begin to count.

        Args:
            what: Stands before the bar.
            total: Number of steps; ``None`` where it is not known.
            file: Where the bar is shown; the standard error if ``None``.
            after_s: Seconds until it is shown.
        """
        self._file = sys.stderr if file is None else file
        self._what, self._total = what, total
        self._shown_at = time.monotonic() + after_s
        self._done = 0
        self._lock = threading.Lock()
        self._bar: Any = None
        self.is_wanted = self._file.isatty() and config.ENABLE_ARTIFACTS_PROGRESS_BAR.required()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, steps: int, what: str | None = None) -> None:
        """Count so many steps more.

        Args:
            steps: How many.
            what: Stands before the bar from now on; what stood there if ``None``.
        """
        if not self.is_wanted:
            return
        with self._lock:
            self._done += steps
            self._what = self._what if what is None else what
            if self._bar is None and time.monotonic() >= self._shown_at:
                self._bar = self._made()
                self._bar.start()
                self._bar.add_task(self._what, total=self._total)
            if self._bar is not None:
                self._bar.update(self._bar.task_ids[0], completed=self._done, description=self._what)

    def _made(self) -> Any:
        # Imported on use: hardly any work takes so long.
        from rich import progress
        from rich.console import Console

        return progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            *self._columns(progress),
            progress.TimeRemainingColumn(),
            console=Console(file=self._file),
        )

    def _columns(self, progress: Any) -> Iterable[Any]:
        """What stands behind the bar, made of classes of ``rich.progress``."""
        return [progress.TaskProgressColumn()]


class TransferBar(Bar):
    """The bar of a transfer, whose steps are bytes."""

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces; each counts as transferred when the next is asked for."""
        for piece in pieces:
            yield piece
            self.advance(len(piece))

    def _columns(self, progress: Any) -> Iterable[Any]:
        return [progress.DownloadColumn(), progress.TransferSpeedColumn()]
