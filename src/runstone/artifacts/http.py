"""Artifacts that a server passes on."""

import builtins
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager

from runstone.artifacts import integrity
from runstone.artifacts.base import Pieces
from runstone.artifacts.sending import Sender
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import ArtifactNotFound, BackendError, InvalidArtifactPath, NotFound, restore
from runstone.schemas import wire
from runstone.schemas.artifacts import PROXY, ProxiedArtifacts
from runstone.transport import Answer, Transport, quote_path


class HttpRepository:
    """Files below one folder of a server's artifact store; does what ``ArtifactRepository`` says.

    Works with a genuine MLflow server as well.
    """

    def __init__(self, address: str, root: ArtifactPath = ArtifactPath(), *, anonymous: bool = False) -> None:
        """Prepare for calls; nothing is sent yet.

        Args:
            address: Address of the server, as ``Transport`` takes it.
            root: Folder of its artifact store that paths are relative to.
            anonymous: Whether the credentials of the settings are kept from this server.
        """
        self._transport = Transport(address, anonymous=anonymous)
        self._root = root
        self._sender = Sender(self._transport)

    def __repr__(self) -> str:
        return f"HttpRepository({self._transport.address!r}, {str(self._root)!r})"

    def write(self, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
        """Make or replace a file; if ``chunks`` raises, nothing is changed.

        A large one goes in parts, so that a connection that breaks costs one of them; a genuine MLflow server gets it
        in one stream.

        Returns:
            SHA-256 of what was sent, in hexadecimal; compared with what a Runstone server received.

        Raises:
            InvalidValue: The path is empty, is a folder, or leads through a file.
            BackendUnavailable: The server gave no answer.
            ArtifactDamaged: The server received something else.
        """
        if not path:
            raise InvalidArtifactPath(path, "names no file")
        with self._paths_of_caller():
            return self._sender.send(self._full(path), self._url(path), chunks)

    def read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Pieces:
        """The bytes of a file from offset ``start`` up to, without, offset ``stop``, in pieces of at most 1 MiB.

        The whole file comes over the wire up to ``stop``, since a genuine MLflow server knows no ranges.

        Raises:
            ArtifactNotFound: There is no such file.
            BackendUnavailable: The server gave no answer, or its answer broke off.
        """
        if not path:
            raise ArtifactNotFound(path)
        try:
            with self._paths_of_caller():
                pieces = self._transport.stream("GET", self._url(path))
        except NotFound:
            raise ArtifactNotFound(path) from None
        except BackendError:
            # A genuine MLflow server answers for a folder with an error that has no code.
            if self.info(path).is_dir:
                raise ArtifactNotFound(path) from None
            raise
        return _Answer(pieces, start, stop)

    def info(self, path: ArtifactPath) -> FileInfo:
        """What stands at a path.

        Raises:
            ArtifactNotFound: Nothing.
            BackendUnavailable: The server gave no answer.
        """
        if not path:
            return FileInfo(path="", is_dir=True)
        for file in self.list(path.folder):
            if file.path == path:
                return file
        raise ArtifactNotFound(path)

    def list(self, path: ArtifactPath = ArtifactPath()) -> list[FileInfo]:
        """What is in a folder, by path; without what a genuine MLflow server lists and nobody can ask for.

        Raises:
            BackendUnavailable: The server gave no answer.
        """
        found = [each for each in self._seen(path) if isinstance(each, FileInfo)]
        return sorted(found, key=lambda file: file.path)

    def unlisted(self, path: ArtifactPath = ArtifactPath()) -> builtins.list[str]:
        """Why other things in a folder are not listed; the server is asked for all of it.

        Raises:
            BackendUnavailable: The server gave no answer.
        """
        return [each for each in self._seen(path) if isinstance(each, str)]

    def _seen(self, path: ArtifactPath) -> Iterator[FileInfo | str]:
        """What is in a folder; in place of what cannot be asked for, the reason."""
        with self._paths_of_caller():
            body = self._transport.send("GET", PROXY, query={"path": self._full(path) or None})
        for file in wire.decode(body, ProxiedArtifacts).files:
            try:
                yield FileInfo(path=str(path / file.path), is_dir=file.is_dir, size=file.size)
            except InvalidArtifactPath as error:
                yield error.message

    def delete(self, path: ArtifactPath) -> None:
        """Remove a file, or a folder with all in it.

        Raises:
            ArtifactNotFound: Nothing stands there.
            BackendUnavailable: The server gave no answer.
        """
        self.info(path)  # a genuine MLflow server says nothing about what was not there
        try:
            with self._paths_of_caller():
                self._transport.send("DELETE", self._url(path))
        except NotFound:
            raise ArtifactNotFound(path) from None

    @contextmanager
    def _paths_of_caller(self) -> Generator[None, None, None]:
        """Errors name a path as the caller gave it, without the folder of the server's store."""
        try:
            yield
        except InvalidArtifactPath as error:
            full = str(error.facts.get("path", ""))
            if not self._root or not f"{full}/".startswith(f"{self._root}/"):
                raise
            path = full[len(self._root) :].lstrip("/")
            message = error.message.replace(repr(full), repr(path))
            raise restore(error.code, message, name=type(error).__name__, facts={**error.facts, "path": path}) from None

    def _full(self, path: ArtifactPath) -> ArtifactPath:
        return self._root / path if path else self._root

    def _url(self, path: ArtifactPath) -> str:
        return f"{PROXY}/{quote_path(self._full(path))}"


class _Answer(Iterator[bytes]):
    """The bytes of a server's answer, or a part of them; only the server knows how many there are."""

    size: int | None = None

    def __init__(self, source: Answer, start: int, stop: int | None) -> None:
        self.sha256 = integrity.from_header(source.headers.get(integrity.HEADER))
        self._source = source
        self._pieces: Iterator[bytes] = source if start == 0 and stop is None else _cut(source, start, stop)

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        self._source.close()


def _cut(pieces: Answer, start: int, stop: int | None) -> Iterator[bytes]:
    offset = 0
    with closing(pieces):
        for piece in pieces:
            if stop is not None and offset >= stop:
                return
            part = piece[max(0, start - offset) : None if stop is None else stop - offset]
            if part:
                yield part
            offset += len(piece)
