"""What this process logs to one run: written down at once, sent later."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from time import monotonic

from runstone import config
from runstone.entities import (
    Applied,
    DatasetInput,
    Entry,
    Metric,
    ModelInput,
    ModelMetric,
    ModelOutput,
    Param,
    RunStatus,
    Tag,
)
from runstone.errors import (
    BackendError,
    BackendUnavailable,
    InvalidValue,
    JournalFull,
    NotFound,
    ParamChanged,
    RunDeleted,
    RunNotFound,
    Unsupported,
)
from runstone.journal import aside, reader
from runstone.journal import folder as folders
from runstone.journal.delivery import Delivery
from runstone.journal.folder import RunFacts
from runstone.journal.pause import Pause
from runstone.journal.reader import Position
from runstone.journal.writer import Writer
from runstone.stores.base import TrackingStore
from runstone.stores.journals import Entries, checked

_logger = logging.getLogger("runstone")

# A file that has grown beyond this is removed once all of it is sent.
LARGE_BYTES = 16 << 20
_RETIRE_WAIT_S = 1  # for a thread that just ends
_CHANGED = (
    "the journal %s was changed by another program: what can still be read of it is sent by the next start in this "
    "folder or by `runstone sync`; what is logged from now on has a file of its own"
)


class RunJournal:
    """The journal of one run, and how far the store has come with it; may be used from several threads.

    Where nothing can be written, because the disk is full, values go to the store directly.

    Attributes:
        facts: The run.
        sends: Whether what is logged is sent; else it stays in the folder.
        lives: Whether the run is open in this process, which says so to the store.
        delivery: Its store, as far as the run goes.
        pause: For how long nobody sends unasked.
        usual_metrics: What :meth:`metrics` tries first, for those who call it often: :meth:`Writer.usual_metrics`.
    """

    def __init__(
        self,
        within: Path,
        facts: RunFacts,
        store: Callable[[], TrackingStore] | None,
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; no file is made before something is logged.

        Args:
            within: Folder of journals.
            facts: The run.
            store: Gives where it belongs; ``None`` where nothing is sent.
            begun: Told when there is a file whose entries are to be sent.
        """
        self.facts, self._within, self._begun = facts, within, begun
        self._store = store
        self.sends = store is not None
        self._warned = False
        self._successor: Callable[[], RunJournal] | None = None
        self._writer: Writer | None = None
        self._folder: Path | None = None
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what another process does: the parent of this one goes on with its file, and sends it."""
        self.close()
        self._making = threading.Lock()
        self._sending = threading.RLock()
        self._writer = None
        self.usual_metrics: Callable[[dict[str, float], int | None, int | None], int] = _nothing_usual
        self._sent = Position(0, 0, 0)
        self._follows = 0
        self.delivery, self.pause = Delivery(self.facts, self._store, lambda: self.folder), Pause()
        self._synced = 0
        self._damaged_line = 0  # the last one that was told; the file stays, for whoever comes next to keep it
        self._params: dict[str, str] = {}
        self.lives = False

    @property
    def folder(self) -> Path:
        """Folder of the run."""
        return self._folder or folders.place_of(self._within, self.facts.run_id, self.facts.tracking_uri)

    @property
    def params(self) -> Mapping[str, str]:
        """The params that this process has logged, which have these values for good."""
        return self._params

    # Writing.

    def begin(self) -> None:
        """Make the file before something is logged: from now on nobody takes the run for one that was left behind.

        Raises:
            JournalFull: It cannot be made.
        """
        self._current()

    def metric(self, key: str, value: float, timestamp: int, step: int) -> None:
        """Log one value of a metric.

        Raises:
            InvalidValue: The name, the value, the time or the step breaks a rule.
        """
        if type(key) is not str or not self.usual_metrics({key: value}, timestamp, step):
            self._log_metrics([ModelMetric(key, value, timestamp, step)])

    def metrics(self, values: dict[str, float], timestamp: int, step: int) -> None:
        """Log values of several metrics, all or none.

        Raises:
            InvalidValue: A name, a value, the time or the step breaks a rule.
        """
        if not self.usual_metrics(values, timestamp, step):
            self._log_metrics([ModelMetric(key, value, timestamp, step) for key, value in values.items()])

    def _log_metrics(self, metrics: list[ModelMetric]) -> None:
        try:
            while not self._current().metrics(metrics):
                pass  # all of that file was sent, and it was removed: there is another now
        except JournalFull as error:
            self._log_directly(error, Entry(n=1, metrics=metrics))

    def log(
        self,
        *,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[Tag] = (),
        datasets: Sequence[DatasetInput] = (),
        model_inputs: Sequence[ModelInput] = (),
        model_outputs: Sequence[ModelOutput] = (),
        deleted_tag: str = "",
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str = "",
    ) -> None:
        """Log what belongs together: all of it is taken, or none.

        Raises:
            ParamChanged: This process has logged the param with another value.
            InvalidValue: A text holds half a character.
        """
        entry = Entry(
            n=1,  # the file knows better
            metrics=list(metrics),  # type: ignore[arg-type]  # written the same, but for a model
            params=list(params),
            tags=list(tags),
            datasets=list(datasets) or None,
            model_inputs=list(model_inputs) or None,
            model_outputs=list(model_outputs) or None,
            deleted_tag=deleted_tag,
            status=status,
            end_time=end_time,
            run_name=run_name,
        )
        with self._noted(params):
            try:
                while not self._current().append(entry):
                    pass  # as above
            except JournalFull as error:
                self._log_directly(error, entry)

    @contextmanager
    def _noted(self, params: Sequence[Param]) -> Iterator[None]:
        """Note params, before the store may refuse them; those of a call that fails are as they were."""
        values: dict[str, str] = {}
        for param in params:
            known = self._params.get(param.key, values.setdefault(param.key, param.value))
            if known != param.value:
                raise ParamChanged(self.facts.run_id, param.key, old=known, new=param.value)
        fresh = values.keys() - self._params.keys()
        self._params.update(values)
        try:
            yield
        except BaseException:
            for key in fresh:
                self._params.pop(key, None)
            raise

    def _current(self) -> Writer:
        writer = self._writer
        if writer is not None and not writer.is_removed:
            return writer
        with self._making:
            if self._successor is not None:
                return self._successor()._current()
            if self._writer is None or self._writer.is_removed:
                with folders.alone(self._within):
                    is_durable = config.JOURNAL_FSYNC.required() == "always"
                    self._folder = folders.make(self._within, self.facts)
                    writer = Writer(
                        self._folder,
                        self.facts.run_id,
                        most_bytes=config.JOURNAL_MAX_MB.required() * 1_000_000,
                        durable=is_durable,
                        former=self._writer,
                    )
                    if is_durable:
                        folders.make_durable(self.folder)
                self._sent, self._synced, self._follows = writer.start(), 0, writer.n
                self._writer, self._damaged_line = writer, 0
                self.usual_metrics = writer.usual_metrics
                self._begun()
            return self._writer

    def _log_directly(self, full: JournalFull, entry: Entry) -> None:
        if not self.sends:
            raise full
        if not self._warned:
            self._warned = True
            _logger.warning("%s; until then every call waits for the store", full)
        self.flush(raises=False)
        if self.retire(clears=False):  # all of it was sent: there is room again
            with suppress(JournalFull):
                while not self._current().append(entry):
                    pass  # as in metric
                return
        with self._alone():
            applied = self.delivery.append_directly(entry)
        if applied.refused:
            self.delivery.raise_refused()

    def may_write(self) -> bool:
        """Whether nobody is amid writing."""
        writer = self._writer
        return not self._making.locked() and (writer is None or writer.may_write())

    @property
    def is_begun(self) -> bool:
        """Whether this process has a file of it."""
        return self._writer is not None and not self._writer.is_removed

    # Sending.

    @property
    def waits(self) -> bool:
        """Whether something was written that is not sent."""
        writer = self._writer
        return self.sends and writer is not None and writer.file >= 0 and self._sent.offset < writer.size

    def send(self) -> bool:
        """Send what comes next, some 2,500 values; returns whether there was anything.

        Raises:
            BackendError: The store cannot be reached, or failed. It may be tried again.
            RunNotFound: It has no such run.
            RunDeleted: The run is in the trash.
        """
        with self._alone():
            writer = self._writer
            if writer is None or not self.waits:
                return False
            delivered = self._deliver(writer)
            if delivered is None:
                _logger.warning(_CHANGED, writer.path)
                writer.leave()
                return True
            applied, entries, end = delivered
            if applied.applied < self._follows:
                # The store was restored from an older copy: what is left of the journal is sent once more.
                self._sent, self._follows = writer.start(), 0
                return True
            self._forget_refused(applied, entries)
            self._sent, self._follows = end, end.n
            self.pause.end()
            if writer.size > min(LARGE_BYTES, writer.most_bytes // 2) and not self._damaged_line:
                self.delivery.settle()
                writer.remove(self._sent)  # the next call begins another
            return True

    def _deliver(self, writer: Writer) -> tuple[Applied, Entries, Position] | None:
        """Let the store have what comes next: what it says, of what, and where that ends; ``None`` if nothing does.

        The lines go as they stand, and the store checks them. They are read here where one of them is wrong, which is
        told, and where there may be models to make first.
        """
        until = writer.size
        try:
            texts = None if self.delivery.may_name_models() else reader.texts(writer.file, self._sent, until=until)
        except OSError as error:
            raise _unreadable(writer, error) from error
        if texts is not None:
            with suppress(InvalidValue):
                applied = self.delivery.append(writer.writer, texts.entries, self._follows)
                return applied, texts.entries, texts.end
        try:
            stretch = reader.read(writer.file, self._sent, until=until)
        except OSError as error:
            raise _unreadable(writer, error) from error
        for damage in stretch.damages:
            if damage.line > self._damaged_line:
                self._damaged_line = damage.line
                _logger.warning("%s: line %d: %s", writer.path, damage.line, damage.reason)
        if stretch.end.offset == self._sent.offset:
            return None
        return self.delivery.append(writer.writer, stretch.entries, self._follows), stretch.entries, stretch.end

    def _forget_refused(self, applied: Applied, entries: Entries) -> None:
        """Params that were refused do not have these values."""
        refused = {told.n for told in applied.refused}
        for entry in checked(entries) if refused else ():
            if entry.n in refused and isinstance(entry, Entry):
                for param in entry.params:
                    self._params.pop(param.key, None)

    def flush(self, *, raises: bool = True) -> None:
        """Send all that was logged before this call.

        Args:
            raises: Whether what the store has refused is raised; else it is kept for the next call that raises.

        Raises:
            RunstoneError: What the store refused first, or why it cannot be reached.
        """
        try:
            self._send_all(self._let_send)
        except RunNotFound:
            if raises:
                self._drop()
            raise
        if raises:
            self.delivery.raise_refused()

    def take_turn(self, longest_s: float) -> None:
        """Send what was logged before this call, as the thread that sends does: nobody waits for it.

        Args:
            longest_s: Seconds after which no further request is begun.

        Raises:
            RunstoneError: Why it cannot be reached. What it has refused is kept for who flushes.
        """
        self._send_all(self.send, longest_s)

    def _send_all(self, send: Callable[[], object], longest_s: float = inf) -> None:
        writer, end = self._writer, monotonic() + longest_s
        until = 0 if writer is None else writer.size
        # Others may log faster than this can send: their values are not waited for.
        while self._writer is writer and self.waits and self._sent.offset < until and monotonic() < end:
            send()

    def _let_send(self) -> None:
        """Let another thread send what comes next, and wait for it no longer than a server may keep a caller.

        The request itself is not cut short by that: the server may answer late, and has all of it then.
        """
        try:
            sending = aside.begin(self.send)
        except RuntimeError:  # the interpreter ends
            self.send()
            return
        longest_s, sent = config.JOURNAL_WAIT.required(), self._sent
        while not wait([sending], longest_s).done:
            if self._sent == sent:  # nor did another send anything
                raise _slow(longest_s)
            sent = self._sent
        sending.result()

    def _drop(self) -> None:
        """Give up what belongs to no run, once that is told: nobody can ever send it.

        A run that the store has had is kept: its database may have been restored from an older copy.
        """
        if self.delivery.is_known or self.facts.is_new:
            return
        with self._alone():
            if self._writer is not None:
                self._sent = Position(self._writer.size, self._sent.line, self._writer.n)
        self.retire()

    def make_durable(self) -> None:
        """Let what was written survive a loss of power."""
        writer = self._writer
        if writer is not None and self._synced != writer.size:
            size = writer.size
            writer.sync()
            if not self._synced:
                folders.make_durable(self.folder)
            self._synced = size

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread sends. The others wait as long as it comes on, and no longer than a server may keep them."""
        longest_s = config.JOURNAL_WAIT.required()
        sent = self._sent
        while not self._sending.acquire(timeout=longest_s):
            if self._sent == sent:
                raise _slow(longest_s)
            sent = self._sent
        try:
            yield
        finally:
            self._sending.release()

    def retire(self, *, clears: bool = True) -> bool:
        """Remove the file, and the run's folder if it holds nothing else, if all was sent; returns whether it was."""
        if self.waits or self._damaged_line or not self._sending.acquire(timeout=_RETIRE_WAIT_S):
            return False
        try:
            writer = self._writer
            self.delivery.settle()
            if writer is not None and not writer.is_removed and not writer.remove(self._sent):
                return False
            if clears and self.sends and (self.delivery.is_known or not self.facts.is_new):
                folders.clear(self.folder)  # else it holds a run that was made here and is not sent
            return True
        except BackendError:
            return False  # the disk of the store did not take it
        finally:
            self._sending.release()

    def hand_over(self, successor: Callable[[], "RunJournal"]) -> bool:
        """Let what is still logged here go elsewhere, unless something was since all was sent; returns whether so.

        Args:
            successor: Gives the journal that is used from now on.
        """
        with self._making:
            if self.is_begun:
                return False
            self._successor = successor
            return True

    def close(self) -> None:
        """Leave what is not sent to whoever comes next."""
        if self._writer is not None:
            if config.JOURNAL_FSYNC.required() != "never":
                # As for the thread that does it else: what is written is read all the same.
                with suppress(JournalFull, OSError):
                    self.make_durable()
            self._writer.close()


def _unreadable(writer: Writer, error: OSError) -> BackendError:
    return BackendError(f"the journal {writer.path} cannot be read: {error.strerror}")


def _slow(longest_s: float) -> BackendUnavailable:
    return BackendUnavailable(f"the store did not take what was logged within {longest_s:g} s")


def _nothing_usual(*_: object) -> int:
    """Nothing is usual before there is a file."""
    return 0


# What a store says for good; trying again helps only after somebody has changed something.
REFUSED = (NotFound, RunDeleted, Unsupported)
