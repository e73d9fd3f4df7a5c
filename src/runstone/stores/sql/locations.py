"""Where artifacts are: computed from a root, so that the tables hold no absolute place."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from runstone.entities.names import MAX_ARTIFACT_LOCATION, check_length
from runstone.errors import InvalidValue
from runstone.stores.sql.driver import driver_of

FOLDER = "runstone-artifacts"
_ROOT = "artifact_root"


class ArtifactRoot:
    """The place below which every experiment has a folder, unless it was given a place of its own.

    Attributes:
        folder: The folder of the database file, at which relative roots start; ``None`` where the database is no file,
            so that they start at the working directory, and none is recorded.
        given: The root that the caller chose; ``None`` leaves it to what the database has recorded.
    """

    def __init__(self, folder: Path | None, given: str | None) -> None:
        self.folder = folder
        self.given = None if given is None else _absolute(given)

    def find(self, connection: Connection) -> str:
        """The root: as given, else as recorded, else the folder ``runstone-artifacts`` beside the database."""
        return self.recorded(connection) if self.given is None else self.given

    def recorded(self, connection: Connection) -> str:
        """The root of whoever opens the database without one."""
        row = driver_of(connection).execute("SELECT value FROM meta WHERE name = ?", (_ROOT,)).fetchone()
        recorded = FOLDER if row is None else str(row[0])
        return recorded if _is_uri(recorded) else os.path.normpath((self.folder or Path.cwd()) / recorded)

    def finder(self, connection: Connection) -> Callable[[Row[Any]], str]:
        """What tells where an experiment keeps its artifacts, from its row in the table."""
        root = self.find(connection)
        return lambda row: location(root, row.id, row.artifact_location)

    def of(self, connection: Connection, experiment_id: int) -> str:
        """Where an experiment that exists keeps its artifacts."""
        query = "SELECT artifact_location FROM experiment WHERE id = ?"
        given = driver_of(connection).execute(query, (experiment_id,)).fetchone()[0]
        return given or location(self.find(connection), experiment_id, None)

    def record(self, connection: Connection, root: str) -> None:
        """Write down the root for those who open the database without one.

        A folder in or below that of a database file is kept relative to it, so that both can be moved together.
        """
        place = _absolute(root)
        if self.folder is not None and not _is_uri(place) and Path(place).is_relative_to(self.folder):
            place = Path(place).relative_to(self.folder).as_posix()
        driver_of(connection).execute(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (_ROOT, place),
        )


def location(root: str, experiment_id: int, given: str | None) -> str:
    """Where an experiment keeps its artifacts.

    Args:
        root: From ``ArtifactRoot.find``.
        experiment_id: The experiment.
        given: The place of its own, as the table has it.
    """
    return given or f"{root.rstrip('/')}/{experiment_id}"


def given_location(text: str | None) -> str | None:
    """What the table keeps of a place that the user gave; ``None`` where none was.

    Raises:
        InvalidValue: It is longer than 500 characters, or a URI with a query or a fragment.
    """
    if not text:
        return None
    check_length("the artifact location of an experiment", text, MAX_ARTIFACT_LOCATION)
    if _is_uri(text) and ("?" in text or "#" in text):
        raise InvalidValue(
            f"the artifact location {text!r} has a query or a fragment; wanted: a plain URI such as 's3://bucket/folder'"
        )
    # The final slash goes, so that what is joined to the place has no doubled one.
    return _absolute(text.rstrip("/") or text)


def _is_uri(text: str) -> bool:
    scheme, colon, _ = text.partition(":")
    return bool(colon) and len(scheme) > 1 and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()


def _absolute(text: str) -> str:
    return text if _is_uri(text) else os.path.normpath(Path.cwd() / text)
