"""All that this process logs, and the thread that sends it."""

import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from time import monotonic, sleep

from runstone import config
from runstone.errors import BackendUnavailable, RunstoneError
from runstone.journal import folder as folders
from runstone.journal import leftovers
from runstone.journal.addresses import WAITS, Address
from runstone.journal.folder import RunFacts
from runstone.journal.run_journal import REFUSED, RunJournal
from runstone.stores.base import TrackingStore
from runstone.stores.pulses import BEAT_S, LostRuns

_logger = logging.getLogger("runstone")

# How often the thread looks for what waits, and after which idle time a journal's file is removed. While values keep
# coming, it lets more of them gather, and sends each second time that it looks: a request costs the process as much as
# some 500 values.
_ROUND_S = 0.2
_ROUND_OF_MANY_S = 1.0
_FSYNC_S = 1.0
# How long one run may send while others wait, and signs of life with them.
_TURN_S = 5.0
_IDLE_S = 5.0
_TRIED_AGAIN = "the run %s is not sent: %s; what is logged is kept in %s, and sent once that is over"


class Journals:
    """The journals of this process, by store and run. They serve the child of a fork as well."""

    def __init__(self, stores: Callable[[str], TrackingStore]) -> None:
        """Prepare; nothing is opened yet.

        Args:
            stores: Gives the store at a URI.
        """
        self._stores = stores
        self._begin_anew()
        self._journals: dict[tuple[str, str], RunJournal] = {}
        self._known: set[tuple[str, str]] = set()
        alive = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _in_child(alive()))

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._addresses: dict[str, Address] = {}
        self._idle_since: dict[tuple[str, str], float] = {}
        self._gathering = set[tuple[str, str]]()  # of which the last round has sent
        self._told = ""  # of what went wrong in the thread
        self._beaten, self._heard_of = -BEAT_S, set[tuple[str, str]]()

    def begin_in_child(self) -> None:
        """Go on in the child of a fork: what the parent wrote is the parent's to send."""
        self._begin_anew()
        for place, journal in self._journals.items():
            journal.begin_anew()
            journal.delivery.is_known = place in self._known

    def of(self, uri: str, run_id: str, facts: RunFacts | None = None, *, sends: bool = True) -> RunJournal:
        """The journal of a run.

        Args:
            uri: Where the run belongs.
            run_id: The run.
            facts: What is known of it, where it was made here.
            sends: Whether what is logged is sent; else it stays in the folder.

        Raises:
            RunNotFound: No run can have this id.
        """
        known = self._journals.get((uri, run_id))
        if known is not None and self._thread is not None:
            return known
        within = folders.root()
        folders.run_folder(within, run_id)
        with self._lock:
            journal = self._journals.get((uri, run_id))
            if journal is None:
                facts = facts or RunFacts(run_id=run_id, tracking_uri=folders.seen_from(within, uri))
                journal = RunJournal(within, facts, (lambda: self._stores(uri)) if sends else None, self._start)
                journal.delivery.is_known = (uri, run_id) in self._known
                self._journals[uri, run_id] = journal
        self._start()
        return journal

    def know(self, uri: str, run_id: str) -> None:
        """Note that a store has a run: what is logged to it is kept, should a copy be restored that has it not."""
        self._known.add((uri, run_id))
        journal = self._journals.get((uri, run_id))
        if journal is not None:
            journal.delivery.is_known = True

    def at(self, uri: str) -> Address:
        """A store, as this process knows it."""
        known = self._addresses.get(uri)
        return known or self._addresses.setdefault(uri, Address(lambda: self._stores(uri)))

    def recover(self, uri: str, run_id: str) -> None:
        """Send what processes that are gone have left of a run, unless one that lives logs to it; it is not ended."""
        folder = self.folder_of(uri, run_id)
        if folder.exists():
            leftovers.recover_run(folder, uri, self._stores)

    def folder_of(self, uri: str, run_id: str) -> Path:
        """The folder of a run, where this process writes down what it logs; it need not be there.

        Raises:
            RunNotFound: No run can have this id.
        """
        known, within = self._journals.get((uri, run_id)), folders.root()
        return folders.place_of(within, run_id, folders.seen_from(within, uri)) if known is None else known.folder

    def _start(self) -> None:
        """See that the thread runs; the child of a fork begins without one."""
        with self._lock:
            if self._thread is None:
                self._stop = threading.Event()
                self._thread = threading.Thread(
                    target=self._serve, args=(folders.root(), self._stop), name="runstone-journal", daemon=True
                )
                self._thread.start()
                self._close_at_the_end()

    def _close_at_the_end(self) -> None:
        """See that a child of ``multiprocessing``, which ends without ``atexit``, sends what it has logged."""
        multiprocessing = sys.modules.get("multiprocessing")  # there, if it made this process
        if multiprocessing is not None and multiprocessing.parent_process() is not None:
            sys.modules["multiprocessing.util"].Finalize(None, self.close, exitpriority=0)

    def flush(self, uri: str, *, raises: bool) -> None:
        """Send all that was logged to one store before this call.

        Args:
            uri: The store.
            raises: Whether what the store has refused is raised.

        Raises:
            RunstoneError: The first error: what the store refused, or why it cannot be reached.
        """
        for (where, _), journal in list(self._journals.items()):
            if where != uri or not (raises or journal.waits):
                continue
            try:
                journal.flush(raises=raises)
            except BackendUnavailable:
                raise
            except RunstoneError:  # it concerns this run alone
                if raises:
                    raise

    def flush_all(self) -> None:
        """Send all that was logged.

        Raises:
            RunstoneError: The first error; the others are logged.
        """
        first: RunstoneError | None = None
        away = set[str]()
        for (uri, run_id), journal in list(self._journals.items()):
            try:
                if uri not in away:
                    journal.flush()
            except RunstoneError as error:
                if isinstance(error, BackendUnavailable):
                    away.add(uri)  # the others of it would wait as long
                if first is not None:
                    _logger.warning("the run %s: %s", run_id, error)
                first = first or error
        if first is not None:
            raise first

    def make_durable(self) -> None:
        """Let all that was written survive a loss of power."""
        for journal in list(self._journals.values()):
            with suppress(RunstoneError, OSError):
                journal.delivery.settle()  # first the run that it belongs to
                journal.make_durable()

    def forget(self, uri: str, run_id: str) -> None:
        """Drop the journal of a run that has ended, if all of it was sent, or nobody here sends it."""
        journal = self._journals.get((uri, run_id))
        if journal is None:
            return
        if not journal.sends:
            journal.close()
            self._journals.pop((uri, run_id), None)
        elif journal.retire():
            journal.delivery.tell_refused()
            self._journals.pop((uri, run_id), None)
            self._known.discard((uri, run_id))
            # Another thread may be about to log to it: what it does from here on is sent by the next one.
            if not journal.hand_over(lambda: self.of(uri, run_id, journal.facts)):
                self._journals.setdefault((uri, run_id), journal)
            elif folders.keeps_anything(journal.folder):
                leftovers.recover_run(journal.folder, uri, self._stores)

    def may_write(self) -> bool:
        """Whether nobody is amid writing, so that a handler of a signal, which interrupts anybody, may write."""
        return all(journal.may_write() for journal in list(self._journals.values()))

    def wait_until_sent(self, longest_s: float) -> None:
        """Let the thread send what waits to stores that answer, for some seconds.

        Takes no lock: a handler of a signal may call it.
        """
        end = monotonic() + longest_s
        while monotonic() < end and any(
            journal.waits and not journal.pause.seconds and not self.at(uri).pause.seconds
            for (uri, _), journal in list(self._journals.items())
        ):
            sleep(_ROUND_S / 4)

    def remove_sent(self) -> None:
        """Remove the files of which all was sent; the folders are left to who comes next. Waits for nobody long."""
        for journal in list(self._journals.values()):
            journal.retire(clears=False)

    def has_refusals(self) -> bool:
        """Whether the stores have refused what nobody was told of."""
        return any(journal.delivery.has_refusals for journal in list(self._journals.values()))

    def tell_refused(self) -> None:
        """Log what the stores have refused and nobody was told of."""
        for journal in list(self._journals.values()):
            journal.delivery.tell_refused()

    def close(self) -> None:
        """Send what can be sent, and say what stays; nothing is raised."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stop.set()
        if thread is not None:
            thread.join(timeout=config.JOURNAL_WAIT.required())
        for (uri, _), journal in list(self._journals.items()):
            self._close(uri, journal)
        self._give_back()

    def leave(self, reason: str) -> None:
        """Send nothing more, and say why and what stays."""
        with self._lock:
            self._thread = None
            self._stop.set()
        for (uri, _), journal in list(self._journals.items()):
            address = self.at(uri)
            address.reason = reason
            if journal.waits and journal not in address.left:
                address.left.append(journal)
        self._give_back()

    def _give_back(self) -> None:
        for address in self._addresses.values():
            address.tell_rest()
        for journal in list(self._journals.values()):
            journal.delivery.tell_refused()
            journal.begin_anew()

    def _close(self, uri: str, journal: RunJournal) -> None:
        address, is_begun = self.at(uri), journal.is_begun
        try:
            if not address.pause.seconds:
                journal.flush()
        except BackendUnavailable as error:
            address.is_away(error)  # the others of it would wait as long
        except RunstoneError as error:
            if journal.waits:
                _logger.warning(WAITS, f"the run {journal.facts.run_id} is not sent", error, journal.folder)
            else:
                _logger.warning("the run %s: %s", journal.facts.run_id, error)
        journal.delivery.tell_refused()
        if journal.waits and address.pause.seconds:
            address.left.append(journal)
        if not journal.retire():
            journal.close()
        elif is_begun and journal.sends and not address.pause.seconds and folders.keeps_anything(journal.folder):
            leftovers.recover_run(journal.folder, uri, self._stores)

    # The thread that sends.

    def _serve(self, within: Path, stop: threading.Event) -> None:
        synced = monotonic()
        alive: set[tuple[str, str]] = set()
        fsync = config.JOURNAL_FSYNC.required()
        recovered = self._recover_others(within, set())
        pause = _ROUND_S
        while not stop.wait(pause):
            recovered |= self._recover_others(within, recovered)
            former, alive = alive, self._alive()
            # A run that never beat is never taken for lost: it does once it is open for a round, short ones never.
            self._beat_in_time(alive & former)
            if fsync == "interval" and monotonic() - synced > _FSYNC_S:
                synced = monotonic()
                with self._outlived():
                    self.make_durable()
            pause = _ROUND_S
            for (uri, run_id), journal in list(self._journals.items()):
                self._beat_in_time()  # what the others have to send may take long
                if stop.is_set():  # a store may have kept it here for longer than it was waited for
                    return
                with self._outlived():
                    if self._look_after(uri, run_id, journal):
                        pause = _ROUND_OF_MANY_S

    def _recover_others(self, within: Path, known: set[str]) -> set[str]:
        """Send what was left behind for the stores that are logged to, but for those that are known; returns which."""
        stores = {uri for (uri, _), journal in list(self._journals.items()) if journal.sends} - known
        if stores:
            with suppress(RunstoneError, OSError):
                leftovers.recover(within, stores, self._stores)
        return stores

    @contextmanager
    def _outlived(self) -> Iterator[None]:
        """The thread goes on after any error within, as where the program changes `os.environ` while it is read."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # told, once; what is logged is kept
            if self._told != repr(error):
                self._told = repr(error)
                _logger.warning("what is logged is kept, and sent as soon as that can be done: %s", self._told)

    def _alive(self) -> set[tuple[str, str]]:
        return {place for place, journal in list(self._journals.items()) if journal.lives and journal.sends}

    def _beat_in_time(self, opened: Collection[tuple[str, str]] = ()) -> None:
        """Tell the stores which runs are alive, if that was long ago, or one of these runs is new to them."""
        if monotonic() - self._beaten > BEAT_S or not self._heard_of.issuperset(opened):
            self._beaten, self._heard_of = monotonic(), self._alive()
            with self._outlived():
                self._beat(self._heard_of)

    def _beat(self, alive: set[tuple[str, str]]) -> None:
        """Tell the stores which runs are alive, and let those that are databases find the lost ones."""
        by_store: dict[str, list[str]] = {}
        for uri, run_id in alive:
            by_store.setdefault(uri, []).append(run_id)
        for uri, run_ids in by_store.items():
            if self.at(uri).pause.goes_on:
                continue
            with suppress(RunstoneError):  # the next one comes soon
                store = self._stores(uri)
                store.beat(run_ids)
                if isinstance(store, LostRuns):
                    store.mark_lost()

    def _look_after(self, uri: str, run_id: str, journal: RunJournal) -> bool:
        """Send what waits, or remove a file that is idle; returns whether values keep coming."""
        address = self.at(uri)
        if not journal.waits:
            self._gathering.discard((uri, run_id))
            if journal.sends and monotonic() - self._idle_since.setdefault((uri, run_id), monotonic()) > _IDLE_S:
                self._retire(uri, run_id, journal)
            return False
        self._idle_since.pop((uri, run_id), None)
        if (uri, run_id) in self._gathering:
            self._gathering.remove((uri, run_id))
            return True
        if journal.pause.goes_on or address.pause.goes_on:
            return False
        try:
            journal.take_turn(_TURN_S)
        except BackendUnavailable as error:
            address.tell_away(error)
            address.is_away(error)
        except (RunstoneError, OSError) as error:
            _put_off(journal, error)
        else:
            address.answers()
            self._gathering.add((uri, run_id))
            return True
        return False

    def _retire(self, uri: str, run_id: str, journal: RunJournal) -> None:
        """Remove the file of a journal that is idle, and send the files that wait beside it.

        While its process goes on with the run it stays: its lock says so.
        """
        if not journal.is_begun:
            return
        if not folders.keeps_files(journal.folder):
            journal.retire()
        elif not journal.lives and self._answers(uri) and journal.retire():
            if not journal.delivery.has_refusals:  # else whoever flushes is told first
                self._journals.pop((uri, run_id), None)
            leftovers.recover_run(journal.folder, uri, self._stores)

    def _answers(self, uri: str) -> bool:
        try:
            self.at(uri).check()
        except RunstoneError:
            return False
        return True


def _put_off(journal: RunJournal, error: RunstoneError | OSError) -> None:
    """Try a run again later whose store answers, but does not take what was sent; other runs go on."""
    if isinstance(error, REFUSED):
        journal.pause.begin(inf)  # whoever flushes is told
    else:
        if not journal.pause.seconds:
            _logger.warning(_TRIED_AGAIN, journal.facts.run_id, error, journal.folder)
        journal.pause.begin_longer(2 * _ROUND_S)


def _in_child(journals: Journals | None) -> None:
    if journals is not None:
        journals.begin_in_child()
