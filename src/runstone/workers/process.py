"""The other side of a worker: starts its process, asks, and ends it."""

import os
import signal
import threading
import weakref
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, NoReturn

from runstone.entities.names import shown
from runstone.errors import InvalidState, PredictionFailed, RunstoneError, Unsupported, WorkerFailed, restore
from runstone.models.packing import Packed, unpacked
from runstone.workers import protocol
from runstone.workers.child import GRACE, Child


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
            WorkerFailed: It cannot be started, ended, took too long, or said what cannot be understood.
            PredictionFailed: The model's code failed when it was loaded.
            RunstoneError: What Runstone raised there.
        """
        made = Packed()
        first = {"type": "load", "protocol": protocol.PROTOCOL, "config": made.put(config)}
        self._what = what
        self._started_by = os.getpid()
        self.timeout = timeout
        self._turn = threading.Lock()
        self._numbers = count(1)
        self._dropped: deque[int] = deque()
        self._child = Child(command, what=what)
        self._end = weakref.finalize(self, _end, self._child, self._turn, os.getpid())
        self.pid = self._child.pid
        try:
            self.facts, _ = self._asked(("ready",), first, made.tables)
            if (spoken := self.facts.get("protocol")) != protocol.PROTOCOL:
                raise WorkerFailed(
                    f"the process of {what} speaks the protocol of workers {shown(spoken)}, and this Runstone "
                    f"{protocol.PROTOCOL}: use the same version on both sides"
                )
        except BaseException:
            self.close()
            raise

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
        header, tables = self._asked(("prediction",), request, made.tables)
        return unpacked(header.get("data"), tables)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Generator[Any]:
        """What the model answers bit by bit: a piece is made when it is asked for, and other requests may come between.

        The arguments, and the errors, are those of :meth:`predict`; what the model's code raises comes with the piece.
        """
        made = Packed()
        number = next(self._numbers)
        request = {"type": "stream", "stream": number, "data": made.put(data), "params": made.put(params)}
        self._asked(("stream",), request, made.tables)
        pieces = self._pieces(number)
        next(pieces)
        return pieces

    def _pieces(self, number: int) -> Generator[Any]:
        is_open = True
        try:
            yield None  # nobody sees it: from here on the end below comes also where nobody takes a piece
            while True:
                header, tables = self._asked(("piece", "end"), {"type": "next", "stream": number})
                if header["type"] == "end":
                    is_open = False
                    return
                yield unpacked(header.get("data"), tables)
        finally:
            if is_open:
                self._drop(number)

    def _drop(self, number: int) -> None:
        """Let the process forget a stream: now, or with the next request if this comes in the middle of one."""
        self._dropped.append(number)
        if os.getpid() == self._started_by and self._turn.acquire(blocking=False):
            try:
                if not self._has_ended():
                    self._child.wait_at_most(GRACE)
                    self._send_dropped()
            finally:
                if self._has_ended():  # as below
                    self._child.close()
                self._turn.release()

    def _send_dropped(self) -> None:
        with suppress(BrokenPipeError):
            while self._dropped:
                protocol.write(self._child.requests, {"type": "close", "stream": self._dropped.popleft()})

    def close(self) -> None:
        """End the process, also while another thread waits for an answer; nothing happens the second time."""
        self._end()

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled.

        Raises:
            Unsupported: Always.
        """
        raise Unsupported(
            f"{self._what} predicts in a process that belongs to this one, so it cannot be pickled or copied; "
            "load the model again where it is needed"
        )

    def _asked(
        self, wanted: Sequence[str], header: dict[str, Any], tables: Sequence[Any] = ()
    ) -> tuple[dict[str, Any], list[Any]]:
        """The answer to a message; whatever parts the two sides ends the process."""
        if os.getpid() != self._started_by:  # before the turn, which another thread may have had at the fork
            raise InvalidState(
                f"the process of {self._what} belongs to the process {self._started_by} that loaded it; load the model "
                "in this one as well"
            )
        with self._turn:
            if self._has_ended():
                raise InvalidState(f"the process of {self._what} has ended; load the model again")
            try:
                return self._answer(wanted, header, tables)
            except BaseException as error:
                # An answer that came later would be taken for that to another request.
                if isinstance(error, WorkerFailed) or not isinstance(error, RunstoneError):
                    self._end()
                raise
            finally:
                if self._has_ended():  # whoever ended it left the pipes to us
                    self._child.close()

    def _answer(
        self, wanted: Sequence[str], header: dict[str, Any], tables: Sequence[Any]
    ) -> tuple[dict[str, Any], list[Any]]:
        """Send a message, and wait for its answer."""
        self._child.wait_at_most(self.timeout)
        try:
            self._send_dropped()
            with suppress(BrokenPipeError):  # what it said before it ended is told
                protocol.write(self._child.requests, header, tables)
            message = protocol.read(self._child.answers)
        except TimeoutError:
            raise WorkerFailed(
                f"the process of {self._what} gave no answer within {self.timeout:g} s, and was ended"
            ) from None
        if message is None:
            raise self._ended()
        answer, found = message
        if answer.get("type") == "error":
            raise _raised(answer)
        if answer.get("type") not in wanted:
            raise WorkerFailed(
                f"the process of {self._what} was to say {' or '.join(map(repr, wanted))}, and said "
                f"{shown(answer.get('type'))}"
            )
        return answer, found

    def _has_ended(self) -> bool:
        return not self._end.alive

    def _ended(self) -> RunstoneError:
        code = self._child.end()
        if self._has_ended():
            return InvalidState(f"the process of {self._what} was closed before it answered")
        if code is None:
            how = "closed its standard output without an answer, and was ended"
        else:
            how = f"was killed by {_name(-code)}" if code < 0 else f"ended with {code}"
        said = "".join(f"\n  {line}" for line in self._child.printed())
        return WorkerFailed(f"the process of {self._what} {how}" + (f"; it printed last:{said}" if said else ""))


def _name(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return f"{name}, as the system does where memory runs out" if name == "SIGKILL" else name


def _raised(answer: dict[str, Any]) -> RunstoneError:
    message, name = str(answer.get("message", "")), str(answer.get("name", ""))
    if "code" in answer:
        return restore(str(answer["code"]), message, name=name, facts=answer.get("facts") or {})
    return PredictionFailed(f"{name}: {message}", exception=name, remote_traceback=str(answer.get("traceback", "")))


def _end(child: Child, turn: threading.Lock, started_by: int) -> None:
    if os.getpid() != started_by:
        return  # a fork of the one that it belongs to
    is_idle = turn.acquire(blocking=False)
    if not is_idle:
        child.kill()
        return  # the pipes are closed by whoever waits for an answer
    try:
        child.wait_at_most(GRACE)
        with suppress(OSError):
            protocol.write(child.requests, {"type": "stop"})
        child.requests.raw.close()
        child.end()
    except BaseException:  # an interrupt: nobody wants to wait
        child.kill()
        raise
    finally:
        child.close()
        turn.release()
