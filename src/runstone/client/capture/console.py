"""What a program prints, kept with the run while it goes on."""

import threading
from collections import deque
from contextlib import suppress
from queue import Empty
from time import monotonic
from uuid import uuid4

from runstone.client.capture import reading
from runstone.client.capture.outputs import Tape, outputs
from runstone.client.capture.part import Subject
from runstone.client.capture.screen import Screen
from runstone.client.capture.segments import FOLDER, Segments
from runstone.client.redaction import redact
from runstone.errors import BackendError, InvalidState

EVERY_S = 2.0
# Names of segments are numbers: three digits of a process, which is one of those that came before, then three of the
# segment. Between them, a process that resumes a run has six of chance: others may do so at the same moment.
_FIRST = "000"
_FAR = 400  # of processes
_CHANCES = 1_000_000
_CONTEXT = 100  # lines before the first that is searched for secrets: those of a private key belong together
_LONG = 1000  # characters of a line: more than that, and it is of no key
_PATIENCE_S = 0.5  # with what is being folded, where the run, or the process, ends without it


class Console:
    """Keeps standard output and error of this process as files of the run, folded as a terminal shows them.

    A run that the main thread has started gets all that is printed; that of another thread gets what this thread
    prints, and what threads without a run do.
    """

    def __init__(self, subject: Subject) -> None:
        """Prepare; nothing is listened to yet."""
        self._subject = subject
        self._screen = Screen()
        self._segments = Segments()
        self._before: deque[str] = deque(maxlen=_CONTEXT)
        self._begin = b""  # parts the text from that of another process
        self._process: str | None = None if subject.is_resumed else _FIRST
        self._failure: Exception | None = None
        self._last_words = ""
        self._has_last = False
        self._folding = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="runstone-console", daemon=True)

    def start(self) -> None:
        """Listen from now on."""
        self._tape = Tape(threading.get_ident(), hears_all=threading.current_thread() is threading.main_thread())
        for error in outputs.add(self._tape):
            self._subject.goes_on_without("whole console", error)
        try:
            self._thread.start()
        except RuntimeError:  # no more threads are allowed here
            self.detach()
            raise

    def detach(self) -> None:
        """Listen no longer."""
        outputs.remove(self._tape)

    def stop(self, last_words: str = "") -> None:
        """Listen no longer; all is stored, or kept beside the journal where the store does not answer, or fails.

        Args:
            last_words: Of the run, which nobody has printed yet: the traceback of the error that ends it.

        Raises:
            RunstoneError: Something was refused, or could be neither stored nor kept.
        """
        if self._thread.ident is None:
            return
        self.detach()
        self._last_words = last_words
        self._tape.wake.put(True)
        self._thread.join()
        if isinstance(self._failure, BackendError):
            self.keep(last_words)
        elif self._failure is not None:
            raise self._failure

    def keep(self, last_words: str = "") -> None:
        """Keep what is not stored yet beside the journal; what is being folded is not waited for long.

        Args:
            last_words: As for ``stop``, which may not have come so far.

        Raises:
            RunstoneError: It could not be kept, or not all of it.
        """
        if self._process is None:  # the store does not say what there is; behind all that other processes may have
            self._process = _with_chance(_FAR + uuid4().int % _FAR)
        is_ours = self._folding.acquire(timeout=_PATIENCE_S)
        try:
            if is_ours:
                self._fold(self._tape.take())
                self._fold_last(last_words)
            waiting = self._segments.waiting()
        finally:
            if is_ours:
                self._folding.release()
        for number, data in waiting:
            self._subject.keep(_name(self._process, number), self._whole(number, data))
        if not is_ours:
            raise InvalidState("what was printed last is still being folded, and is not kept")

    def _serve(self) -> None:
        outputs.be_silent()
        due = monotonic() + EVERY_S
        is_over = False
        while not is_over:
            with suppress(Empty):
                is_over = self._tape.wake.get(timeout=max(due - monotonic(), 0))
            is_due = monotonic() >= due
            self._attempt(sends=is_over or is_due, last_words=self._last_words if is_over else "")
            if is_due:
                due = monotonic() + EVERY_S
        outputs.be_heard()

    def _attempt(self, *, sends: bool, last_words: str) -> None:
        try:
            self._failure = None
            with self._folding:
                self._fold(self._tape.take())
                self._fold_last(last_words)
            if sends:
                outputs.listen()
                self._send()
        except Exception as error:  # noqa: BLE001  # tried again in two seconds; the last is told at the end
            self._failure = error

    def _fold_last(self, words: str) -> None:
        if words and not self._has_last:
            self._has_last = True
            at_begin = self._screen.live().rpartition("\n")[2] == ""
            self._fold(words if at_begin else f"\n{words}")

    def _fold(self, text: str) -> None:
        if text:
            settled = self._screen.feed(text)
            self._segments.add(*self._without_secrets(settled, self._screen.live()))

    def _without_secrets(self, settled: str, live: str) -> tuple[str, str]:
        if settled and not settled.endswith("\n"):  # a very long line, of which the rest is to come
            self._before.clear()
            return redact(settled).text, redact(live).text
        before = "".join(self._before)
        for line in settled.splitlines(keepends=True)[-_CONTEXT:]:
            if len(line) > _LONG:
                self._before.clear()
            else:
                self._before.append(line)
        lines = redact(before + settled + live).text.split("\n")
        begin = before.count("\n")
        end = begin + settled.count("\n")
        return "".join(f"{line}\n" for line in lines[begin:end]), "\n".join(lines[end:])

    def _send(self) -> None:
        for number, data in self._segments.unsent():
            if self._process is None:
                self._process = self._joining(self._subject.names_in(FOLDER))
            self._subject.store(_name(self._process, number), self._whole(number, data))

    def _joining(self, names: set[str]) -> str:
        """The digits of a process that comes after the segments that there are, on a line of its own."""
        segments = {name for name in names if name.endswith(".log")}
        if segments:
            last = reading.content(self._subject.client, self._subject.run_id, f"{FOLDER}/{max(segments)}")
            self._begin = b"" if last.endswith(b"\n") else b"\n"
        return _after(segments)

    def _whole(self, number: int, data: bytes) -> bytes:
        return data if number else self._begin + data


def _name(process: str, number: int) -> str:
    return f"{FOLDER}/{process}{number:03d}.log"


def _after(names: set[str]) -> str:
    """The digits of a process that comes after those whose segments there are, one of which may still go on."""
    known = [int(name[:3]) for name in names if name.removesuffix(".log").isdecimal()]
    return _with_chance(max(known) + 1 if known else 0)


def _with_chance(process: int) -> str:
    return f"{process:03d}{uuid4().int % _CHANCES:06d}"
