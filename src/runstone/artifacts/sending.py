"""A file on its way to a server: whole if it is small, else in parts, each of which may be sent again."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from runstone.artifacts import integrity
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactDamaged, EndpointNotFound, RunstoneError
from runstone.schemas import uploads, wire
from runstone.transport import Transport

PART = 4 << 20


class Sender:
    """Sends files to one server. May be used from several threads."""

    def __init__(self, transport: Transport) -> None:
        """Prepare for calls; nothing is sent yet.

        Args:
            transport: Calls the server.
        """
        self._transport = transport
        self._takes_parts = True  # until it says that it does not, as a genuine MLflow server

    def send(self, path: ArtifactPath, url: str, chunks: Iterable[bytes]) -> str:
        """Send a file; returns its SHA-256 in hexadecimal.

        A part whose connection broke is sent again, while the others stay; nothing is seen until all are there.

        Args:
            path: Of the file in the server's store.
            url: Path below the server's address that takes the file whole.
            chunks: Its bytes.

        Raises:
            ArtifactDamaged: The server received something else.
            BackendUnavailable: It gave no answer, at each try.
            RunstoneError: What the server reports, and what ``chunks`` raises.
        """
        counted = integrity.Counted(chunks)
        parts = _in_parts(counted)
        first = next(parts, b"")
        second = next(parts, None)
        if second is None:
            return self._whole(path, url, first, counted)
        if self._takes_parts:
            try:
                upload = self._begin(path)
            except EndpointNotFound:
                self._takes_parts = False
            else:
                return self._by_parts(path, upload, chain((first, second), parts), counted)
        return self._whole(path, url, chain((first, second), parts), counted)

    def _whole(self, path: ArtifactPath, url: str, body: bytes | Iterable[bytes], counted: integrity.Counted) -> str:
        watched = body if isinstance(body, bytes) else _Watched(body)
        try:
            answer = self._transport.stream("PUT", url, body=watched)
        except RunstoneError:
            # The transport takes an error of the pieces for one of the network.
            if isinstance(watched, _Watched) and watched.error is not None:
                raise watched.error from None
            raise
        received = integrity.from_header(answer.headers.get(integrity.HEADER))
        for _ in answer:
            pass
        if received not in {None, counted.sha256}:
            raise ArtifactDamaged(path, expected=counted.sha256, found=received or "")
        return counted.sha256

    def _begin(self, path: ArtifactPath) -> str:
        asked = wire.encode(uploads.BeginUpload(path))
        body = self._transport.send("POST", uploads.UPLOADS, body=asked, repeatable=True)
        return wire.decode(body, uploads.Upload).upload_id

    def _by_parts(self, path: ArtifactPath, upload: str, parts: Iterable[bytes], counted: integrity.Counted) -> str:
        place = f"{uploads.UPLOADS}/{upload}"
        offset = 0
        try:
            for part in parts:
                self._transport.send(
                    "PUT",
                    f"{place}/bytes",
                    query={"offset": offset},
                    body=part,
                    content_type="application/octet-stream",
                )
                offset += len(part)
            asked = uploads.CompleteUpload(upload_id=upload, path=path, size=offset, sha256=counted.sha256)
            self._transport.send("POST", f"{place}/complete", body=wire.encode(asked))
        except BaseException:
            with suppress(RunstoneError):
                self._transport.send("DELETE", place)
            raise
        return counted.sha256


def _in_parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= PART:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)


class _Watched(Iterator[bytes]):
    """Pieces that remember what broke them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.error: Exception | None = None

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            raise
        except Exception as error:
            self.error = error
            raise
