"""Which run and which experiment a call means that names none: the only state of the module verbs.

Each thread has active runs of its own, as in MLflow; a thread that starts none has none. They are bound to the thread
and not to a ``contextvars`` context, because a notebook may run each cell in a context of its own, and a run started
in one cell is logged to in the next.
"""

import atexit
import logging
import os
import sys
import threading
from _thread import start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic, sleep
from types import TracebackType

from runstone import config
from runstone.client import choices, endings
from runstone.client.capture import capture as captures
from runstone.client.capture.capture import Capture
from runstone.client.capture.part import Subject
from runstone.client.client import Client
from runstone.client.connection import open_journals, open_stores
from runstone.client.endings import FINISHED, End
from runstone.client.offline import OfflineClient
from runstone.entities import Run
from runstone.errors import BackendUnavailable, RunNotFound, RunstoneError
from runstone.journal.run_journal import RunJournal

_TERMINATION_S = 3.0  # whoever terminates waits for some seconds before killing
_CAPTURE_TERMINATION_S = 1.0  # for what was captured, and as much to keep it here

_logger = logging.getLogger("runstone")


class ActiveRun(Run, frozen=True):
    """A run that was started here; as a context manager it ends the run when the block is left.

    It ends ``FINISHED``, or ``FAILED`` when an exception leaves the block, or ``KILLED`` when that is Ctrl-C.
    """

    def __enter__(self) -> "ActiveRun":
        _process.blocks.add(self.info.run_id)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _process.blocks.discard(self.info.run_id)
        try:
            end_with_inner(self.info.run_id, endings.after(error))
        except RunstoneError as failure:
            if error is None:
                raise
            _logger.warning(
                "the run %s could not be ended: %s", self.info.run_id, failure
            )  # its own error matters more

    def __repr__(self) -> str:
        return f"<ActiveRun: {self.info.run_id} {self.info.run_name!r} of experiment {self.info.experiment_id}>"


@dataclass(frozen=True, slots=True)
class Open:
    """An active run, and where it is logged to.

    Attributes:
        run: The run.
        client: The handle it was started with; it stays with it when the address is changed.
        process: The process that started it, and alone ends it.
        journal: Where this process writes down what it logs to it.
        capture: What is captured of it here.
    """

    run: ActiveRun
    client: Client
    process: int
    journal: RunJournal
    capture: Capture


class Here(threading.local):
    """What each thread has for itself.

    Attributes:
        stack: Its active runs, the innermost last.
        last: The one that it started or ended last.
        model: Id of its active model.
        journal: Of the innermost active run, while there is no active model: where a metric goes that names neither.
    """

    def __init__(self) -> None:
        """A thread begins with nothing."""
        self.stack: list[Open] = []
        self.last: Open | None = None
        self.model: str | None = None
        self.journal: RunJournal | None = None

    def begin(self, opened: Open) -> None:
        """Make a run the innermost active one."""
        self.stack.append(opened)
        self.last = opened
        self._look()

    def leave(self) -> Open:
        """Take the innermost active run away."""
        self.journal = None  # also where Ctrl-C ends this here
        self.last = self.stack.pop()
        self._look()
        return self.last

    def choose(self, model_id: str | None) -> None:
        """Make a logged model the active one, or none."""
        self.model = model_id
        self._look()

    def _look(self) -> None:
        self.journal = self.stack[-1].journal if self.stack and self.model is None else None


@dataclass(slots=True)
class _Process:
    """What all threads share.

    Attributes:
        opened: The active runs of all threads, by id, in the order of their start.
        ending: Those that are about to end, and how, until that is done.
        watch: Notices how the process ends, from the first run on.
        finalized: The child of ``multiprocessing`` that ends its runs itself, by its number.
        handled: What the parent was handling when it forked this process, which is not its own error.
        blocks: Ids of the runs whose ``with`` block has begun and goes on.
        has_told_of_blocks: Whether the user knows that such runs are ended from outside.
    """

    opened: dict[str, Open]
    ending: dict[str, tuple[Open, End]]
    watch: endings.Watch | None = None
    finalized: int = 0
    handled: BaseException | None = None
    blocks: set[str] = field(default_factory=set)
    has_told_of_blocks: bool = False


here = Here()
_process = _Process({}, {})


def client_of_model(model_id: str) -> Client:
    """The handle that has a logged model: the one of this thread's run, if that keeps it here, else that of now."""
    opened = last()
    if opened is not None:
        keeper = opened.client
        if not isinstance(keeper, OfflineClient):  # its store may have gone away
            keeper = OfflineClient(keeper.tracking_uri, sends=True, within=opened.journal.folder.parents[1])
        if keeper._keeps_model(model_id):
            return keeper
    return choices.client()


def client_for_runs() -> Client:
    """The handle that runs are started with: where the store does not answer, one that keeps them until it does."""
    around = active()
    handle = choices.client() if around is None or not isinstance(around.client, OfflineClient) else around.client
    if isinstance(handle, OfflineClient):
        return handle
    try:
        handle._check_store()
    except BackendUnavailable as error:
        open_journals.at(handle._tracking_uri).tell_away(error)
        return choices.offline_client(sends=True)
    return handle


def active() -> Open | None:
    """The innermost active run of this thread."""
    return here.stack[-1] if here.stack else None


def last() -> Open | None:
    """The innermost active run of this thread, else the one it started or ended last."""
    return active() or here.last


def active_model() -> str | None:
    """The id of the logged model that metrics of this thread are of where they name none."""
    return here.model


def choose_model(model_id: str | None) -> None:
    """Make a logged model the active one of this thread, or none."""
    here.choose(model_id)


def open_run(
    run: Run, handle: Client, *, is_resumed: bool = False, log_system_metrics: bool | None = None
) -> ActiveRun:
    """Make a run the active one of this thread, and begin to capture it."""
    watch = _watch_the_end()
    watch.watch_threads()
    _end_before_multiprocessing()
    started = ActiveRun(info=run.info, data=run.data, inputs=run.inputs, outputs=run.outputs)
    journal = handle._note_begin(run.info.run_id)
    around = active()
    # In the child of a fork the thread that captures the run around is not there: this run would wait for it in vain.
    outer = around.capture.subject if around is not None and around.process == os.getpid() else None
    subject = Subject(handle, run.info.run_id, is_resumed, outer)
    capture = captures.of(subject, log_system_metrics)
    opened = Open(started, handle, os.getpid(), journal, capture)
    here.begin(opened)
    _process.opened[run.info.run_id] = opened
    watch.heed_termination()
    capture.start()
    return started


def end_innermost(end: End) -> None:
    """End the innermost active run of this thread; nothing happens where there is none.

    The run is no longer active even where the store cannot be told; that is raised. The child of a fork only leaves a
    run of its parent, which goes on with it.
    """
    if here.stack:
        ended = here.leave()
        if ended.process != os.getpid():
            return
        try:
            _finish(ended, end, end.traceback)
        finally:
            _leave_termination()


def _finish(opened: Open, end: End, last_words: str) -> None:
    """End a run that is no longer active; where the process is terminated meanwhile, it ends like this as well."""
    run_id = opened.run.info.run_id
    _process.ending[run_id] = opened, end
    _process.opened.pop(run_id, None)
    try:
        opened.capture.stop(last_words)
    finally:  # Ctrl-C here, and the run ends all the same
        try:
            opened.client._end_run(run_id, end)
        finally:
            _process.ending.pop(run_id, None)


def end_with_inner(run_id: str, end: End) -> None:
    """End an active run of this thread, and those that were started in it and left open.

    None of them is active afterwards, even where the store cannot be told; the last such error is raised.
    """
    _tell_of_blocks_within(run_id)
    failure: RunstoneError | None = None
    while any(opened.run.info.run_id == run_id for opened in here.stack):
        try:
            end_innermost(end)
        except RunstoneError as error:
            failure = error
    if failure is not None:
        raise failure


def _tell_of_blocks_within(run_id: str) -> None:
    """Say once that the end of a run ends others whose block goes on, as that of another task of asyncio does."""
    stack = [opened.run.info.run_id for opened in here.stack]
    if run_id not in stack or _process.has_told_of_blocks:
        return
    inner = [within for within in stack[stack.index(run_id) + 1 :] if within in _process.blocks]
    if inner:
        _process.has_told_of_blocks = True
        _logger.warning(
            "the run %s ends, and with it %s, whose `with` block goes on: runs that tasks of one thread start at "
            "once are taken for nested, and values go to the one that was started last; name the run of each value by "
            "`run_id=`",
            run_id,
            " and ".join(inner),
        )


def forget_choices() -> None:
    """Go back to the settings: no address, experiment or model is chosen."""
    choices.forget()
    here.choose(None)


@contextmanager
def run_to_resume(run_id: str | None, parent_run_id: str | None = None) -> Iterator[str]:
    """The run to go on with: the one given, else the one that a setting names, once; empty if there is none.

    The setting is removed: the processes that this one starts have runs of their own. Where the block fails, it goes on
    to name the run: what is logged after that is not to go elsewhere.

    Args:
        run_id: The run that was given.
        parent_run_id: The run that the one to start belongs to: a setting that names this one means the parent.
    """
    named = config.RUN_ID.get() or ""
    if run_id or active() is not None or not named or named == parent_run_id:
        yield run_id or ""
        return
    source = config.RUN_ID.source()
    config.RUN_ID.put(None)
    try:
        yield named
    except BaseException as error:
        config.RUN_ID.put(named)
        if isinstance(error, RunNotFound) and error.run_id == named:
            raise RunNotFound(named, by=f"id that {source} names,") from None
        raise


def _watch_the_end() -> endings.Watch:
    """From the first run on, notice how the process ends."""
    if _process.watch is None:
        _process.watch = endings.Watch(_end_thread, _terminate)
    return _process.watch


def _end_before_multiprocessing() -> None:
    """See that a child of ``multiprocessing`` ends its runs: it ends without ``atexit``, and catches what leaves it."""
    multiprocessing = sys.modules.get("multiprocessing")  # there, if it made this process
    if multiprocessing is None or multiprocessing.parent_process() is None or _process.finalized == os.getpid():
        return
    _process.finalized = os.getpid()
    # Before the journals are closed, which have 0.
    sys.modules["multiprocessing.util"].Finalize(None, _end_child, exitpriority=1)


def _end_child() -> None:
    error = sys.exc_info()[1]  # called while it leaves the process
    end = endings.after(None if error is _process.handled else error)
    for opened in _ours():
        _end(opened, end, last_words=end.traceback)


def _note_handled() -> None:
    _process.handled = sys.exc_info()[1]


os.register_at_fork(after_in_child=_note_handled)


def _leave_termination() -> None:
    """Without an active run, a signal is none of our business."""
    if _process.watch is not None and not _ours() and not _process.ending:
        _process.watch.leave_termination()


def _ours() -> list[Open]:
    """The active runs that this process has started, and not one it was forked from; the latest first."""
    return [opened for opened in reversed(list(_process.opened.values())) if opened.process == os.getpid()]


def _end_thread(end: End) -> None:
    while here.stack:
        opened = here.leave()
        if opened.process == os.getpid():
            _end(opened, end, last_words=end.traceback)


def _terminate(end: End) -> bool:
    """End all runs of this process, which is to be terminated; returns whether that could be done now.

    Called amid any statement of the program, so it only writes the ends down; the thread that sends does the rest.
    """
    if not open_journals.may_write():
        return False
    ends = [ending for ending in list(_process.ending.values()) if ending[0].process == os.getpid()]
    ends += [(opened, end) for opened in _ours()]
    captured = [opened.capture for opened, _ in ends]
    for capture in captured:
        capture.ask_to_stop()
    _wait_for(lambda: all(capture.is_done for capture in captured))
    slow = [capture for capture in captured if not capture.is_done]
    if slow:
        _elsewhere(lambda: _keep(slow))
    for opened, its_end in ends:
        with suppress(RunstoneError):
            opened.client._note_end(opened.run.info.run_id, its_end)
    open_journals.wait_until_sent(_TERMINATION_S)
    if open_journals.has_refusals():
        _elsewhere(open_journals.tell_refused)
    open_journals.remove_sent()
    return True


def _keep(captures: list[Capture]) -> None:
    for capture in captures:
        capture.keep()


def _elsewhere(action: Callable[[], object]) -> None:
    """Do it in another thread: it may wait for what this one was interrupted in, and nobody waits long for that one."""
    done: list[bool] = []

    def do() -> None:
        action()
        done.append(True)

    start_new_thread(do, ())
    _wait_for(lambda: bool(done))


def _wait_for(is_done: Callable[[], bool]) -> None:
    latest = monotonic() + _CAPTURE_TERMINATION_S
    while monotonic() < latest and not is_done():
        sleep(0.01)


@atexit.register
def _end_what_is_open() -> None:
    """End the runs that the program left open, in the threads that did, then send what waits and close the stores.

    Ctrl-C ends the waiting, and nothing else: the program has come to its end.
    """
    end = _process.watch.fate if _process.watch is not None else FINISHED
    try:
        for opened in _ours():
            _end(opened, end)
        open_journals.close()
    except KeyboardInterrupt:
        for opened in _ours():
            with suppress(RunstoneError):
                opened.client._note_end(opened.run.info.run_id, end)
        open_journals.leave("Ctrl-C has ended the waiting for its store")
    open_stores.close()
    if _process.watch is not None:
        _process.watch.keep_exit_code()


def _end(opened: Open, end: End, last_words: str = "") -> None:
    """End a run where nobody is there to be told of an error, and others are to be ended after it."""
    try:
        _finish(opened, end, last_words)
    except Exception as error:  # noqa: BLE001  # whatever it is, the other runs are ended, and journals closed
        _logger.warning("the run %s could not be ended: %s", opened.run.info.run_id, error)
