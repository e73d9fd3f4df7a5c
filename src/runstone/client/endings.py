"""How a process ends, as far as that can be known from within: what becomes of the runs that it left open."""

import opcode
import os
import signal
import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from contextlib import suppress
from types import CodeType, FrameType, TracebackType
from typing import Any, NoReturn

from msgspec import Struct

from runstone.client.redaction import redact
from runstone.entities import RunStatus
from runstone.entities.names import MAX_TAG_VALUE, writable

_WITNESS = "_runstone"
# What asks a process to end: whoever terminates it, and a terminal that is closed.
_TERMINATIONS = (signal.SIGTERM, signal.SIGHUP)
# Of the six who may watch, those whom Python names no use for.
_FREE_TOOLS = (4, 3)
_CUT = "[the beginning is left out]\n"
_MIDDLE = " [the middle is left out] "
_LONGEST = MAX_TAG_VALUE // 2  # characters of one message: there is as much room for the frames above it
_SEARCHED = 32 * MAX_TAG_VALUE  # characters of what an error says: much more than is kept, since secrets become shorter


class End(Struct, frozen=True):
    """How a run ends, and why.

    Attributes:
        status: The state that it ends in.
        reason: Why, in one sentence; empty where it just came to its end.
        traceback: The traceback of the error, without secrets; empty where there was none.
    """

    status: RunStatus = RunStatus.FINISHED
    reason: str = ""
    traceback: str = ""


FINISHED = End()


def after(error: BaseException | None) -> End:
    """How something ended that was left by an error, or by none."""
    if error is None or isinstance(error, GeneratorExit):
        return FINISHED
    if isinstance(error, SystemExit):
        return after_exit(error.code)
    text = redact("".join(_short(piece) for piece in traceback.format_exception(error))[-_SEARCHED:]).text
    if len(text) > MAX_TAG_VALUE:
        text = _CUT + text[len(_CUT) - MAX_TAG_VALUE :]
    if _is_interruption(error):
        return End(RunStatus.KILLED, "interrupted by Ctrl-C", text)
    said = _text(error).strip().splitlines()
    return End(RunStatus.FAILED, f"{type(error).__name__}: {said[0]}"[:500] if said else type(error).__name__, text)


def _short(piece: str) -> str:
    """A message, or a frame, without its middle where it is so long that it would leave no room for the frames."""
    if len(piece) > _SEARCHED:
        piece = piece[: _SEARCHED // 2] + piece[-_SEARCHED // 2 :]
    text = writable(piece)
    if len(text) <= _LONGEST:
        return text
    text = redact(text).text  # before it is cut: half a secret is not recognised
    return text if len(text) <= _LONGEST else text[: _LONGEST // 2] + _MIDDLE + text[-_LONGEST // 2 :]


def _is_interruption(error: BaseException) -> bool:
    """Whether it comes of Ctrl-C; asyncio does not interrupt its program, but cancels it."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(KeyboardInterrupt)[1] is None
    asyncio = sys.modules.get("asyncio")  # there, if it has raised this
    if asyncio is None or not isinstance(error, asyncio.CancelledError):
        return isinstance(error, KeyboardInterrupt)
    # A task that is cancelled does not tell why; the runner, whose method handles Ctrl-C, counts without a public name.
    runner = getattr(getattr(signal.getsignal(signal.SIGINT), "func", None), "__self__", None)
    return isinstance(runner, asyncio.Runner) and getattr(runner, "_interrupt_count", 0) > 0


def after_exit(code: object) -> End:
    """How a program ended that was left by ``sys.exit``."""
    if code is None or (isinstance(code, int) and code == 0):  # 0.0 is printed as text, and the process fails
        return FINISHED
    what = f"exit code {code}" if isinstance(code, int) else f"exit: {_text(code)[:500] or type(code).__name__}"
    return End(RunStatus.FAILED, what)


def _text(said: object) -> str:
    """What an error of the program says, without secrets; nothing where its own ``__str__`` fails."""
    try:
        return redact(writable(str(said)[:_SEARCHED])).text
    except Exception:  # noqa: BLE001  # the end of the run, and the error itself, matter more
        return ""


class Watch:
    """Notices how the process ends, and changes nothing about it; signals are heeded only while that is asked for."""

    def __init__(self, end_thread: Callable[[End], None], terminate: Callable[[End], bool]) -> None:
        """Begin to notice.

        Args:
            end_thread: Ends the runs of the thread that calls it, whose function was left by an error.
            terminate: Ends all runs like this, since the process is to be terminated; returns whether that could be
                done now.
        """
        self._fate: End | None = None
        self._is_interrupted = False
        self._terminate = terminate
        self._end_thread = end_thread
        self._thread_hook: _ThreadHook | None = None
        self._program = _outermost_frame()
        self._exits = 0
        self._last_witness: Callable[[], _Witness | None] = lambda: None
        sys.excepthook = self._noticing(sys.excepthook)
        if not self._sees_exits():
            sys.exit = self._exit
        self._shell, self._shown = _notebook(), _last_shown()
        if self._shell is not None:
            self._shell.events.register("post_run_cell", self._cell_ended)
        self._masks: dict[int, set[int]] = {}
        # The runs are the parent's, and a child that is stuck in native code would never come to call our handler.
        os.register_at_fork(before=self._hold, after_in_parent=self._let_go, after_in_child=self._let_go_in_child)

    @property
    def fate(self) -> End:
        """How the process ends, so far as is known."""
        shown = self._shown_since()
        if self._shell is not None:
            return (self._fate or FINISHED) if shown is None else after(shown)
        if self._fate is None and self._is_left():
            if shown is not None:  # by a hook that was set after ours
                return after(shown)
            witness = self._last_witness()
            if witness is not None:  # something goes on to refer to the exit, as the task does that it has left
                return witness.end
        return self._fate or FINISHED

    def watch_threads(self) -> None:
        """Let a thread that is left by an error end its runs, whatever hook the program has set since."""
        if threading.excepthook is not self._thread_hook:
            self._thread_hook = threading.excepthook = _ending(threading.excepthook, self._end_thread)

    def keep_exit_code(self) -> None:
        """Let a program that Ctrl-C has ended die of SIGINT, whatever was loaded since.

        The interpreter forgets it when text is run as code, which libraries do while they are imported; and it is told
        so again by text that Ctrl-C leaves. A session that goes on after Ctrl-C ends as it likes.
        """
        is_interrupted = self._is_interrupted or isinstance(self._shown_since(), KeyboardInterrupt)
        if is_interrupted and not hasattr(sys, "ps1"):
            with suppress(KeyboardInterrupt):
                exec("raise KeyboardInterrupt")  # noqa: S102  # this text is ours

    def heed_termination(self) -> None:
        """Let the signals end the runs first, in place of dying at once; whoever has a handler of their own decides."""
        if _is_main_thread():
            for number in _TERMINATIONS:
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, self._terminated)

    def leave_termination(self) -> None:
        """Let the signals do what they did before; only the main thread can."""
        if _is_main_thread():
            for number in self._heeded():
                signal.signal(number, signal.SIG_DFL)

    def _heeded(self) -> set[signal.Signals]:
        return {number for number in _TERMINATIONS if signal.getsignal(number) == self._terminated}

    def _hold(self) -> None:
        """Hold them back while this thread forks: Python forgets what a child is sent before it can handle it."""
        if heeded := self._heeded():
            self._masks[threading.get_ident()] = signal.pthread_sigmask(signal.SIG_BLOCK, heeded)

    def _let_go(self) -> None:
        former = self._masks.pop(threading.get_ident(), None)
        if former is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, former)

    def _let_go_in_child(self) -> None:
        self.leave_termination()
        self._let_go()
        self._masks.clear()  # the other threads are not here

    def _noticing(self, hook: Callable[[type[BaseException], BaseException, TracebackType | None], object]) -> "_Hook":
        def notice(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self._fate = after(error)
            self._is_interrupted = isinstance(error, KeyboardInterrupt)
            hook(kind, error, trace)

        return notice

    def _exit(self, code: object = None, /) -> NoReturn:
        """What ``sys.exit`` does. Nobody is told of an exit that nothing catches, so the exception bears a witness."""
        error = SystemExit(code) if code is not None else SystemExit()
        self._bear_witness(error)
        raise error

    def _bear_witness(self, error: SystemExit) -> None:
        if self._is_left():
            return  # it is an exit of what is called after the program
        self._exits += 1
        witness = error.__dict__[_WITNESS] = _Witness(self, self._exits, after_exit(error.code))
        self._last_witness = weakref.ref(witness)

    def _shown_since(self) -> BaseException | None:
        """The error that was shown since, if any."""
        shown = _last_shown()
        return None if shown is self._shown else shown

    def _is_left(self) -> bool:
        """Whether an exception has left the program: its outermost frame is over, and has not returned."""
        frame = self._program
        if frame is None or frame.f_lasti < 0 or _outermost_frame() is frame:
            return False
        return not opcode.opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")

    def _sees_exits(self) -> bool:
        """Let each ``SystemExit`` bear a witness, however it is raised; whether that can be done.

        From Python 3.12 on the interpreter calls us for each exception that is raised, and for nothing else.
        """
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is None:
            return False
        tool = next((tool for tool in _FREE_TOOLS if monitoring.get_tool(tool) is None), None)
        if tool is None:
            return False  # others watch
        monitoring.use_tool_id(tool, "runstone")
        monitoring.register_callback(tool, monitoring.events.RAISE, self._raised)
        monitoring.set_events(tool, monitoring.events.RAISE)
        return True

    def _cell_ended(self, result: Any) -> None:
        """A notebook catches what leaves a cell; a run that is left open ends as its last cell did."""
        # What leaves a script that a cell runs is shown, and does not leave the cell.
        self._fate = after(result.error_before_exec or result.error_in_exec or self._shown_since())
        self._shown = _last_shown()

    def _raised(self, code: CodeType, offset: int, error: BaseException) -> None:  # noqa: ARG002  # as it is called
        if isinstance(error, SystemExit) and _WITNESS not in error.__dict__:
            self._bear_witness(error)

    def _terminated(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # as handlers are called
        if not self._terminate(End(RunStatus.KILLED, f"terminated by the signal {signal.Signals(number).name}")):
            # A call that logs was just under way in this thread: it is to come to its end.
            threading.Timer(0.01, os.kill, (os.getpid(), number)).start()
            return
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


_Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]
_ThreadHook = Callable[[threading.ExceptHookArgs], object]


class _Witness:
    """Dies with its exception: after the program, or below all Python code, only where nothing has caught that."""

    def __init__(self, watch: Watch, number: int, end: End) -> None:
        self._watch, self._number, self.end = watch, number, end

    def __del__(self) -> None:
        watch = self._watch
        is_of_now = sys._getframe().f_back is None and _is_main_thread()
        if is_of_now or (watch._fate is None and self._number == watch._exits and watch._is_left()):
            watch._fate = self.end


def _outermost_frame() -> FrameType | None:
    """Where the program stands: the outermost frame of its main thread, while that runs Python code."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _notebook() -> Any:
    """The shell of IPython that the program runs in: a notebook, or a terminal; ``None`` if there is none."""
    shells = sys.modules.get("IPython")
    return None if shells is None else shells.get_ipython()


def _last_shown() -> BaseException | None:
    """The error that was shown last, by whoever catches all."""
    return getattr(sys, "last_value", None)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _ending(hook: _ThreadHook, end_thread: Callable[[End], None]) -> _ThreadHook:
    """The runs that a thread left open end as the thread does, at once: nobody else can log to them."""

    def end(failure: threading.ExceptHookArgs) -> None:
        end_thread(after(failure.exc_value))
        hook(failure)

    return end
