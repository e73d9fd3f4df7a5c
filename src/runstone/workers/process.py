"""The other side of a worker: starts its process, asks, and ends it."""

import os
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, BinaryIO, cast

from runstone.entities.names import shown
from runstone.errors import InvalidState, PredictionFailed, RunstoneError, WorkerFailed, restore
from runstone.models.packing import Packed, unpacked
from runstone.workers import protocol

# Lines of what the process printed that an error tells.
_TAIL = 20
# Seconds that a process has to end by itself.
_GRACE = 5.0


class Worker:
    """A process that predicts; one request at a time, from any thread.

    Attributes:
        pid: Its number.
        facts: What it said of itself when it was ready.
        timeout: Seconds that it may take for an answer; ``None`` for as long as it takes.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        what: str,
        config: dict[str, Any] | None = None,
        timeout: float | None = None,
    ) -> None:
        """Start the process, and wait until it has loaded its model.

        Args:
            command: What to run; it speaks the protocol of workers.
            what: What predicts in it, for messages.
            config: Settings of the model, in the place of those that it was saved with; ``None`` for those.
            timeout: Seconds that it may take for this and for each answer; ``None`` for as long as it takes.

        Raises:
            InvalidValue: There is a setting that cannot be sent.
            WorkerFailed: It ended, took too long, or said what cannot be understood.
            PredictionFailed: The model's code failed when it was loaded.
            RunstoneError: What Runstone raised there.
        """
        made = Packed()
        first = {"type": "load", "protocol": protocol.PROTOCOL, "config": made.put(config)}
        self._what = what
        self._started_by = os.getpid()
        self.timeout = timeout
        self._lock = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603  # a list, of ours
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0
        )
        self.pid = self._process.pid
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._pump = threading.Thread(
            target=_pass_on, args=(self._process.stderr, self._tail), name="runstone-worker", daemon=True
        )
        self._pump.start()
        self._end = weakref.finalize(self, _end, self._process, os.getpid())
        self.facts = self._asked("ready", first, made.tables)[0]
        if (spoken := self.facts.get("protocol")) != protocol.PROTOCOL:
            self.close()
            raise WorkerFailed(
                f"the process of {what} speaks the protocol of workers {shown(spoken)}, and this Runstone "
                f"{protocol.PROTOCOL}: use the same version on both sides"
            )

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the model answers; the arguments are those of ``PyFuncModel.predict``.

        Raises:
            InvalidState: The worker was closed, or has ended, or belongs to another process.
            InvalidValue: The data are of a kind that cannot be sent.
            PredictionFailed: The model's code failed.
            WorkerFailed: The process ended, took too long, or said what cannot be understood.
            RunstoneError: What Runstone raised there, such as ``SignatureMismatch``.
        """
        made = Packed()
        request = {"type": "predict", "data": made.put(data), "params": made.put(params)}
        with self._lock:
            self._check()
            header, tables = self._asked("prediction", request, made.tables)
        return unpacked(header.get("data"), tables)

    def close(self) -> None:
        """End the process; nothing happens the second time."""
        self._end()

    def _check(self) -> None:
        if not self._end.alive:
            raise InvalidState(f"the process of {self._what} has ended; load the model again")
        if os.getpid() != self._started_by:
            raise InvalidState(
                f"the process of {self._what} belongs to the process {self._started_by} that loaded it; load the model "
                "in this one as well"
            )

    def _asked(self, wanted: str, header: dict[str, Any], tables: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
        """The answer to a message; whatever parts the two sides ends the process."""
        try:
            return self._answer(wanted, header, tables)
        except BaseException as error:
            # An answer that came later would be taken for that to another request.
            if wanted == "ready" or not isinstance(error, RunstoneError) or isinstance(error, WorkerFailed):
                self._process.kill()
                self.close()
            raise

    def _answer(self, wanted: str, header: dict[str, Any], tables: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
        """Send a message, and wait for its answer."""
        late = threading.Event()
        timer = threading.Timer(self.timeout or 0, self._stop_late, (late,))
        if self.timeout is not None:
            timer.start()
        try:
            with suppress(BrokenPipeError):  # what it said before it ended is told
                protocol.write(cast("BinaryIO", self._process.stdin), header, tables)
            message = protocol.read(cast("BinaryIO", self._process.stdout))
        finally:
            timer.cancel()
        if late.is_set():
            raise WorkerFailed(f"the process of {self._what} gave no answer within {self.timeout:g} s, and was ended")
        if message is None:
            raise self._ended()
        answer, found = message
        if answer.get("type") == "error":
            raise _raised(answer)
        if answer.get("type") != wanted:
            raise WorkerFailed(
                f"the process of {self._what} was to say {wanted!r}, and said {shown(answer.get('type'))}"
            )
        return answer, found

    def _stop_late(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _ended(self) -> WorkerFailed:
        code = self._process.wait()
        self._pump.join(_GRACE)
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        said = "".join(f"\n  {line}" for line in self._tail)
        return WorkerFailed(f"the process of {self._what} {how}" + (f"; it printed last:{said}" if said else ""))


def _raised(answer: dict[str, Any]) -> RunstoneError:
    message, name = str(answer.get("message", "")), str(answer.get("name", ""))
    if "code" in answer:
        return restore(str(answer["code"]), message, name=name, facts=answer.get("facts") or {})
    return PredictionFailed(f"{name}: {message}", exception=name, remote_traceback=str(answer.get("traceback", "")))


def _pass_on(stream: IO[bytes], tail: "deque[str]") -> None:
    """Show what the process prints, where this one shows what it prints itself."""
    with stream:
        for line in stream:
            text = line.decode("utf-8", "replace")
            tail.append(text.rstrip())
            with suppress(OSError, ValueError):  # of a stream that was closed
                sys.stderr.write(text)
                sys.stderr.flush()


def _end(process: "subprocess.Popen[bytes]", started_by: int) -> None:
    if os.getpid() != started_by:
        return  # a fork of the one that it belongs to
    with suppress(OSError, ValueError):
        protocol.write(cast("BinaryIO", process.stdin), {"type": "stop"})
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            cast("IO[bytes]", stream).close()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
