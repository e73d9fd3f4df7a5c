"""Secrets in the database: never in the clear."""

import importlib
from typing import Any

from sqlalchemy import Connection

from runstone import config
from runstone.errors import Unsupported
from runstone.stores.sql.driver import driver_of

_KEY = "webhook_key"
# By name, because the library that it loads is there only with the server.
_SEALS = "runstone.stores.sql.seals"


def sealed(connection: Connection, text: str) -> str | None:
    """What the table keeps of a secret; ``None`` for none.

    Raises:
        InvalidValue: The key of the settings is none.
        Unsupported: The library for it is not installed.
    """
    if not text:
        return None
    key = config.WEBHOOK_SECRET_ENCRYPTION_KEY.get() or _kept_key(connection) or _new_key(connection)
    made: str = _seals().seal(text, key)
    return made


def opened(connection: Connection, kept: str | None) -> str | None:
    """The secret that the table keeps.

    Raises:
        InvalidState: It was encrypted with a key that is not at hand.
        InvalidValue: The key of the settings is none.
        Unsupported: The library for it is not installed.
    """
    if kept is None:
        return None
    # A key that was set later does not make older secrets unreadable.
    keys = [key for key in (config.WEBHOOK_SECRET_ENCRYPTION_KEY.get(), _kept_key(connection)) if key]
    text: str = _seals().unseal(kept, keys)
    return text


def _kept_key(connection: Connection) -> str | None:
    row = driver_of(connection).execute("SELECT value FROM meta WHERE name = ?", (_KEY,)).fetchone()
    return None if row is None else str(row[0])


def _new_key(connection: Connection) -> str:
    driver_of(connection).execute(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (_KEY, _seals().new_key())
    )
    key = _kept_key(connection)
    assert key is not None
    return key


def _seals() -> Any:
    try:
        return importlib.import_module(_SEALS)
    except ImportError as error:
        raise Unsupported(
            f"the secret of a webhook needs {error.name or 'a library'}, which is not installed; run "
            "`pip install 'runstone[server]'`"
        ) from None
