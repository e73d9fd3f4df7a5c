"""The process that predicts: reads messages from its standard input, and answers on its standard output."""

import os
import platform
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from runstone.entities.names import shown
from runstone.errors import InvalidValue, RunstoneError
from runstone.flavors import loading
from runstone.models.packing import Packed, packed, unpacked
from runstone.models.predictor import PyFuncModel
from runstone.workers import protocol


def main(folder: str) -> None:
    """Load the model in a folder, say so, and predict until the other side has ended."""
    requests, answers = _streams()
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
        model = _loaded(folder, *first)
    except Exception as error:  # noqa: BLE001  # the edge of the process: whatever the model's code raises is told
        protocol.write(answers, _failure(error))
        return
    ready = {"type": "ready", "protocol": protocol.PROTOCOL, "language": "python", "version": platform.python_version()}
    protocol.write(answers, ready)
    while (message := protocol.read(requests)) is not None:
        header, tables = message
        if header.get("type") == "stop":
            return
        _answer(model, header, tables, answers)


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


def _answer(model: PyFuncModel, header: dict[str, Any], tables: list[Any], answers: BinaryIO) -> None:
    try:
        made = _predicted(model, header, tables)
    except Exception as error:  # noqa: BLE001  # as above
        protocol.write(answers, _failure(error))
        return
    protocol.write(answers, {"type": "prediction", "data": made.tree}, made.tables)


def _predicted(model: PyFuncModel, header: dict[str, Any], tables: list[Any]) -> Packed:
    if header.get("type") != "predict":
        raise InvalidValue(f"a worker takes messages of the type 'predict' or 'stop'; got {shown(header.get('type'))}")
    params = unpacked(header.get("params"), tables)
    return packed(model.predict(unpacked(header.get("data"), tables), params))


def _failure(error: Exception) -> dict[str, Any]:
    told = {"type": "error", "name": type(error).__name__}
    if isinstance(error, RunstoneError):
        return {**told, "message": error.message, "code": error.code, "facts": error.facts}
    return {**told, "message": str(error), "traceback": "".join(traceback.format_exception(error))}


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for messages alone: what the model's code prints goes to the standard error."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")
