"""How a database, a file system or a service failed."""

from runstone.errors.kinds import BackendError


class BackendUnavailable(BackendError):
    """A server or a database gave no answer; trying again may help."""

    code = "TEMPORARILY_UNAVAILABLE"


class ArtifactDamaged(BackendError):
    """A file is not what was once written: its SHA-256 is another.

    Attributes:
        path: The artifact.
        expected: The hash that was recorded when it was written, in hexadecimal.
        found: The hash of what was read.
    """

    path: str
    expected: str
    found: str

    def __init__(self, path: str, *, expected: str, found: str) -> None:
        super().__init__(
            f"the artifact {path!r} was changed or cut since it was written: its SHA-256 was {expected}, and is "
            f"{found}; fetch it again, and if that fails too, bring it back from a backup or log it again",
            path=path,
            expected=expected,
            found=found,
        )


class JournalFull(BackendError):
    """The journal of a run takes no more: the disk is full, or the journal has the size that it may have."""


class SchemaMismatch(BackendError):
    """A database is broken, not Runstone's, or made by a newer Runstone."""
