"""Artifacts in a folder of this machine."""

import builtins
import os
import shutil
import stat
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runstone.artifacts.base import CHUNK, Pieces
from runstone.artifacts.integrity import Counted
from runstone.artifacts.staging import UNFINISHED
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import ArtifactNotFound, BackendError, InvalidArtifactPath

# The extended attribute that holds a file's SHA-256: it comes and goes with the file itself.
_SHA256 = "user.runstone.sha256"
# How often a folder is made again when another process removes it between making it and using it.
_TRIES = 5


class LocalRepository:
    """Files below one folder; does what ``ArtifactRepository`` says.

    Symbolic links that stay in the folder are followed, others are refused and not listed. Nor is a file listed whose
    name is no ``ArtifactPath``, since nobody could ask for it, nor a link back to a folder that leads to it: all that
    is there would be listed again and again.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        """Name the folder; it is made by the first write.

        Args:
            root: The folder. A relative one is meant from the working directory of now.
        """
        self._root = Path(os.path.realpath(root))

    def __repr__(self) -> str:
        return f"LocalRepository({str(self._root)!r})"

    def local_path(self, path: ArtifactPath = ArtifactPath()) -> Path:
        """Where a file or folder is on this machine.

        Raises:
            InvalidArtifactPath: A symbolic link leads out of the root, or the name is kept for unfinished writes.
        """
        if any(map(UNFINISHED.fullmatch, path.split("/"))):
            raise InvalidArtifactPath(path, "is a name kept for files that are being written")
        place = Path(os.path.realpath(self._named(path)))
        if place != self._root and self._root not in place.parents:
            raise InvalidArtifactPath(path, "leads out of its folder by a symbolic link")
        return place

    def _named(self, path: ArtifactPath) -> Path:
        """A path as the disk has it: names from a Mac may be in Unicode NFD, where an ``ArtifactPath`` is in NFC."""
        if path.isascii():
            return self._root / path
        place = self._root
        for part in path.split("/"):
            other = place / unicodedata.normalize("NFD", part)
            place /= part
            if not os.path.lexists(place) and os.path.lexists(other):
                place = other
        return place

    def write(self, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
        """Make or replace a file; if ``chunks`` raises, nothing is changed.

        Returns:
            SHA-256 of what was written, in hexadecimal; recorded where the file system has extended attributes.

        Raises:
            InvalidValue: The path is empty, is a folder, or leads through a file.
            BackendError: The folder cannot be written, or its disk is full.
        """
        if not path:
            raise InvalidArtifactPath(path, "names no file")
        place = self.local_path(path)
        with _os_errors(path):
            self._root.mkdir(parents=True, exist_ok=True)
        # In the root, so that a write that breaks off leaves no folder behind.
        unfinished = self._root / f".runstone-{os.urandom(16).hex()}.part"
        try:
            sha256 = _fill(unfinished, path, chunks)
            with _os_errors(path):
                _move(unfinished, place)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
        return sha256

    def adopt(self, path: ArtifactPath, file: Path, *, sha256: str) -> None:
        """Make or replace a file by one that is on the same disk already, which is moved.

        Args:
            path: What it becomes.
            file: What is moved; stays where it is if that fails.
            sha256: Its hash, which is recorded as it is told.

        Raises:
            InvalidValue: The path is empty, is a folder, or leads through a file.
            BackendError: The folder cannot be written.
        """
        if not path:
            raise InvalidArtifactPath(path, "names no file")
        place = self.local_path(path)
        with _os_errors(path):
            with file.open("r+b") as opened:
                _record(opened.fileno(), sha256)
                os.fsync(opened.fileno())
            _move(file, place)

    def read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Pieces:
        """The bytes of a file from offset ``start`` up to, without, offset ``stop``, in pieces of at most 1 MiB.

        Raises:
            ArtifactNotFound: There is no such file.
            BackendError: The file may not be read.
        """
        place = self.local_path(path)
        # Anything but a plain file is refused before it is opened: opening a pipe would wait for its other end.
        if self.info(path).is_dir:
            raise ArtifactNotFound(path)
        with _os_errors(path), _absence(path):
            handle = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        pieces = _OpenFile(handle, None if stop is None else max(0, stop - start))
        os.lseek(handle, start, os.SEEK_SET)
        return pieces

    def info(self, path: ArtifactPath) -> FileInfo:
        """What stands at a path.

        Raises:
            ArtifactNotFound: Nothing.
        """
        place = self.local_path(path)
        with _os_errors(path), _absence(path):
            found = place.stat()
        if stat.S_ISDIR(found.st_mode):
            return FileInfo(path=str(path), is_dir=True)
        if not stat.S_ISREG(found.st_mode):
            raise ArtifactNotFound(path)
        return FileInfo(path=str(path), is_dir=False, size=found.st_size)

    def list(self, path: ArtifactPath = ArtifactPath()) -> list[FileInfo]:
        """What is in a folder, by path."""
        return [found for found in self._seen(path) if isinstance(found, FileInfo)]

    def unlisted(self, path: ArtifactPath = ArtifactPath()) -> builtins.list[str]:
        """Why other things in a folder are not listed."""
        return [found for found in self._seen(path) if isinstance(found, str)]

    def _seen(self, path: ArtifactPath) -> Iterator[FileInfo | str]:
        """What is in a folder, by path; in place of what cannot be asked for, the reason."""
        place = self.local_path(path)
        names: builtins.list[str] = []
        with _os_errors(path), suppress(FileNotFoundError, NotADirectoryError):
            names = sorted(entry.name for entry in place.iterdir())
        for name in names:
            if UNFINISHED.fullmatch(name):
                continue
            try:
                found = self.info(path / name)
                yield f"{found.path!r} is a link back to a folder that leads to it" if self._is_loop(found) else found
            except InvalidArtifactPath as error:
                yield error.message
            except (ArtifactNotFound, UnicodeEncodeError):
                if os.path.lexists(place / name) and not unicodedata.is_normalized("NFC", name):
                    yield f"the artifact path {name!r} is neither in Unicode NFC nor in NFD; rename the file"
                # Else it was removed meanwhile, or is no file.

    def _is_loop(self, found: FileInfo) -> bool:
        """Whether something is a link to a folder on the way to it."""
        parts = found.path.split("/")
        if not found.is_dir or not self._named(ArtifactPath(found.path)).is_symlink():
            return False
        above = {self.local_path(ArtifactPath("/".join(parts[:depth]))) for depth in range(len(parts))}
        return self.local_path(ArtifactPath(found.path)) in above

    def delete(self, path: ArtifactPath) -> None:
        """Remove a file, or a folder with all in it.

        Raises:
            ArtifactNotFound: Nothing stands there.
            BackendError: It may not be removed.
        """
        self.info(path)
        named = self._named(path)
        with _os_errors(path):
            if named.is_symlink() or not named.is_dir():
                named.unlink(missing_ok=True)
            while named.is_dir():
                with suppress(FileNotFoundError):  # somebody else removes it at the same time
                    shutil.rmtree(named)


class _OpenFile(Iterator[bytes]):
    """The bytes of an open file, or so many of them; closes it at the end, or when nobody wants them any more."""

    def __init__(self, handle: int, length: int | None) -> None:
        self.size: int | None = os.fstat(handle).st_size
        self.sha256 = _recorded(handle)
        self._handle: int | None = handle
        self._left = sys.maxsize if length is None else length

    def __next__(self) -> bytes:
        piece = b"" if self._handle is None else os.read(self._handle, min(CHUNK, self._left))
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def _recorded(handle: int) -> str | None:
    if sys.platform != "linux":
        return None
    try:
        return os.getxattr(handle, _SHA256).decode("ascii", "replace")
    except OSError:  # none was recorded, or the file system has no such attributes
        return None


def _record(handle: int, sha256: str) -> None:
    if sys.platform == "linux":
        with suppress(OSError):  # the file system has no such attributes
            os.setxattr(handle, _SHA256, sha256.encode())


def _fill(place: Path, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
    """Make a file of pieces that is on the disk, its SHA-256 beside it, when this returns; the latter is returned."""
    counted = Counted(chunks)
    with _os_errors(path):
        file = place.open("xb")
    try:
        for chunk in counted:
            with _os_errors(path):
                file.write(chunk)
        with _os_errors(path):
            file.flush()
            _record(file.fileno(), counted.sha256)
            os.fsync(file.fileno())
    finally:
        with suppress(OSError):  # closing tries once more to write what could not be written
            file.close()
    return counted.sha256


def _move(source: Path, target: Path) -> None:
    for attempt in range(1, _TRIES + 1):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.replace(target)
            break
        except FileNotFoundError:
            if attempt == _TRIES:
                raise
    _make_durable(target.parent)


def _make_durable(folder: Path) -> None:
    """Write the folder's entries to the disk; on Windows a folder cannot be opened, and need not be."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _os_errors(path: ArtifactPath) -> Iterator[None]:
    """Say what an error of the file system means for an artifact."""
    try:
        yield
    except (NotADirectoryError, FileExistsError):
        raise InvalidArtifactPath(path, "leads through a file") from None
    except IsADirectoryError:
        raise InvalidArtifactPath(path, "is a folder") from None
    except OSError as error:
        raise BackendError(
            f"the artifact {str(path)!r} cannot be written or read in its folder: {error.strerror}; "
            "look at the free space and the permissions"
        ) from error


@contextmanager
def _absence(path: ArtifactPath) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise ArtifactNotFound(path) from None
