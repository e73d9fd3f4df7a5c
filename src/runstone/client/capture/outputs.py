"""Standard output and error of this process, with ears: what is printed is noted, and nothing else about them changes.

Only the method ``write`` of the two streams is replaced, so that ``isatty``, ``fileno`` and all the rest stay, whoever
holds a stream already prints to the same one, and programs that C or a child runs keep their terminal.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import get_ident
from typing import Any

from runstone.errors import Unsupported

# Characters that wait until a thread is woken for them, and that wait at most.
_MANY = 1 << 18
_TOO_MANY = 1 << 24


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
            taken.append(f"\n[{lost} characters are left out here: they came too fast]\n")
        return "".join(taken)


class Outputs:
    """Both streams, and the tapes that what is printed goes to."""

    def __init__(self) -> None:
        self._tapes: tuple[Tape, ...] = ()
        self._owners: frozenset[int] = frozenset()
        self._silent: set[int] = set()
        self._replaced: list[tuple[Any, Callable[..., Any]]] = []
        self._begin_anew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave_to_the_parent)

    def add(self, tape: Tape) -> None:
        """Let a tape hear from now on.

        Raises:
            Unsupported: Something stands in the place of a stream that cannot be listened to.
        """
        with self._lock:
            self._set((*self._tapes, tape))
            for stream in (sys.stdout, sys.stderr):
                if stream is not None and all(stream is not known for known, _ in self._replaced):
                    self._replace(stream)

    def remove(self, tape: Tape) -> None:
        """Let it hear no longer; with the last one, the streams are as they were."""
        with self._lock:
            self._set(tuple(other for other in self._tapes if other is not tape))
            if not self._tapes:
                self._put_back()

    def be_silent(self) -> None:
        """Note nothing that this thread prints: it sends what was, and would go on for ever."""
        self._silent.add(get_ident())

    def be_heard(self) -> None:
        """Note again what this thread prints."""
        self._silent.discard(get_ident())

    def _set(self, tapes: tuple[Tape, ...]) -> None:
        self._tapes = tapes
        self._owners = frozenset(tape.thread for tape in tapes)

    def _replace(self, stream: Any) -> None:
        original = stream.write

        def write(text: Any, /, *more: Any, **named: Any) -> Any:
            thread = get_ident()
            if not self._tapes or thread in self._silent:  # as is who prints by another stream that we listen to
                return original(text, *more, **named)
            self._silent.add(thread)
            try:
                written = original(text, *more, **named)
            finally:
                self._silent.discard(thread)
            self._note(text, thread)
            return written

        try:
            stream.write = write
        except AttributeError:
            raise Unsupported(
                f"nobody can listen to what is printed to a {type(stream).__name__}; set "
                "RUNSTONE_CAPTURE_CONSOLE=false, or print to another stream"
            ) from None
        self._replaced.append((stream, write))

    def _note(self, text: Any, thread: int) -> None:
        if not isinstance(text, str):
            return
        for tape in self._tapes:
            if tape.hears_all or tape.thread == thread or thread not in self._owners:
                tape.note(text)

    def _put_back(self) -> None:
        """Take our ``write`` away, but where somebody has put theirs over it: it does nothing there, and is kept."""
        kept = []
        for stream, write in self._replaced:
            if getattr(stream, "__dict__", {}).get("write") is write:
                del stream.write
            else:
                kept.append((stream, write))
        self._replaced = kept

    def _leave_to_the_parent(self) -> None:
        self._begin_anew()
        self._set(())
        self._silent = set()
        self._put_back()

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()


outputs = Outputs()
