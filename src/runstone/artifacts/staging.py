"""Uploads that come in pieces over several requests, until they are whole."""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runstone.entities.names import shown
from runstone.errors import BackendError, InvalidValue, NotFound, TooLarge

# A name that no artifact has: see ``local``.
UNFINISHED = re.compile(r"\.runstone-[0-9a-f]{32}\.part")
_ID = re.compile(r"[0-9a-f]{32}")
# What nobody went on with for so long is thrown away.
KEPT_S = 24 * 3600


class Staging:
    """Files that grow in a folder. Several processes may share one; any of them takes the next piece."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made by the first upload.

        Args:
            folder: Nobody but this server writes into it.
        """
        self._folder = folder

    def begin(self) -> str:
        """Begin an upload, and throw away those that nobody went on with for a day; returns its id.

        Raises:
            BackendError: The folder cannot be written.
        """
        upload = os.urandom(16).hex()
        with _os_errors():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self._place(upload).open("xb").close()
        return upload

    def size(self, upload: str) -> int:
        """How many bytes of an upload are there.

        Raises:
            NotFound: There is no such upload.
        """
        return self.file(upload).stat().st_size

    def append(self, upload: str, offset: int, pieces: Iterable[bytes], *, most: int) -> int:
        """Write pieces from an offset on; the same ones again change nothing.

        Args:
            upload: The upload.
            offset: Where they begin; at most its size.
            pieces: What follows.
            most: Largest size of the whole.

        Returns:
            Its size now.

        Raises:
            NotFound: There is no such upload.
            InvalidValue: Bytes before ``offset`` are missing.
            TooLarge: It would have more than ``most`` bytes.
            BackendError: The folder cannot be written.
        """
        place = self.file(upload)
        with _os_errors(), place.open("r+b") as file:
            size = os.fstat(file.fileno()).st_size
            if not 0 <= offset <= size:
                raise InvalidValue(f"the upload has {size} bytes; got a piece that begins at {offset}")
            file.seek(offset)
            for piece in pieces:
                offset += len(piece)
                if offset > most:
                    raise TooLarge(f"an upload has at most {most} bytes (RUNSTONE_MAX_ARTIFACT_MB of the server)")
                file.write(piece)
        return max(size, offset)

    def file(self, upload: str) -> Path:
        """Where the bytes of an upload are.

        Raises:
            NotFound: There is no such upload.
        """
        if _ID.fullmatch(upload):
            place = self._place(upload)
            if place.is_file() and not place.is_symlink():
                return place
        raise NotFound(f"there is no upload {shown(upload)}: it was completed, aborted, or left for a day; begin anew")

    def drop(self, upload: str) -> None:
        """Throw an upload away.

        Raises:
            NotFound: There is no such upload.
        """
        self.file(upload).unlink(missing_ok=True)

    def _place(self, upload: str) -> Path:
        return self._folder / f".runstone-{upload}.part"

    def _sweep(self) -> None:
        oldest = time.time() - KEPT_S
        for place in self._folder.glob(".runstone-*.part"):
            with suppress(OSError):
                if UNFINISHED.fullmatch(place.name) and place.lstat().st_mtime < oldest:
                    place.unlink()


@contextmanager
def _os_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackendError(
            f"the upload cannot be kept: {error.strerror}; look at the free space and the permissions"
        ) from error
