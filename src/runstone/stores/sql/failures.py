"""What the errors of SQLite mean, in one sentence with what to do."""

import errno
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from runstone.errors import BackendError, BackendUnavailable, SchemaMismatch
from runstone.stores.sql.databases import Explaining, cause_of

BUSY_TIMEOUT_S = 60

# Primary result codes of SQLite; the extended ones have them in their low byte.
_PERM, _BUSY, _LOCKED, _READONLY, _IOERR = 3, 5, 6, 8, 10
_CORRUPT, _FULL, _CANTOPEN, _NOTADB = 11, 13, 14, 26


def explain(error: Exception, path: Path) -> BackendError:
    """Make an error of ours from one of the driver.

    Args:
        error: From ``sqlite3``, or from SQLAlchemy around one of these.
        path: The database file.
    """
    cause = cause_of(error)
    code = (getattr(cause, "sqlite_errorcode", 0) or 0) & 0xFF
    if code in {_BUSY, _LOCKED}:
        return BackendUnavailable(
            f"the database {path} stayed locked by another process for {BUSY_TIMEOUT_S} s; try again, or find the "
            "process that holds it open"
        )
    if code == _FULL:
        return BackendUnavailable(f"the disk that holds the database {path} is full; make room and try again")
    if code in {_READONLY, _PERM}:
        return BackendError(f"the database {path} cannot be written; give this user write access to it and its folder")
    if code == _CANTOPEN:
        return BackendError(f"the database {path} cannot be opened; check that its folder exists and may be written")
    if code == _NOTADB:
        return SchemaMismatch(f"{path} is not an SQLite database; name another file, or restore a backup")
    if code == _CORRUPT:
        return SchemaMismatch(f"the database {path} is damaged ({cause}); restore a backup")
    if code == _IOERR:
        return BackendUnavailable(f"the disk that holds the database {path} failed ({cause}); check it and try again")
    return BackendError(f"the database {path} refused a statement: {cause}")


def explain_os(error: OSError, path: Path) -> BackendError:
    """Make an error of ours from one of the operating system, met while the file or its folder was made."""
    if error.errno == errno.ENOSPC:
        return BackendUnavailable(f"the disk that holds the database {path} is full; make room and try again")
    reason = (error.strerror or str(error)).lower()
    return BackendError(f"the database {path} cannot be made: {reason}; choose another place or give write access")


def explained(path: Path) -> AbstractContextManager[None]:
    """Turns the errors of the driver that are met inside into errors of ours."""
    return Explaining((sqlite3.Error,), lambda error: explain(error, path))
