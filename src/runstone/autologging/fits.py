"""One call of a training function: whether it is logged, its run, and the promise that training never feels it."""

import inspect
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from enum import Enum
from functools import wraps
from typing import Any

from msgspec import Struct

from runstone.autologging.guard import Guard
from runstone.autologging.library import Library
from runstone.autologging.logbook import AUTOLOGGING, Logbook
from runstone.autologging.options import Options
from runstone.client import context, endings
from runstone.client.context import Open
from runstone.client.endings import FINISHED
from runstone.client.fluent.runs import start_run

Function = Callable[..., Any]


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


class Choice(Enum):
    """What else may be chosen for a call than what is logged of it.

    Attributes:
        NOTHING: Nothing is logged of it, nor of what is called within it.
        UNWATCHED: It is made as if nobody watched.
    """

    NOTHING = "nothing"
    UNWATCHED = "unwatched"


Choose = Callable[[Call], Watch | Choice]


class Fit(Struct, eq=False):
    """A call that no other one that is watched is around: what those within it are to know.

    Attributes:
        library: The library.
        book: What is logged to; ``None`` where nothing is logged of it.
        has_inner: Whether the call that does the work for it was made.
    """

    library: Library
    book: Logbook | None = None
    has_inner: bool = False

    def within(self, library: Library, call: Call, inner: Inner | None) -> Call:
        """A call that is made within this one; the first that does the work for it is watched too."""
        book = self.book
        if inner is None or book is None or self.has_inner or library is not self.library:
            return call
        self.has_inner = True
        return book.attempt(lambda: inner(book, call)) or call


class _Thread(threading.local):
    """The call that is logged, or watched without, in this thread: all that is called within it is a part of it."""

    fit: Fit | None = None


_thread = _Thread()
# How deep in workers of joblib each call that is going on was made, in all threads.
_levels: list[int] = []


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
        choose: What is logged of a call.
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
            watch = Choice.UNWATCHED if library.options is None else choose(call)
            if watch is Choice.UNWATCHED:
                return call()
            caller = sys._getframe(1).f_globals.get("__name__", "")
            return _run(library, call, watch if always or not _is_internal(library, caller) else Choice.NOTHING)

        return ours

    return wrap


def _is_internal(library: Library, caller: str) -> bool:
    """Whether a call comes from the library itself, or from a fold: it is a part of what the user has called."""
    return caller.partition(".")[0] in library.packages or caller == "sklearn.model_selection._validation"


def _run(library: Library, call: Call, watch: Watch | Choice) -> Any:
    options, level = library.options, _level()
    if options is None or (_levels and min(_levels) < level):
        return call()
    _thread.fit = fit = Fit(library)
    _levels.append(level)
    try:
        return call() if isinstance(watch, Choice) else _logged(fit, options, call, watch)
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


def _logged(fit: Fit, options: Options, call: Call, watch: Watch) -> Any:
    """Make a call, and log it."""
    guard = Guard(fit.library.name, silent=options.silent)
    attempt = guard.attempt
    around = context.active()
    if around is not None and options.exclusive:
        return call()
    opened = around or attempt(lambda: _begin(fit.library, options))
    if opened is None:
        return call()
    end = FINISHED
    fit.book = book = Logbook(opened, fit.library.name, options, guard)
    steps = watch(book, call)
    try:
        if around is not None:
            attempt(lambda: book.tags(options.extra_tags or {}))
        result = (attempt(lambda: next(steps)) or call)()
        attempt(lambda: _finish(steps, result))
        return result
    except BaseException as error:
        end = endings.after(error)
        raise
    finally:
        attempt(steps.close, anyway=True)
        attempt(book.end)
        if end is FINISHED:
            attempt(book.close, anyway=True)
        book.remove_folder()
        if around is None:
            attempt(lambda: context.end_with_inner(book.run_id, end), anyway=True)


def _begin(library: Library, options: Options) -> Open | None:
    """Begin a run for a call."""
    start_run(tags={AUTOLOGGING: library.name} | dict(options.extra_tags or {}))
    return context.active()


def _finish(steps: Generator[Call, Any, None], result: Any) -> None:
    with suppress(StopIteration):
        steps.send(result)
