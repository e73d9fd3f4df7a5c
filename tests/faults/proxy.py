"""A network between client and server that breaks connections, repeats requests, and holds them back."""

import random
import socket
import threading
from collections import Counter
from contextlib import closing, suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

WAIT_S = 30
# What becomes of a request; most pass.
FATES = ["pass"] * 6 + ["refuse", "half", "answer lost", "half answer", "twice", "held back", "again later"]


class BadNetwork:
    """Passes requests on to a server, or does something else to them, by chance.

    Args:
        address: The server.
        seed: Of the chance.

    Attributes:
        address: Where clients find it.
        counts: How often each fate was met.
    """

    def __init__(self, address: str, seed: int) -> None:
        parts = urlsplit(address)
        self._server = (str(parts.hostname), int(parts.port or 0))
        self._chance = random.Random(seed)
        self._lock = threading.Condition()
        self._passed = 0
        self._kept: list[bytes] = []
        self.counts: Counter[str] = Counter()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(WAIT_S)

    def send_what_is_kept(self) -> None:
        """Send again what was to come again later."""
        kept, self._kept = self._kept, []
        for request in kept:
            self._forward(request)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """Carry requests of one connection until one of them breaks it."""
        client.settimeout(WAIT_S)
        with suppress(OSError), closing(client):
            while request := _message(client):
                with self._lock:
                    fate = self._chance.choice(FATES)
                    self.counts[fate] += 1
                answer = self._carried(request, fate)
                if not answer:
                    return
                if fate == "half answer":
                    client.sendall(answer[: self._chance.randrange(len(answer))])
                    return
                client.sendall(answer)

    def _carried(self, request: bytes, fate: str) -> bytes:
        """The answer to a request; nothing if the connection breaks."""
        if fate == "refuse":
            return b""
        if fate == "half":
            with closing(self._connected()) as server:
                server.sendall(request[: len(request) // 2])
            return b""
        if fate == "held back":
            self._let_another_pass()
        if fate == "again later":
            self._kept.append(request)
        if fate == "twice":
            self._forward(request)
        answer = self._forward(request)
        return b"" if fate == "answer lost" else answer

    def _let_another_pass(self) -> None:
        with self._lock:
            seen = self._passed
            self._lock.wait_for(lambda: self._passed > seen, timeout=0.5)  # nobody may be there to pass

    def _forward(self, request: bytes) -> bytes:
        with closing(self._connected()) as server:
            server.sendall(request)
            answer = _message(server)
        with self._lock:
            self._passed += 1
            self._lock.notify_all()
        return answer

    def _connected(self) -> socket.socket:
        return socket.create_connection(self._server, timeout=WAIT_S)


def _message(connection: socket.socket) -> bytes:
    """A whole request or answer; what was had of it if the connection ends before."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(1 << 16)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
    while len(body) < length:
        more = connection.recv(1 << 16)
        if not more:
            return data
        data += more
        body += more
    return data
