"""What the errors of PostgreSQL mean, in one sentence with what to do."""

import psycopg

from runstone.errors import BackendError, BackendUnavailable, InvalidValue, RunstoneError
from runstone.stores.sql.databases import Again, cause_of

# Codes of PostgreSQL ("SQLSTATE"). Others were in the way, and the same may well succeed when it is run again: two wait
# for each other, one waits too long, or one was quicker to make or remove what the other has looked for in vain.
_IN_THE_WAY = {"40001", "40P01", "55P03", "23505", "23503"}
_NO_ROOM = {"53100", "53200"}
_TOO_MANY = "53300"
_STOPPING = {"57P01", "57P02", "57P03"}
_READ_ONLY = "25006"
_FORBIDDEN = "42501"
_NO_DATABASE = "3D000"
_LOGIN = {"28000", "28P01"}


def explain(error: Exception, name: str) -> RunstoneError:
    """Make an error of ours from one that a statement raised.

    Args:
        error: From psycopg, or from SQLAlchemy around one of these.
        name: What the database is called.
    """
    cause = cause_of(error)
    state = getattr(cause, "sqlstate", None) or ""
    if state in _IN_THE_WAY:
        return Again(f"others kept changing the same things in the database {name}; try again ({said(cause)})")
    if state in _STOPPING or state.startswith("08") or (not state and isinstance(cause, psycopg.OperationalError)):
        return Again(f"the connection to the database {name} was lost; nothing was changed; try again")
    if state in _NO_ROOM:
        return BackendUnavailable(f"the database {name} has no room left ({said(cause)}); make room and try again")
    if state == _READ_ONLY:
        return BackendError(f"the database {name} cannot be written: it is a standby, or was made read-only")
    if state == _FORBIDDEN:
        return BackendError(f"the user of the database {name} lacks a right ({said(cause)}); grant it")
    if not state and isinstance(cause, psycopg.DataError) and "NUL" in str(cause):
        return InvalidValue("PostgreSQL keeps no text with a NUL character; take it out")
    return BackendError(f"the database {name} refused a statement: {said(cause)}")


def explain_connecting(error: psycopg.Error, name: str) -> BackendError:
    """Make an error of ours from one that was met while connecting."""
    text = said(error)
    state = error.sqlstate or ""
    if state == _NO_DATABASE or "does not exist" in text:
        return BackendError(f"the database {name} cannot be opened ({text}); create it, for example with createdb")
    if state in _LOGIN or "authentication" in text or "no password" in text or "pg_hba" in text:
        return BackendError(f"the database {name} refused the login ({text}); check user, password and pg_hba.conf")
    if state == _TOO_MANY or "too many" in text or "remaining connection slots" in text:
        return BackendUnavailable(f"the database {name} has no free connection; raise max_connections, or try again")
    return BackendUnavailable(f"the database {name} cannot be reached ({text}); check that it runs, and try again")


def said(error: Exception) -> str:
    """What the database says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
