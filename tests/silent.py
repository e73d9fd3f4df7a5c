"""Servers of one connection that say given bytes, whatever they are told."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def listening(
    said: bytes, *, piece: int = 1 << 20, pause_s: float = 0, tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Answer one caller with bytes, in pieces; yields the port."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                caller, _ = server.accept()
                with caller, tls.wrap_socket(caller, server_side=True) if tls else caller as speaking:
                    speaking.recv(65536)
                    for start in range(0, len(said), piece):
                        speaking.sendall(said[start : start + piece])
                        if stop.wait(pause_s):
                            return
                    speaking.shutdown(socket.SHUT_WR)
                    while speaking.recv(65536):
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def tls_server(certificate: Path, said: bytes) -> Iterator[int]:
    """The same over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(said, tls=context) as port:
        yield port
