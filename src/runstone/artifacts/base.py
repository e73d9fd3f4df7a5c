"""What every store of files does. The cases of ``runstone.testing.artifacts`` are this contract in tests."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from runstone.entities import ArtifactPath, FileInfo

CHUNK = 1 << 20


class Pieces(Iterator[bytes], Protocol):
    """The bytes of a file, piece by piece; whoever does not take them all closes it.

    Attributes:
        size: Length in bytes of the whole file that was opened; ``None`` where only its sender knows.
        sha256: SHA-256 of the whole file in hexadecimal, as it was recorded when the file was written; ``None`` where
            it was not. It is told, not checked: see ``integrity.checked``.
    """

    size: int | None
    sha256: str | None

    def close(self) -> None:
        """Close the file or the connection that is read from."""
        ...


class ArtifactRepository(Protocol):
    """Files below one root, addressed by :class:`~runstone.entities.ArtifactPath`.

    Writes are atomic: a reader sees the whole file or none. All verbs may be called from any thread.
    """

    def write(self, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
        """Make or replace a file; if ``chunks`` raises, nothing is changed.

        Returns:
            SHA-256 of what was written, in hexadecimal; it is recorded with the file where the store can.

        Raises:
            InvalidValue: The path is empty, is a folder, or leads through a file.
        """
        ...

    def read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Pieces:
        """The bytes of a file from offset ``start`` up to, without, offset ``stop``, in pieces of at most 1 MiB.

        Offsets beyond the end give what there is.

        Raises:
            ArtifactNotFound: There is no such file. Raised by the call itself, not by the first piece.
        """
        ...

    def info(self, path: ArtifactPath) -> FileInfo:
        """What stands at a path.

        Raises:
            ArtifactNotFound: Nothing.
        """
        ...

    def list(self, path: ArtifactPath = ArtifactPath()) -> list[FileInfo]:
        """What is in a folder, by path; paths are relative to the root. A folder that is not there is empty.

        A path that is a file gives an empty list, as MLflow's stores do.
        """
        ...

    def delete(self, path: ArtifactPath) -> None:
        """Remove a file, or a folder with all in it.

        Raises:
            ArtifactNotFound: Nothing stands there.
        """
        ...


@runtime_checkable
class Unlisted(Protocol):
    """What a store does besides that may hold files whose names are no ``ArtifactPath``, written by others."""

    def unlisted(self, path: ArtifactPath = ArtifactPath()) -> list[str]:
        """Why things that are in a folder are not among what ``list`` gives, in one sentence each."""
        ...


@runtime_checkable
class DirectRepository(Protocol):
    """What a store does besides whose files others may fetch and send past us, by addresses that it signs."""

    def presigned_download(self, path: ArtifactPath) -> tuple[str, int]:
        """An address that gives a file to whoever has it, for five minutes, and the file's length."""
        ...

    def begin_upload(self, path: ArtifactPath, parts: int, *, sha256: str | None = None) -> tuple[str, Sequence[str]]:
        """Begin an upload in parts; returns its id, and for each part an address that takes it.

        ``sha256`` of the whole file is recorded as its sender tells it, in hexadecimal: we never see the bytes.
        """
        ...

    def complete_upload(self, path: ArtifactPath, upload: str, parts: Sequence[tuple[int, str]]) -> None:
        """Make the file of its parts, each given by its number and the tag that the store answered for it."""
        ...

    def abort_upload(self, path: ArtifactPath, upload: str) -> None:
        """Throw an upload away."""
        ...
