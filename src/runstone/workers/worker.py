"""The process that predicts: reads messages from its standard input, and answers on its standard output."""

import faulthandler
import os
import platform
import select
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from runstone.entities.names import shown
from runstone.errors import InvalidValue, RunstoneError
from runstone.flavors import loading
from runstone.models.packing import Packed, unpacked
from runstone.models.predictor import PyFuncModel
from runstone.workers import protocol

# Characters of a message or a traceback that are told.
_LONGEST = 100_000
# A header, and the tables that it refers to.
_Message = tuple[dict[str, Any], list[Any]]


def main(folder: str) -> None:
    """Load the model in a folder, say so, and predict until the other side has ended."""
    faulthandler.enable()  # a crash of a library's compiled code is told by the line of Python that called it
    requests, answers = _streams()
    # Of a copy, which stays open to the end: this thread may come to look only when the answers have been closed.
    unheard = os.dup(answers.fileno())
    threading.Thread(target=_end_unheard, args=(unheard,), name="runstone-unheard", daemon=True).start()
    serve(Path(folder), requests, answers)


def serve(folder: Path, requests: BinaryIO, answers: BinaryIO) -> None:
    """Load a model, and answer requests until there are no more.

    Args:
        folder: The model's folder.
        requests: Where they come from; the first one is to load it.
        answers: Where answers go.
    """
    first = protocol.read(requests)
    if first is None:
        return
    try:
        served = _Served(_loaded(folder, *first))
    except (Exception, SystemExit) as error:  # noqa: BLE001  # the edge of the process: whatever the model's code raises is told
        protocol.write(answers, _failure(error))
        return
    ready = {"type": "ready", "protocol": protocol.PROTOCOL, "language": "python", "version": platform.python_version()}
    protocol.write(answers, ready)
    while (message := protocol.read(requests)) is not None and message[0].get("type") != "stop":
        try:
            answer = served.answer(*message)
            if answer is not None:
                protocol.write(answers, *answer)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # as above
            protocol.write(answers, _failure(error))
    served.close()


def _loaded(folder: Path, header: dict[str, Any], tables: list[Any]) -> PyFuncModel:
    if header.get("type") != "load":
        raise InvalidValue(f"the first message to a worker is of the type 'load'; got {shown(header.get('type'))}")
    if (spoken := header.get("protocol")) != protocol.PROTOCOL:
        raise InvalidValue(
            f"the program speaks the protocol of workers {shown(spoken)}, and this Runstone {protocol.PROTOCOL}: use "
            "the same version on both sides"
        )
    config = unpacked(header.get("config"), tables)
    return loading.load(folder, uri=str(folder), trust=True, model_config=config)


class _Served:
    """A model, and the streams of answers that it was asked for."""

    def __init__(self, model: PyFuncModel) -> None:
        self._model = model
        self._streams: dict[Any, Iterator[Any]] = {}

    def answer(self, header: dict[str, Any], tables: list[Any]) -> _Message | None:
        kind = header.get("type")
        if kind == "predict":
            return _answer("prediction", self._model.predict(*_given(header, tables)))
        if kind == "stream":
            self._streams[header.get("stream")] = iter(self._model.predict_stream(*_given(header, tables)))
            return {"type": "stream"}, []
        if kind == "next":
            return self._piece(header.get("stream"))
        if kind == "close":
            self._close(header.get("stream"))
            return None
        raise InvalidValue(
            f"a worker takes messages of the types 'predict', 'stream', 'next', 'close' and 'stop'; got {shown(kind)}"
        )

    def _piece(self, number: Any) -> _Message:
        stream = self._streams.pop(number, None)
        if stream is None:
            raise InvalidValue(f"there is no stream {shown(number)}, or it has ended: ask for it with 'stream'")
        for value in stream:
            answer = _answer("piece", value)
            self._streams[number] = stream
            return answer
        return {"type": "end"}, []

    def _close(self, number: Any) -> None:
        close = getattr(self._streams.pop(number, None), "close", None)
        if close is not None:
            try:
                close()
            except (Exception, SystemExit):  # noqa: BLE001  # as above, and nobody waits for an answer
                traceback.print_exc()

    def close(self) -> None:
        for number in list(self._streams):
            self._close(number)
        self._model.close()


def _given(header: dict[str, Any], tables: list[Any]) -> tuple[Any, Any]:
    return unpacked(header.get("data"), tables), unpacked(header.get("params"), tables)


def _answer(kind: str, value: Any) -> _Message:
    made = Packed()
    try:
        return {"type": kind, "data": made.put(value)}, made.tables
    except InvalidValue as error:
        raise InvalidValue(f"what the model answers cannot be sent: {error.message}") from error


def _failure(error: BaseException) -> dict[str, Any]:
    told = {"type": "error", "name": type(error).__name__}
    if isinstance(error, RunstoneError):
        return {**told, "message": _sendable(error.message), "code": error.code, "facts": error.facts}
    trace = "".join(traceback.format_exception(error))
    try:
        message = str(error)
    except Exception as failure:  # noqa: BLE001  # as above
        message = f"its text cannot be had: {type(failure).__name__}"
    return {**told, "message": _sendable(message), "traceback": _sendable(trace)}


def _sendable(text: str) -> str:
    """A text without what UTF-8 has not, such as the rest of a file's name, and without its middle if it is long."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}\n... {len(text) - _LONGEST:,} characters ...\n{text[-_LONGEST // 2 :]}"
    return text.encode("utf-8", "backslashreplace").decode()


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for messages alone: what the model's code prints goes to the standard error."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _end_unheard(answers: int) -> None:
    """End the process once nobody can read its answers any more, also in the middle of one."""
    state = select.poll()
    state.register(answers, 0)
    state.poll()
    if os.getpgrp() == os.getpid():  # then what the model started has no other use
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
