"""Servers as processes that tests may kill."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from runstone.cli.stopping import ending_on_signals
from runstone.server.listen import ServerOptions, serve
from tests.faults.forks import context

WAIT_S = 60


def _serve(options: ServerOptions, told: Connection) -> None:
    # uvicorn raises the signal again when it has shut down; the command takes that for a good end, as we do.
    with suppress(KeyboardInterrupt), ending_on_signals():
        serve(options, announce=lambda address, _place: told.send(address))


class Server:
    """``runstone server`` in a process of its own, without the command line.

    Attributes:
        address: Where it answers, once it has been started.
    """

    def __init__(self, store_uri: str, files: os.PathLike[str] | str, *, port: int = 0) -> None:
        self._options = ServerOptions(store_uri=store_uri, artifacts_destination=str(files), port=port)
        self.address = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        """Start it; returns when it answers."""
        told, tell = context.Pipe(duplex=False)
        self._process = context.Process(target=_serve, args=(self._options, tell))
        self._process.start()
        tell.close()
        with closing(told):
            assert told.poll(WAIT_S), "the server did not come up"
            self.address = told.recv()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash does, wherever it stands."""
        self._process.kill()
        self._process.join(WAIT_S)

    def ask_to_end(self) -> None:
        """Send what a service manager sends."""
        os.kill(self.pid, signal.SIGTERM)

    def stop(self) -> int | None:
        """Ask it to end, wait until it has, and return the exit code."""
        self.ask_to_end()
        return self.wait()

    def wait(self) -> int | None:
        """Wait until it has ended; returns the exit code."""
        self._process.join(WAIT_S)
        return self._process.exitcode


class _KnowsNoPath(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_error(404)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written to the terminal."""


@contextmanager
def knowing_no_path(address: str) -> Iterator[None]:
    """Answer in the place of a server that is down, as a proxy does that knows nothing of it: 404, and a page."""
    with ThreadingHTTPServer(("127.0.0.1", urlsplit(address).port or 0), _KnowsNoPath) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield
        finally:
            proxy.shutdown()
            thread.join()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
