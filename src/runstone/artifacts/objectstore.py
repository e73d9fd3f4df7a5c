"""Artifacts in a bucket of S3 or what speaks like it, of Google's cloud, or of Azure."""

import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from runstone.artifacts import buckets, signing
from runstone.artifacts.base import CHUNK, Pieces
from runstone.artifacts.integrity import Counted
from runstone.artifacts.kinds import media_type
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import (
    ArtifactNotFound,
    BackendError,
    BackendUnavailable,
    InvalidArtifactPath,
    PermissionDenied,
    Unsupported,
)

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_SHA256 = "sha256"
# What is larger goes up in parts, three at a time; a store takes at most 10,000 of them.
PART = 8 << 20
_PARTS_AT_ONCE = 3
_MOST_PARTS = 9_000
_PIECE = CHUNK // 2


class ObjectStoreRepository:
    """Files below one folder of a bucket; does what ``ArtifactRepository`` says.

    A folder is there as long as a file is in it. An object whose name is no ``ArtifactPath`` is not listed.
    """

    def __init__(self, uri: str) -> None:
        """Prepare for calls; nothing is sent yet.

        Args:
            uri: As ``buckets.parsed`` takes it. Credentials come from the environment, as the tools of the store's
                maker find them.

        Raises:
            InvalidValue: The URI is not of that form.
            Unsupported: The extra ``objectstores`` is not installed.
        """
        self.bucket = buckets.parsed(uri)
        self._store: ObjectStore = self.bucket.open()
        import obstore

        self._library: Any = obstore
        # Folders that were seen, so that not every file that is written into one looks at all above it.
        self._folders: set[ArtifactPath] = set()

    def __repr__(self) -> str:
        return f"ObjectStoreRepository('{self.bucket.scheme}://{self.bucket.name}/{self.bucket.folder}')"

    def write(self, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
        """Make or replace a file; if ``chunks`` raises, nothing is changed.

        The bytes go through a temporary file: their hash is part of what the store is told first.

        Returns:
            SHA-256 of what was written, in hexadecimal; recorded in the object's metadata.

        Raises:
            InvalidValue: The path is empty, is a folder, or leads through a file.
            PermissionDenied: The store does not allow it.
            BackendError: The store does not take it, or there is no room for the temporary file.
        """
        self.check_writable(path)
        with _spool() as spool:
            counted = Counted(chunks)
            for piece in counted:
                with _spool_errors():
                    spool.write(piece)
            size = spool.tell()
            spool.seek(0)
            with self._errors(path):
                self._library.put(
                    self._store,
                    self.key(path),
                    spool,
                    attributes={"Content-Type": media_type(path), _SHA256: counted.sha256},
                    chunk_size=max(PART, size // _MOST_PARTS),
                    max_concurrency=_PARTS_AT_ONCE,
                )
        self._folders.add(path.folder)
        return counted.sha256

    def read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Pieces:
        """The bytes of a file from offset ``start`` up to, without, offset ``stop``, in pieces of at most 1 MiB.

        Raises:
            ArtifactNotFound: There is no such file.
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer, or its answer breaks off.
        """
        options: dict[str, Any] = {}
        if start or stop is not None:
            size = self._size(path)
            stop = size if stop is None else min(stop, size)
            if start >= stop:
                return _Nothing(size)
            options["range"] = (start, stop)
        with self._errors(path):
            if not path:
                raise ArtifactNotFound(path)
            found = self._library.get(self._store, self.key(path), options=options or None)
            return _Object(self, path, found)

    def info(self, path: ArtifactPath) -> FileInfo:
        """What stands at a path.

        Raises:
            ArtifactNotFound: Nothing.
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer.
        """
        if not path:
            return FileInfo(path="", is_dir=True)
        try:
            return FileInfo(path=str(path), is_dir=False, size=self._size(path))
        except ArtifactNotFound:
            if self._is_folder(path):
                return FileInfo(path=str(path), is_dir=True)
            raise

    def list(self, path: ArtifactPath = ArtifactPath()) -> list[FileInfo]:
        """What is in a folder, by path.

        Raises:
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer.
        """
        return self._seen(path)[0]

    def unlisted(self, path: ArtifactPath = ArtifactPath()) -> builtins.list[str]:
        """Why other things in a folder are not listed; the store is asked for all of it.

        Raises:
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer.
        """
        return self._seen(path)[1]

    def _seen(self, path: ArtifactPath) -> tuple[builtins.list[FileInfo], builtins.list[str]]:
        """What is in a folder, by path; and why other things cannot be asked for."""
        with self._errors(path, absence="bucket"):
            found = self._library.list_with_delimiter(self._store, self.key(path) or None)
        sizes = dict.fromkeys(found["common_prefixes"], UNSET)
        sizes |= {item["path"]: item["size"] for item in found["objects"]}
        files: dict[str, FileInfo] = {}
        others: builtins.list[str] = []
        for key, size in sizes.items():
            below = key[len(self.key(path)) :].strip("/")
            if not below:
                continue  # some tools mark a folder by an object of its name
            try:
                name = str(path / below)
            except InvalidArtifactPath as error:
                others.append(error.message)
            else:
                files[name] = FileInfo(path=name, is_dir=size is UNSET, size=size)
        return [files[name] for name in sorted(files)], others

    def delete(self, path: ArtifactPath) -> None:
        """Remove a file, or a folder with all in it.

        Raises:
            ArtifactNotFound: Nothing stands there.
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer.
        """
        self._folders.clear()
        if not self.info(path).is_dir:
            with self._errors(path):
                self._library.delete(self._store, self.key(path))
            return
        with self._errors(path, absence="bucket"):
            for items in self._library.list(self._store, self.key(path) or None):
                self._library.delete(self._store, [item["path"] for item in items])

    def presigned_download(self, path: ArtifactPath) -> tuple[str, int]:
        """An address that gives a file to whoever has it, for five minutes, and the file's length.

        Raises:
            ArtifactNotFound: There is no such file.
            PermissionDenied: The store does not allow it, or there are no credentials to sign with.
            BackendError: The store gives no answer.
        """
        size = self._size(path)
        if self.bucket.scheme == "s3":
            return self._signer.download(self.key(path), name=path.name), size
        with self._errors(path):
            url: str = self._library.sign(
                self._store, "GET", self.key(path), expires_in=timedelta(seconds=signing.DOWNLOAD_S)
            )
            return url, size

    def begin_upload(self, path: ArtifactPath, parts: int, *, sha256: str | None = None) -> tuple[str, Sequence[str]]:
        """Begin an upload whose parts go to the store directly.

        Args:
            path: The file.
            parts: How many there will be.
            sha256: Of the whole file in hexadecimal, recorded as its sender tells it; a store of S3's kind takes it
                now, and not when the parts are there.

        Returns:
            Its id, and for each part an address that takes it within an hour.

        Raises:
            Unsupported: The store is none of S3's kind.
            InvalidValue: A file cannot stand at the path.
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer.
        """
        signer = self._signer
        self.check_writable(path)
        recorded = {} if sha256 is None else {_SHA256: sha256}
        return signer.begin(self.key(path), parts=parts, content_type=media_type(path), metadata=recorded)

    def complete_upload(self, path: ArtifactPath, upload: str, parts: Sequence[tuple[int, str]]) -> None:
        """Make the file of its parts, each given by its number and the tag that the store answered for it.

        Raises:
            Unsupported: The store is none of S3's kind.
            InvalidValue: There is no such upload, or no such part.
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer.
        """
        self._signer.complete(self.key(path), upload, parts)

    def abort_upload(self, path: ArtifactPath, upload: str) -> None:
        """Throw an upload away.

        Raises:
            Unsupported: The store is none of S3's kind.
            InvalidValue: There is no such upload.
            PermissionDenied: The store does not allow it.
            BackendError: The store gives no answer.
        """
        self._signer.abort(self.key(path), upload)

    @cached_property
    def _signer(self) -> signing.Signer:
        if self.bucket.scheme != "s3":
            raise Unsupported("uploads in parts go to buckets of S3's kind only; send the file whole")
        return signing.Signer(self.bucket.name)

    def key(self, path: ArtifactPath) -> str:
        """The name of an object, in its bucket."""
        return str(self.bucket.folder / path if path else self.bucket.folder)

    def check_writable(self, path: ArtifactPath) -> None:
        """Look whether a file can stand at a path.

        Raises:
            InvalidArtifactPath: It is empty, is a folder, or leads through a file.
            PermissionDenied: The store does not allow to look.
            BackendError: The store gives no answer.
        """
        if not path:
            raise InvalidArtifactPath(path, "names no file")
        if self._is_folder(path):
            raise InvalidArtifactPath(path, "is a folder")
        above = path.folder
        while above and above not in self._folders:
            try:
                self._size(above)
            except ArtifactNotFound:
                above = above.folder
            else:
                raise InvalidArtifactPath(path, "leads through a file")

    def _size(self, path: ArtifactPath) -> int:
        if not path:
            raise ArtifactNotFound(path)
        with self._errors(path):
            size: int = self._library.head(self._store, self.key(path))["size"]
            return size

    def _is_folder(self, path: ArtifactPath) -> bool:
        with self._errors(path, absence="bucket"):
            for items in self._library.list(self._store, self.key(path), chunk_size=1):
                if items:
                    return True
        return False

    @contextmanager
    def _errors(self, path: ArtifactPath, *, absence: str = "artifact") -> Iterator[None]:
        """Say what an error of the library means for an artifact."""
        known = self._library.exceptions
        try:
            yield
        except FileNotFoundError as error:
            if absence == "artifact" and not _NO_BUCKET.search(str(error)):
                raise ArtifactNotFound(path) from None
            raise buckets.no_bucket(self.bucket.scheme, self.bucket.name) from None
        except (PermissionError, known.BaseError) as error:
            if _NO_BUCKET.search(str(error)):
                raise buckets.no_bucket(self.bucket.scheme, self.bucket.name) from None
            text = _said(error)
            refusals = (PermissionError, known.PermissionDeniedError, known.UnauthenticatedError)
            if isinstance(error, refusals) or _REFUSED.search(text):
                raise PermissionDenied(
                    f"the bucket {self.bucket.name!r} does not let these credentials at {str(path)!r}: {text}"
                ) from None
            kind = BackendUnavailable if _NO_ANSWER.search(text) else BackendError
            raise kind(f"the bucket {self.bucket.name!r} failed at {str(path)!r}: {text}") from None


_NO_BUCKET = re.compile("<Code>(NoSuchBucket|ContainerNotFound)</Code>")  # of S3 and Google, and of Azure
# The library has no kind of its own for a list that was refused.
_REFUSED = re.compile(r"status code: 40[13]\b")
_NO_ANSWER = re.compile(r"error sending request|timed? ?out|error code: 5\d\d|status code: 5\d\d", re.IGNORECASE)
_QUERY = re.compile(r"\?\S+")


def _said(error: Exception) -> str:
    """The first line of what the library says, without the queries of addresses, which may hold secrets."""
    return _QUERY.sub("?...", str(error).partition("\n")[0].strip())[:500]


class _Object(Iterator[bytes]):
    """The bytes of an object, or of a part of it, as they come."""

    def __init__(self, repository: ObjectStoreRepository, path: ArtifactPath, found: Any) -> None:
        self.size: int | None = found.meta["size"]
        self.sha256: str | None = found.attributes.get(_SHA256)
        self._repository, self._path = repository, path
        self._stream: Iterator[Any] | None = iter(found.stream(min_chunk_size=_PIECE))
        self._rest = memoryview(b"")

    def __next__(self) -> bytes:
        while not self._rest:
            if self._stream is None:
                raise StopIteration
            with self._repository._errors(self._path):
                self._rest = memoryview(next(self._stream, b""))
            if not self._rest:
                self.close()
        piece, self._rest = self._rest[:CHUNK], self._rest[CHUNK:]
        return bytes(piece)

    def close(self) -> None:
        self._stream = None
        self._rest = memoryview(b"")


class _Nothing(Iterator[bytes]):
    """A part of a file that has no bytes."""

    sha256: str | None = None

    def __init__(self, size: int) -> None:
        self.size: int | None = size

    def __next__(self) -> bytes:
        raise StopIteration

    def close(self) -> None:
        pass


def _spool() -> "SpooledTemporaryFile[bytes]":
    return SpooledTemporaryFile(max_size=PART)  # closed by the caller


@contextmanager
def _spool_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackendError(
            f"an artifact on its way to a bucket cannot be kept in the temporary folder: {error.strerror}; make "
            "room, or set TMPDIR to a folder that has some"
        ) from error
