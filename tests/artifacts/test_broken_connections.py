"""A large upload goes on when its connection breaks, and leaves nothing when it cannot."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runstone.artifacts import integrity
from runstone.artifacts.http import HttpRepository
from runstone.artifacts.sending import PART
from runstone.entities import ArtifactPath
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server

PIECE = hashlib.sha256(b"seed").digest() * 32_768  # 1 MiB
PIECES = 3 * PART // len(PIECE) + 1


class BreakingProxy:
    """Passes connections on to a server, and breaks each of the first few after so many bytes."""

    def __init__(self, address: str, breaks: int, after: int) -> None:
        self._target = urlsplit(address)
        self._breaks, self._after = breaks, after
        self.broken = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection((self._target.hostname or "", self._target.port or 0))
                threading.Thread(target=self._pass_on, args=(far, near, None), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(near, far, self._after), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, after: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(1 << 16):
                passed += len(data)
                if after is not None and passed > after and self.broken < self._breaks:
                    self.broken += 1
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def behind_a_breaking_proxy(folder: Path, *, breaks: int, after: int) -> Iterator[tuple[BreakingProxy, str]]:
    options = ServerOptions(store_uri=f"sqlite:///{folder}/runstone.db", artifacts_destination=f"{folder}/files")
    with running_server(options) as address:
        proxy = BreakingProxy(address, breaks, after)
        try:
            yield proxy, address
        finally:
            proxy.close()


def test_upload_goes_on_after_its_connection_broke(tmp_path: Path) -> None:
    with behind_a_breaking_proxy(tmp_path, breaks=2, after=PART + PART // 2) as (proxy, address):
        sent = HttpRepository(proxy.address).write(ArtifactPath("0/large.bin"), (PIECE for _ in range(PIECES)))
        found = integrity.read(HttpRepository(address), ArtifactPath("0/large.bin"))

    assert proxy.broken == 2
    assert found == PIECE * PIECES
    assert hashlib.sha256(found).hexdigest() == sent
    assert not list((tmp_path / "files").glob(".runstone-*"))


def test_source_that_fails_leaves_nothing_of_a_large_upload(tmp_path: Path) -> None:
    def broken_off() -> Iterator[bytes]:
        yield from [PIECE] * PIECES
        raise RuntimeError("the source failed")

    with behind_a_breaking_proxy(tmp_path, breaks=0, after=0) as (proxy, address):
        with pytest.raises(RuntimeError, match="the source failed"):
            HttpRepository(proxy.address).write(ArtifactPath("0/large.bin"), broken_off())
        listed = HttpRepository(address).list()

    assert listed == []
    assert not list((tmp_path / "files").glob(".runstone-*"))
