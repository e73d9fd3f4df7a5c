"""A server on this machine that webhooks call, for tests."""

import json
import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

WAITS_S = 30


@dataclass(frozen=True)
class Told:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class Receiver:
    """Takes what it is told; the first part of a path is the status that it answers, or ``slow`` to wait for a sign.

    Attributes:
        address: Where it listens.
        told: What came, in order.
        go_on: Sets free who waits.
    """

    def __init__(self) -> None:
        self.told: queue.Queue[Told] = queue.Queue()
        self.go_on = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.told.put(Told(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                word = self.path.split("/")[1]
                if word == "slow":
                    receiver.go_on.wait(WAITS_S)
                self._answer(int(word) if word.isdigit() else 200)

            def _answer(self, status: int) -> None:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/200/redirected")
                self.end_headers()
                self.wfile.write(b"taken")

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                """A caller that went away is none of ours."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def next(self) -> Told:
        """What came next."""
        return self.told.get(timeout=WAITS_S)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
