"""The stores that a process logs to: whether they answer, and what the user was told of them."""

import logging
from collections.abc import Callable
from time import monotonic

from msgspec import Struct, field

from runstone.errors import BackendUnavailable, RunstoneError
from runstone.journal import folder as folders
from runstone.journal.pause import Pause
from runstone.journal.run_journal import RunJournal
from runstone.stores.base import TrackingStore

_logger = logging.getLogger("runstone")

LEAST_PAUSE_S = 0.2
# A store that takes longer to be found away than this is not asked at each start of a run.
_LONG_S = 1.0
WAITS = "%s: %s; what is left waits in %s, for the next start in this folder or for `runstone sync`"


class Address(Struct):
    """One store, as this process knows it.

    Attributes:
        store: Opens it.
        pause: How long it is not asked, because it did not answer.
        silence: How long who starts a run does not ask it either, because that was waited for in vain.
        reason: Why it is tried again.
        is_told: Whether the user knows that it is away.
        told: Runs of which the user knows that they have ended and wait.
        left: What waits at the end of the process.
    """

    store: Callable[[], TrackingStore]
    pause: Pause = field(default_factory=Pause)
    silence: Pause = field(default_factory=Pause)
    reason: str = ""
    is_told: bool = False
    told: list[str] = []
    left: list[RunJournal] = []

    def is_away(self, error: Exception, waited: float = 0) -> None:
        """Note that it did not answer, which took some seconds to see."""
        self.pause.begin_longer(max(LEAST_PAUSE_S, 2 * waited))
        self.reason = str(error)

    def answers(self) -> None:
        """Note that it did."""
        self.pause.end()
        self.silence.end()
        self.is_told, self.told = False, []

    def tell_rest(self) -> None:
        """Say what waits, but for what the user knows."""
        rest = [journal for journal in self.left if journal.facts.run_id not in self.told]
        self.left, either = [], " either" if self.told else ""
        if len(rest) == 1:
            _logger.warning(WAITS, f"the run {rest[0].facts.run_id} is not sent{either}", self.reason, rest[0].folder)
        elif rest:
            what = f"{len(rest)} runs are not sent{either}"
            _logger.warning(WAITS, what, self.reason, rest[0].folder.parent)

    def check(self) -> None:
        """See soon whether a store answers; one that did not a moment ago is not asked again.

        Raises:
            BackendUnavailable: It does not.
            BackendError: It cannot be opened.
        """
        start = monotonic()
        if self.pause.goes_on:
            raise BackendUnavailable(self.reason)
        store = self.store()
        try:
            store.check()
        except BackendUnavailable as error:
            self.is_away(error, waited=monotonic() - start)
            raise
        except RunstoneError:
            pass  # it answers; what it has to say of the call itself is heard then
        if self.pause.seconds:
            self.answers()

    def check_anew(self) -> None:
        """See soon whether a store answers, where that is worth a try: one that refuses at once is asked each time.

        Raises:
            BackendUnavailable: It does not, or was waited for in vain a moment ago.
            RunstoneError: What else it says, and why it cannot be opened.
        """
        start = monotonic()
        if self.silence.goes_on:
            raise BackendUnavailable(self.reason)
        try:
            self.store().check()
        except BackendUnavailable as error:
            self.reason, waited = str(error), monotonic() - start
            if waited > _LONG_S:
                self.silence.begin_longer(2 * waited)
            raise
        self.silence.end()

    def tell_away(self, error: Exception) -> None:
        """Say that a store is away, unless that was said since it has answered last."""
        if not self.is_told:
            self.is_told = True
            _logger.warning("%s; what is logged is kept in %s, and sent when it is back", error, folders.root())

    def tell_ended(self, journal: RunJournal, error: Exception) -> None:
        """Say that a run has ended which waits for its store; of several, this is said at the end of the process."""
        self.is_told = True
        if not self.told:
            self.told.append(journal.facts.run_id)
            _logger.warning(WAITS, f"the run {journal.facts.run_id} has ended, but is not sent", error, journal.folder)
