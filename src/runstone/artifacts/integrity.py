"""Whether a file is still what was written: SHA-256, counted on the way in and compared on the way out.

The hash stands in the file's own metadata, so that it is replaced with the bytes in one step and moves with them.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator

from runstone.artifacts.base import ArtifactRepository, Pieces
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactDamaged

HEADER = "Repr-Digest"  # RFC 9530
_LENGTH = 32


def checked(pieces: Pieces, path: ArtifactPath) -> Pieces:
    """The same pieces, which raise at their end if they are not what was once written.

    Args:
        pieces: A whole file. One whose hash nobody recorded passes unchecked.
        path: The file, for the message.

    Returns:
        Pieces whose last step raises ``ArtifactDamaged`` where their hash is not the recorded one.
    """
    return pieces if pieces.sha256 is None else _Checked(pieces, pieces.sha256, path)


def read(repository: ArtifactRepository, path: ArtifactPath) -> bytes:
    """All bytes of a file, checked.

    Raises:
        ArtifactNotFound: There is no such file.
        ArtifactDamaged: It is not what was once written.
    """
    return b"".join(checked(repository.read(path), path))


class Counted(Iterator[bytes]):
    """Pieces that are hashed as they pass."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._hash = hashlib.sha256()

    def __next__(self) -> bytes:
        piece = next(self._chunks)
        self._hash.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        """Hash of the pieces so far, in hexadecimal."""
        return self._hash.hexdigest()


class _Checked(Iterator[bytes]):
    def __init__(self, source: Pieces, expected: str, path: ArtifactPath) -> None:
        self.size = source.size
        self.sha256: str | None = expected
        self._source = source
        self._expected = expected
        self._path = path
        self._counted = Counted(source)

    def __next__(self) -> bytes:
        try:
            return next(self._counted)
        except StopIteration:
            if self._counted.sha256 != self._expected:
                raise ArtifactDamaged(self._path, expected=self._expected, found=self._counted.sha256) from None
            raise

    def close(self) -> None:
        self._source.close()


def header(sha256: str) -> str:
    """The value of the header that tells a hash.

    Example:
        >>> header("00" * 32)
        'sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:'
    """
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def from_header(text: str | None) -> str | None:
    """The hash that a header tells, in hexadecimal; ``None`` where it tells none of this kind.

    Example:
        >>> from_header("sha-512=:AAAA:, sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:")[:4]
        '0000'
    """
    for item in (text or "").split(","):
        kind, _, value = item.strip().partition("=")
        if kind.lower() == "sha-256" and value.startswith(":") and value.endswith(":"):
            try:
                digest = base64.b64decode(value[1:-1], validate=True)
            except binascii.Error:
                return None
            return digest.hex() if len(digest) == _LENGTH else None
    return None
