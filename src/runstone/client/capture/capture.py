"""The one object that starts and ends what is captured of a run."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from functools import partial
from queue import SimpleQueue

from runstone import config
from runstone.client.capture import code, environment, system
from runstone.client.capture.console import Console
from runstone.client.capture.part import Picture, Stream, Subject
from runstone.client.capture.system import SystemMetrics

_logger = logging.getLogger("runstone")


class Capture:
    """Captures a run in a thread of its own, from its start to its end; training waits for none of it.

    What fails is warned of once in a process, and the run goes on without it. Only the process that has started the
    run captures: in the child of a fork nothing happens.

    Attributes:
        subject: The run.
        is_done: Whether all is stored, or there is nothing to capture.
    """

    def __init__(self, subject: Subject, pictures: Mapping[str, Picture], streams: Mapping[str, Stream]) -> None:
        """Prepare; nothing is captured yet.

        Args:
            subject: The run.
            pictures: What is captured once, by the name that a warning gives it.
            streams: What is captured until the run ends, by name.
        """
        self.subject, self._pictures, self._streams = subject, pictures, streams
        self._process = os.getpid()
        self._last_words = ""
        self._is_seen = False  # all pictures are taken
        self._end: SimpleQueue[None] = SimpleQueue()  # a handler of a signal may put into it
        self._thread = threading.Thread(target=self._serve, name="runstone-capture", daemon=True)
        self.is_done = not (pictures or streams)

    def start(self) -> None:
        """Begin with all that is captured."""
        if not self.is_done:
            self._attempt("captures", self._thread.start)
        if self._thread.ident is None:  # nothing to capture, or no thread for it: more are not allowed here
            self.is_done = True
            self.subject.git_tags.set_result({})  # a run within it does not wait for them
            return
        for name, stream in self._streams.items():
            self._attempt(name, stream.start)

    def stop(self, last_words: str = "") -> None:
        """End it, and wait until all is stored, as long as a server may keep the end of a run waiting.

        Args:
            last_words: The traceback of the error that ends the run, where nobody has printed it yet.
        """
        self._last_words = last_words
        if self.is_done or self._process != os.getpid():
            return
        for name, stream in self._streams.items():  # here: the thread may still be busy with a picture
            self._attempt(name, stream.detach)
        self.ask_to_stop()
        wait = config.JOURNAL_WAIT.required()
        self._thread.join(timeout=wait)
        if not self.is_done:
            self.keep()
            if not self._is_seen and not self.subject.under_way:
                run_id = self.subject.run_id
                _logger.warning("the run %s ends, but what it began with was not captured in %g s", run_id, wait)

    def keep(self) -> None:
        """Keep what is not stored yet beside the journal; nothing is asked of the store."""
        for path, data in list(self.subject.under_way.items()):
            self._attempt(path, partial(self.subject.keep, path, data))
        for name, stream in self._streams.items():
            self._attempt(name, partial(stream.keep, self._last_words))

    def ask_to_stop(self) -> None:
        """Let the thread end it. Takes no lock: a handler of a signal may call it."""
        self._end.put(None)

    def _serve(self) -> None:
        for name, picture in self._pictures.items():
            self._attempt(name, partial(picture, self.subject))
        if not self.subject.git_tags.done():
            self.subject.git_tags.set_result({})
        self._is_seen = True
        self._end.get()
        for name, stream in self._streams.items():
            self._attempt(name, partial(stream.stop, self._last_words))
        self.is_done = True

    def _attempt(self, name: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with it, training goes on
            self.subject.goes_on_without(name, error)


def of(subject: Subject, log_system_metrics: bool | None = None) -> Capture:
    """What the settings switch on, of one run.

    Args:
        subject: The run.
        log_system_metrics: Whether it logs how busy the machine is; as the settings say if ``None``.
    """
    pictures: dict[str, Picture] = {}
    if config.CAPTURE_GIT.required():
        pictures["code"] = code.picture
    if config.CAPTURE_ENVIRONMENT.required():
        pictures["environment"] = environment.picture
    streams: dict[str, Stream] = {}
    if config.CAPTURE_CONSOLE.required():
        streams["console"] = Console(subject)
    if system.is_wanted(log_system_metrics):
        streams["system metrics"] = SystemMetrics(subject)
    return Capture(subject, pictures, streams)
