"""The program of the demonstration's server: serves until its standard input closes."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

import msgspec

from runstone.demo.serving import Answer, Request
from runstone.errors import RunstoneError
from runstone.server.listen import ServerOptions, serve


def main(text: str) -> int:
    """Serve what the request says; the first line of the output is the answer. Returns the exit code."""
    request = msgspec.json.decode(text, type=Request)
    options = ServerOptions(
        store_uri=request.store_uri, artifacts_destination=request.artifacts_destination, port=request.port
    )
    signal.signal(signal.SIGTERM, _stop)  # uvicorn raises it again when it has shut down
    threading.Thread(target=_end_with_maker, daemon=True).start()
    try:
        serve(options, announce=lambda address, _place: _say(Answer(address=address)))
    except RunstoneError as error:
        _say(Answer(code=error.code, name=type(error).__name__, message=error.message))
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _end_with_maker() -> None:
    """Wait until nobody holds the other end of the standard input, were it by a kill, and stop the server."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _say(answer: Answer) -> None:
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
