"""Artifacts: the files of a run, and the one grammar of their names."""

import unicodedata

from msgspec import UNSET, Struct, UnsetType, field

from runstone.errors import InvalidArtifactPath

MAX_ARTIFACT_PATH = 1000
MAX_PART = 255


class ArtifactPath(str):
    """A relative POSIX path that cannot leave the folder it is joined to.

    One or more parts joined by single slashes. No part is empty, ``.`` or ``..``; none holds a control character, a
    backslash, a colon, or a percent sign followed by two hexadecimal digits, which some layer may decode once more. At
    most 1000 characters in all and 255 bytes a part. The empty path stands for the folder itself. Text is put into
    Unicode NFC.

    Raises:
        InvalidArtifactPath: The text is not such a path.
    """

    __slots__ = ()

    def __new__(cls, text: str = "") -> "ArtifactPath":
        """Check and normalise a path; see the class."""
        if isinstance(text, ArtifactPath):
            return text
        path = unicodedata.normalize("NFC", text)
        reason = _why_not(path)
        if reason:
            raise InvalidArtifactPath(text, reason)
        return super().__new__(cls, path)

    def __truediv__(self, other: str) -> "ArtifactPath":
        return ArtifactPath("/".join(part for part in (self, other) if part))

    @property
    def name(self) -> str:
        """The last part."""
        return self.rpartition("/")[2]

    @property
    def folder(self) -> "ArtifactPath":
        """All but the last part; empty for a path of one part."""
        return ArtifactPath(self.rpartition("/")[0])


_HEX = frozenset("0123456789abcdefABCDEF")


def _why_not(path: str) -> str:
    if len(path) > MAX_ARTIFACT_PATH:
        return f"has {len(path)} characters; at most {MAX_ARTIFACT_PATH} are taken"
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in path):
        return "holds a control character"
    if "\ufffd" in path:
        return "holds bytes that are no UTF-8"
    if "\\" in path:
        return "holds a backslash"
    if ":" in path:
        return "holds a colon"
    if any(len(rest) >= 2 and _HEX.issuperset(rest[:2]) for rest in path.split("%")[1:]):
        return "holds a percent-encoded character"
    if path.startswith("/"):
        return "is absolute"
    return next(filter(None, map(_why_not_part, path.split("/"))), "") if path else ""


def _why_not_part(part: str) -> str:
    if part == "":
        return "has an empty part: no doubled and no final slash"
    if part in {".", ".."}:
        return f"has a part {part!r}"
    if len(part.encode()) > MAX_PART:
        return f"has a part of more than {MAX_PART} bytes"
    return ""


class FileInfo(Struct, frozen=True, kw_only=True):
    """A file or a folder among the artifacts.

    Attributes:
        path: Path relative to the root that was listed.
        is_dir: Whether it is a folder.
        size: Length in bytes; ``UNSET`` for a folder. ``file_size`` has ``None`` then.
    """

    path: str
    is_dir: bool
    size: int | UnsetType = field(name="file_size", default=UNSET)

    @property
    def file_size(self) -> int | None:
        """Length in bytes; ``None`` for a folder."""
        return None if self.size is UNSET else self.size
