"""Whether the tables of the newest revision, and what is in them, are sound."""

import importlib
from contextlib import closing
from pathlib import Path
from typing import Any

from runstone.stores.sql.database import open_to_read
from runstone.stores.sql.failures import explained
from runstone.stores.sql.opening import postgres

# Problems that are told.
MOST = 20


def of_file(path: Path, *, reads_points: bool = True) -> list[str]:
    """What is wrong with a database file: a sentence each; none where it is sound.

    Args:
        path: The file.
        reads_points: Whether to look into the points of metrics as well, which older tables keep otherwise.

    Raises:
        BackendError: It cannot be read.
        SchemaMismatch: It is damaged.
    """
    with explained(path), closing(open_to_read(path)) as driver:
        texts = [str(row[0]) for row in driver.execute(f"PRAGMA integrity_check({MOST})")]
        damages = [f"the file is damaged: {text}; restore a backup" for text in texts if text != "ok"]
        references = [
            f"row {row} of the table {table!r} refers to one of {other!r} that is not there; restore a backup"
            for table, row, other, _ in driver.execute("PRAGMA foreign_key_check")
        ]
        found = damages + references
        return (found or (_unreadable(driver) if reads_points else []))[:MOST]


def of_server(driver: Any) -> list[str]:
    """The same of a database on PostgreSQL, as a connection sees it.

    Raises:
        psycopg.Error: It cannot be read.
    """
    return (list(postgres("schema").problems_of(driver)) or _unreadable(driver))[:MOST]


def _unreadable(driver: Any) -> list[str]:
    """Runs whose points cannot be read; none where numpy and pcodec, which read them, are not installed."""
    try:
        soundness: Any = importlib.import_module("runstone.stores.sql.soundness")
    except ImportError:
        return []
    return list(soundness.problems(driver))
