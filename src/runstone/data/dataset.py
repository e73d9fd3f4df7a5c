"""A dataset in memory, and how it is described."""

import getpass
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runstone.entities import Dataset as Description
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue

# As long as MLflow's digests, so that both look alike in a table.
_DIGITS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Data that a run reads.

    Attributes:
        name: A name for people.
        digest: The first eight hexadecimal digits of a SHA-256 of the data.
        source_type: What kind of place it came from: ``local``, ``http``, ``code`` and so on.
        source: The place: a dict that JSON can write.
        schema: Its columns; ``None`` if unknown.
        profile: Numbers about it.
        data: The data itself: a frame or an array, or a dict of arrays.
        targets: Name of the column, or the array, that is to be predicted; ``None`` if there is none.
        predictions: Name of the column with predictions; ``None`` if there is none.
    """

    name: str
    digest: str
    source_type: str
    source: dict[str, Any]
    schema: dict[str, Any] | None
    profile: dict[str, Any]
    data: Any
    targets: Any = None
    predictions: str | None = None

    def describe(self) -> Description:
        """What is kept of it: name, digest, and the rest as JSON."""
        return Description(
            self.name,
            self.digest,
            self.source_type,
            json.dumps(self.source),
            "" if self.schema is None else json.dumps(self.schema),
            json.dumps(self.profile),
        )

    def to_dict(self) -> dict[str, str]:
        """The description as texts by name, as MLflow's datasets give it.

        Example:
            >>> import numpy
            >>> from runstone.data import from_numpy
            >>> from_numpy(numpy.zeros(3), name="zeros").to_dict()["profile"]
            '{"features_shape": [3], "features_size": 3, "features_nbytes": 24}'
        """
        found = self.describe()
        return {
            "name": found.name,
            "digest": found.digest,
            "source": found.source,
            "source_type": found.source_type,
            "schema": found.schema or "null",
            "profile": found.profile,
        }

    def to_json(self) -> str:
        """The same as one JSON text."""
        return json.dumps(self.to_dict())


def digest_of(*parts: bytes) -> str:
    """The digest of data that is written as bytes; no MD5, which MLflow takes, so that digests differ from MLflow's."""
    whole = hashlib.sha256()
    for part in parts:
        # With its length, so that the end of one part is not the beginning of the next.
        whole.update(len(part).to_bytes(8, "little"))
        whole.update(part)
    return whole.hexdigest()[:_DIGITS]


def place(source: Any) -> tuple[str, dict[str, Any]]:
    """The type of a source and what describes it.

    Args:
        source: A path, a URL, a dict that describes it, or ``None`` for data that the script itself made.

    Raises:
        InvalidValue: It is none of these.
    """
    if source is None:
        made_by = {"mlflow.source.name": sys.argv[0] if sys.argv else "", "mlflow.source.type": "LOCAL"}
        return "code", {"tags": {"mlflow.user": _login_name(), **made_by}}
    if isinstance(source, dict):
        return "external", source
    if not isinstance(source, str | Path):
        raise InvalidValue(
            f"the source of a dataset is a path, a URL or a dict that describes it; got {shown(source)}, a "
            f"{type(source).__name__}"
        )
    scheme, mark, _ = str(source).partition("://")
    if not mark or scheme == "file":
        return "local", {"uri": str(source)}
    return ("http", {"url": str(source)}) if scheme in {"http", "https"} else (scheme, {"uri": str(source)})


def check_name(name: str | None) -> str:
    """The name of a dataset; ``dataset`` where none was given, as in MLflow.

    Raises:
        InvalidValue: It is no text.
    """
    if name is not None and not isinstance(name, str):
        raise InvalidValue(f"the name of a dataset is a string; got {shown(name)}, {a_class(name)}")
    return name or "dataset"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return ""
