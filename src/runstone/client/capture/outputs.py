"""Standard output and error of this process, with ears: what is printed is noted, and nothing else about them changes.

Only the method ``write`` of the two streams is replaced, so that ``isatty``, ``fileno`` and all the rest stay, whoever
holds a stream already prints to the same one, and programs that C or a child runs keep their terminal.
"""

import os
import sys
import threading
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from threading import get_ident
from typing import Any

from runstone.entities.names import a_class
from runstone.errors import Unsupported

# Characters that wait until a thread is woken for them, and that wait at most.
_MANY = 1 << 18
_TOO_MANY = 1 << 24
# What stands for text that nobody could wait for.
LOST = "\n[{} characters are left out here: they came faster than they could be stored]\n"


class Tape:
    """What was printed while it was held on, until somebody takes it.

    Attributes:
        thread: The thread that the run was started in.
        hears_all: Whether what other threads with runs of their own print belongs to it.
        wake: Something is put into it when there is much.
    """

    __slots__ = ("_lost", "_pieces", "_size", "_woken", "hears_all", "thread", "wake")

    def __init__(self, thread: int, *, hears_all: bool) -> None:
        self.thread, self.hears_all = thread, hears_all
        self.wake: SimpleQueue[bool] = SimpleQueue()  # a handler of a signal prints as well
        self._pieces: deque[str] = deque()
        self._size = self._lost = 0
        self._woken = False

    def note(self, text: str) -> None:
        """Keep a piece of text. Takes no lock."""
        if self._size > _TOO_MANY:
            self._lost += len(text)
            return
        self._pieces.append(text)
        self._size += len(text)
        if self._size > _MANY and not self._woken:
            self._woken = True
            self.wake.put(False)

    def take(self) -> str:
        """All that was noted since it was taken last."""
        taken = []
        while self._pieces:
            taken.append(self._pieces.popleft())
        lost, self._lost = self._lost, 0
        self._size, self._woken = 0, False
        if lost:
            taken.append(LOST.format(lost))
        return "".join(taken)


class _Write:
    """Stands for the method ``write`` of a stream.

    Attributes:
        before: What stood there for the class's own method; ``None`` if nothing did.
    """

    __slots__ = ("_original", "_outputs", "before")

    def __init__(self, heard_by: "Outputs", stream: Any) -> None:
        self._outputs = heard_by
        self._original = stream.write
        self.before = _own_write(stream)

    def __call__(self, text: Any, /, *more: Any, **named: Any) -> Any:
        """Write, and note what was written."""
        thread = get_ident()
        silent = self._outputs.silent
        if not self._outputs.tapes or thread in silent:
            return self._original(text, *more, **named)
        try:  # Ctrl-C may come right behind any call, the next one included
            silent.add(thread)  # for who passes it on to another stream that we listen to
            written = self._original(text, *more, **named)
        finally:
            silent.discard(thread)
        self._outputs.note(text, thread)
        return written


def _own_write(stream: Any) -> Any:
    return getattr(stream, "__dict__", {}).get("write")


class Outputs:
    """Both streams, and the tapes that what is printed goes to.

    Attributes:
        tapes: Those that hear.
        silent: Threads that are not heard.
    """

    def __init__(self) -> None:
        self.tapes: tuple[Tape, ...] = ()
        self._owners: frozenset[int] = frozenset()
        self.silent: set[int] = set()
        self._streams: list[Any] = []
        self._events: Any = None
        self._begin_anew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave_to_the_parent)

    def add(self, tape: Tape) -> list[Unsupported]:
        """Let a tape hear from now on.

        Returns:
            What stands in the place of a stream and cannot be listened to; the other stream is heard.
        """
        deaf = []
        with self._lock:
            for stream in (sys.stdout, sys.stderr):
                try:
                    self._begin_with(stream)
                except Unsupported as error:
                    deaf.append(error)
            self._set((*self.tapes, tape))
            self._follow_cells()
        return deaf

    def listen(self, *_: Any) -> None:
        """Listen again where somebody has put back what was there before.

        That is a ``write``, as IPython does after each cell, or the program's own stream, as at the end of
        ``redirect_stdout``.
        """
        with self._lock:
            if not self.tapes:
                return
            for stream, own in ((sys.stdout, sys.__stdout__), (sys.stderr, sys.__stderr__)):
                if stream is own:
                    with suppress(Unsupported):
                        self._begin_with(stream)
            for stream in self._streams:
                self._listen_to(stream)

    def remove(self, tape: Tape) -> None:
        """Let it hear no longer; with the last one, the streams are as they were."""
        with self._lock:
            self._set(tuple(other for other in self.tapes if other is not tape))
            if not self.tapes:
                self._put_back()

    def be_silent(self) -> None:
        """Note nothing that this thread prints: it sends what was, and would go on for ever."""
        self.silent.add(get_ident())

    def be_heard(self) -> None:
        """Note again what this thread prints."""
        self.silent.discard(get_ident())

    def _set(self, tapes: tuple[Tape, ...]) -> None:
        self.tapes = tapes
        self._owners = frozenset(tape.thread for tape in tapes)

    def _begin_with(self, stream: Any) -> None:
        if stream is not None and all(stream is not known for known in self._streams):
            self._listen_to(stream)
            self._streams.append(stream)

    def _listen_to(self, stream: Any) -> None:
        if isinstance(_own_write(stream), _Write):
            return
        try:
            stream.write = _Write(self, stream)
        except AttributeError:
            raise Unsupported(
                f"nobody can listen to what is printed to {a_class(stream)}; set "
                "RUNSTONE_CAPTURE_CONSOLE=false, or print to another stream"
            ) from None

    def _follow_cells(self) -> None:
        """In a notebook, listen to each cell from its beginning on."""
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if shell is not None and self._events is None:
            self._events = shell.events
            self._events.register("pre_run_cell", self.listen)

    def note(self, text: Any, thread: int) -> None:
        """Note what a thread has printed."""
        if not isinstance(text, str):
            return
        for tape in self.tapes:
            if tape.hears_all or tape.thread == thread or thread not in self._owners:
                tape.note(text)

    def _put_back(self) -> None:
        """Take our ``write`` away, but where somebody has put theirs over it: ours only passes on there."""
        for stream in self._streams:
            ours = _own_write(stream)
            if isinstance(ours, _Write):
                if ours.before is None:
                    del stream.write
                else:
                    stream.write = ours.before
        self._streams = []
        if self._events is not None:
            self._events.unregister("pre_run_cell", self.listen)
            self._events = None

    def _leave_to_the_parent(self) -> None:
        self._begin_anew()
        self._set(())
        self.silent = set()
        self._put_back()

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()


outputs = Outputs()
