"""Runs that are logged through a journal in this process, whose store may go away at any time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from runstone.entities import Param, Tag
from runstone.errors import BackendError, JournalFull
from runstone.journal.folder import RunFacts
from runstone.journal.run_journal import RunJournal
from runstone.stores.base import TrackingStore
from tests.faults.loggers import WAIT_S, numbers_of

AT_ONCE = 7


class Scribe:
    """Logs to one run, and remembers which calls have returned.

    Attributes:
        run_id: The run.
        journal: Its journal.
        acknowledged: Numbers of the calls that have returned.
        refused: What was said of the others.
    """

    def __init__(self, within: Path, run_id: str, store: TrackingStore | None) -> None:
        self.run_id = run_id
        self.journal = RunJournal(within, RunFacts(run_id=run_id), (lambda: store) if store else None)
        self.acknowledged: list[int] = []
        self.refused: list[str] = []
        self._number = 0

    def log(self, count: int) -> None:
        """Log as a script does that goes on after an error."""
        for _ in range(count):
            number, self._number = self._number, self._number + 1
            try:
                self._call(number)
            except (BackendError, JournalFull) as error:
                self.refused.append(str(error))
            else:
                self.acknowledged.append(number)

    def _call(self, number: int) -> None:
        journal = self.journal
        if number % 10 == 3:
            journal.log(params=[Param(f"p{number}", str(number))])
        elif number % 10 == 7:
            journal.log(tags=[Tag("last", str(number))])
        else:
            journal.metric("loss", number / 8, number, number)

    def work(self, sent: Callable[[], bool]) -> None:
        """Log, with a tag that comes and goes, and send until ``sent``, told each time, says no or the store goes."""
        with suppress(BackendError):
            goes_on = True
            while goes_on:
                self.journal.log(tags=[Tag("passing", "here")])
                self.log(AT_ONCE)
                self.journal.log(deleted_tag="passing")
                self.journal.flush()
                goes_on = sent()

    def check(self, store: TrackingStore) -> int:
        """Hold a store against what was acknowledged, which is all there once, and no more; returns how many calls."""
        tags = store.get_run(self.run_id).data.tags
        assert "passing" not in tags
        assert int(tags["last"]) in self.acknowledged
        found = numbers_of(store, self.run_id)
        # A tag that was refused stands among those that were replaced.
        assert [number for number in found if number % 10 != 7 or number in self.acknowledged] == self.acknowledged
        return len(self.acknowledged)


def work_all(scribes: Sequence[Scribe], sent: Callable[[], bool]) -> None:
    """Let all work at once."""
    with ThreadPoolExecutor(len(scribes)) as pool:
        for done in [pool.submit(scribe.work, sent) for scribe in scribes]:
            done.result(WAIT_S)
