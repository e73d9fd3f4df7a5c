"""One call of a training function: whether it is logged, its run, and the promise that training never feels it."""

import inspect
import logging
import shutil
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import wraps
from typing import Any

from msgspec import Struct

from runstone.autologging.library import Library
from runstone.autologging.logbook import AUTOLOGGING, Logbook
from runstone.autologging.options import Options
from runstone.client import context, endings
from runstone.client.fluent.runs import start_run
from runstone.errors import InvalidValue

Function = Callable[..., Any]

_logger = logging.getLogger("runstone")


class Call(Struct, frozen=True):
    """A call of a training function.

    Attributes:
        function: The library's own function.
        args: Its arguments; the instance is the first where it is a method.
        kwargs: Its arguments by name.
    """

    function: Function
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __call__(self) -> Any:
        """Make it; returns what the function gives."""
        return self.function(*self.args, **self.kwargs)

    def arguments(self) -> dict[str, Any]:
        """The arguments by name, with the defaults; empty where the call cannot be one, which the function will say."""
        signature = inspect.signature(self.function)
        try:
            bound = signature.bind(*self.args, **self.kwargs)
        except TypeError:
            return {}
        bound.apply_defaults()
        return bound.arguments

    def having(self, **changed: Any) -> "Call":
        """The same call with other arguments; unchanged where it cannot be one."""
        try:
            bound = inspect.signature(self.function).bind(*self.args, **self.kwargs)
        except TypeError:
            return self
        bound.arguments.update(changed)
        return Call(self.function, bound.args, bound.kwargs)


# What is logged of a call: a generator that logs what is known before, yields the call as it is to be made, is sent
# what the function gave, and logs what is known then.
Watch = Callable[[Logbook, Call], Generator[Call, Any, None]]
# What is added to the call that does the work, within one that is logged.
Inner = Callable[[Logbook, Call], Call]


# Which of them; ``None`` where the call is made as if nobody watched.
Choose = Callable[[Call], Watch | None]


def NOTHING(book: Logbook, call: Call) -> Generator[Call, Any, None]:  # noqa: N802  # a value more than a verb
    """Nothing is logged of a call, nor of what is called within it."""
    raise NotImplementedError


class _Thread(threading.local):
    """The call that is logged, or watched without, in this thread: all that is called within it is a part of it."""

    fit: "Fit | None" = None


_thread = _Thread()
# How deep in workers of joblib each call that is going on was made, in all threads.
_levels: list[int] = []
# What has been warned of in this process: a sweep of a thousand fits need not say it a thousand times.
_warned: set[str] = set()


def watched(
    library: Library, watch: Watch, inner: Inner | None = None, *, always: bool = False
) -> Callable[[Function], Function]:
    """Makes a function that is watched from one that is not, with its name, its signature and its documentation.

    Args:
        library: The library that it is of.
        watch: What is logged of a call.
        inner: What is added to it where it is called within a call that is logged of the same library.
        always: Whether it is logged where the library itself calls it, too.
    """
    return chosen(library, lambda _: watch, inner, always=always)


def chosen(
    library: Library, choose: Choose, inner: Inner | None = None, *, always: bool = False
) -> Callable[[Function], Function]:
    """The same for a function whose calls differ in what is logged of them.

    Args:
        library: The library that it is of.
        choose: What is logged of a call; ``None`` where the call is none of ours.
        inner: As for ``watched``.
        always: As for ``watched``.
    """

    def wrap(function: Function) -> Function:
        @wraps(function)
        def ours(*args: Any, **kwargs: Any) -> Any:
            call = Call(function, args, kwargs)
            around = _thread.fit
            if around is not None:
                return around.within(library, call, inner)()
            watch = choose(call)
            if library.options is None or watch is None:
                return call()
            caller = sys._getframe(1).f_globals.get("__name__", "")
            return _run(library, call, watch if always or not _is_internal(library, caller) else NOTHING)

        return ours

    return wrap


def _is_internal(library: Library, caller: str) -> bool:
    """Whether a call comes from the library itself, or from a fold: it is a part of what the user has called."""
    return caller.partition(".")[0] in library.packages or caller == "sklearn.model_selection._validation"


def _run(library: Library, call: Call, watch: Watch) -> Any:
    level = _level()
    if library.options is None or (_levels and min(_levels) < level):
        return call()
    _thread.fit = fit = Fit(library, library.options)
    _levels.append(level)
    try:
        try:
            result = fit.begin(call, watch)()
        except BaseException as error:
            fit.end(error=error)
            raise
        fit.end(result)
        return result
    finally:
        _levels.remove(level)
        _thread.fit = None


def _level() -> int:
    """How deep in workers of joblib this thread works: a fit may train its parts in some."""
    joblib = sys.modules.get("joblib")
    if joblib is None:
        return 0
    try:
        return joblib.parallel.get_active_backend()[0].nesting_level or 0
    except AttributeError:  # only half imported, or another joblib
        return 0


class Fit:
    """A call that no other one that is watched is around.

    Whatever fails of the logging is told once, and ends it for this call; training goes on.
    """

    def __init__(self, library: Library, options: Options) -> None:
        """Prepare; nothing is logged yet.

        Args:
            library: The library.
            options: What its user has chosen.
        """
        self._library, self._options = library, options
        self._book: Logbook | None = None
        self._steps: Generator[Call, Any, None] | None = None
        self._own_run = ""
        self._is_stopped = False
        self._has_inner = False

    def begin(self, call: Call, watch: Watch) -> Call:
        """Log what is known before the call; returns the call as it is to be made."""
        if watch is NOTHING:
            return call
        made = [call]

        def log() -> None:
            if self._open():
                assert self._book is not None
                self._steps = watch(self._book, call)
                made[0] = next(self._steps)

        self._attempt(log)
        return made[0]

    def within(self, library: Library, call: Call, inner: Inner | None) -> Call:
        """A call that is made within this one; the first that does the work for it is watched too."""
        if inner is None or self._book is None or self._has_inner or library is not self._library:
            return call
        self._has_inner = True
        book, made = self._book, [call]

        def log() -> None:
            made[0] = inner(book, call)

        self._attempt(log)
        return made[0]

    def end(self, result: Any = None, *, error: BaseException | None = None) -> None:
        """Log what is known after the call, and end the run if it was begun for it.

        Args:
            result: What the function gave.
            error: What it raised instead.
        """
        left = error
        try:
            if error is None and self._steps is not None:
                self._attempt(lambda: self._finish(result))
        except BaseException as interruption:
            left = interruption
            raise
        finally:
            self._close(left)

    def _open(self) -> bool:
        """Find the run, or begin one; returns whether anything is to be logged."""
        opened = context.active()
        if opened is not None and self._options.exclusive:
            return False
        tags = {AUTOLOGGING: self._library.name} if opened is None else {}
        tags |= self._options.extra_tags or {}
        if opened is None:
            self._own_run = start_run(tags=tags).info.run_id
            opened = context.active()
            assert opened is not None
        self._book = Logbook(opened, self._library.name, self._options, self._attempt)
        if not self._own_run:
            self._book.tags(tags)
        return True

    def _finish(self, result: Any) -> None:
        assert self._steps is not None
        with suppress(StopIteration):
            self._steps.send(result)

    def _close(self, error: BaseException | None) -> None:
        if self._steps is not None:
            self._attempt(self._steps.close, anyway=True)
        if self._book is not None:
            self._attempt(self._book.end)
            if error is None:
                self._attempt(self._book.close, anyway=True)
            if self._book.folder is not None:
                shutil.rmtree(self._book.folder, ignore_errors=True)
        if self._own_run:
            self._attempt(lambda: context.end_with_inner(self._own_run, endings.after(error)), anyway=True)

    def _attempt(self, action: Callable[[], object], *, anyway: bool = False) -> None:
        """Do something of ours, unless something has failed before."""
        if self._is_stopped and not anyway:
            return
        try:
            action()
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with it, training goes on
            if not self._is_stopped:
                self._is_stopped = True
                self._warn(error)

    def _warn(self, error: Exception) -> None:
        said = f"a fit of {self._library.name} is not logged as a whole, and goes on: "
        said += str(error) if isinstance(error, InvalidValue) else f"{type(error).__name__}: {error}"
        if self._options.silent or said in _warned:
            _logger.debug("%s", said, exc_info=error)
        else:
            _warned.add(said)
            _logger.warning("%s", said)
            _logger.debug("where that was", exc_info=error)
