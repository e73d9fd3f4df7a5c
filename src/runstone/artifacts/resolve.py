"""From a URI to the store of files behind it; the only reader of entry points ``runstone.artifact_repositories``."""

import os
import re
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from runstone.artifacts import buckets
from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.local import LocalRepository
from runstone.entities import ArtifactPath
from runstone.entities.names import shown_address
from runstone.errors import InvalidValue

ENTRY_POINTS = "runstone.artifact_repositories"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two characters or more: one is a drive of Windows
_DRIVE = re.compile(r"/[A-Za-z]:/")  # as in file:///C:/folder
# In these a path stands quoted; MLflow writes those of the other schemes as they are.
_QUOTED = frozenset({"file", "http", "https"})
_PROXY = "/api/2.0/mlflow-artifacts/artifacts"


def repository(uri: str, *, tracking_uri: str = "", anonymous: bool = False) -> ArtifactRepository:
    """The store of files whose root is this URI.

    Args:
        uri: A path, ``file:///path``, ``mlflow-artifacts:/path``, the ``http(s)`` address of a folder that a server
            passes on, a bucket as ``buckets.parsed`` takes it, or a URI whose scheme an installed package knows.
        tracking_uri: Where runs are kept; names the server of a ``mlflow-artifacts:`` URI that names none.
        anonymous: Whether the credentials for the user's own server are kept from the one that is named.

    Raises:
        InvalidValue: The URI cannot be read, or nobody knows its scheme.
        Unsupported: It needs an extra that is not installed.
    """
    folder = local_folder(uri)
    if folder is not None:
        return LocalRepository(folder)
    scheme = _scheme(uri)
    if scheme in {"mlflow-artifacts", "http", "https"}:
        address, path = _proxied(uri, tracking_uri)
        return _http(address, path, anonymous=anonymous)
    return _plugin(uri, scheme)


def local_folder(uri: str) -> Path | None:
    """The folder of this machine that a URI names; ``None`` where it names another place.

    Raises:
        InvalidValue: The URI cannot be read.

    Example:
        >>> local_folder("file:///srv/files/1")
        PosixPath('/srv/files/1')
    """
    return _folder(uri) if _scheme(uri) in {"", "file"} else None


def locate(uri: str, *, tracking_uri: str = "") -> tuple[ArtifactRepository, ArtifactPath]:
    """The store that has a file or a folder, rooted at the folder around it, and its name there.

    Args:
        uri: As for :func:`repository`, but may name a file too.
        tracking_uri: As for :func:`repository`.

    Raises:
        InvalidValue: As :func:`repository`.
        Unsupported: As :func:`repository`.
    """
    scheme = _scheme(uri)
    if scheme in {"", "file"}:
        place = Path(os.path.realpath(_folder(uri)))
        return LocalRepository(place.parent), ArtifactPath(place.name)
    if scheme in {"mlflow-artifacts", "http", "https"}:
        address, path = _proxied(uri, tracking_uri)
        return _http(address, path.folder), ArtifactPath(path.name)
    folder, _, name = uri.rstrip("/").rpartition("/")
    return _plugin(folder, scheme), ArtifactPath(name)


def remove(uri: str, *, tracking_uri: str = "") -> None:
    """Remove a file, or a folder with all in it.

    Args:
        uri: As for :func:`repository`, but may name a file too.
        tracking_uri: As for :func:`repository`.

    Raises:
        ArtifactNotFound: Nothing stands there.
        InvalidValue: As :func:`repository`.
        Unsupported: As :func:`repository`.
    """
    place, path = locate(uri, tracking_uri=tracking_uri)
    place.delete(path)


def joined(uri: str, path: ArtifactPath) -> str:
    """The URI of a file or folder below a root.

    Example:
        >>> joined("mlflow-artifacts:/1/2/artifacts", ArtifactPath("plots/roc.png"))
        'mlflow-artifacts:/1/2/artifacts/plots/roc.png'
    """
    if not path:
        return uri
    return f"{uri.rstrip('/')}/{quote(path) if _scheme(uri) in _QUOTED else path}"


def _scheme(uri: str) -> str:
    if not uri:
        raise InvalidValue(
            f"the URI of artifacts is a text such as 'mlflow-artifacts:/1/2/artifacts'; got {shown_address(uri)}"
        )
    found = _SCHEME.match(uri)
    return found[1].lower() if found else ""


def _folder(uri: str) -> Path:
    if not _scheme(uri):
        return Path(uri)
    try:
        parts = urlsplit(uri)
    except ValueError:  # brackets that do not match
        parts = urlsplit("")
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment or not parts.path:
        raise InvalidValue(f"the URI of a local folder looks like 'file:///path/to/folder'; got {shown_address(uri)}")
    path = unquote(parts.path)
    return Path(path[1:] if _DRIVE.match(path) else path)


def _proxied(uri: str, tracking_uri: str) -> tuple[str, ArtifactPath]:
    """Address of the server and path in its artifact store."""
    if _scheme(uri) == "mlflow-artifacts":
        rest = uri.partition(":")[2]
        if rest.startswith("//") and not rest.startswith("///"):
            host, _, path = rest[2:].partition("/")
            address = f"{'https' if tracking_uri.startswith('https:') else 'http'}://{host}"
        else:
            path, address = rest, tracking_uri
            if not address.lower().startswith(("http://", "https://")):
                raise InvalidValue(
                    f"the artifacts {shown_address(uri)} are kept by a server, and the tracking URI names none: "
                    f"{shown_address(tracking_uri)}; "
                    "set it to the server's address"
                )
        return address, ArtifactPath(path.strip("/"))
    address, proxy, path = uri.partition(_PROXY)
    if not proxy or not (path == "" or path.startswith("/")):
        raise InvalidValue(
            f"the address of artifacts looks like 'http://host:5000{_PROXY}/path'; got {shown_address(uri)}"
        )
    return address, ArtifactPath(unquote(path.strip("/")))


def _http(address: str, root: ArtifactPath, *, anonymous: bool = False) -> ArtifactRepository:
    # Imported on use: whoever keeps artifacts in a folder needs no HTTP.
    kind = import_module("runstone.artifacts.http").HttpRepository
    made: ArtifactRepository = kind(address, root, anonymous=anonymous)
    return made


def _plugin(uri: str, scheme: str) -> ArtifactRepository:
    # Imported on use: reading what is installed is slow, and hardly anyone needs it.
    metadata: Any = import_module("importlib.metadata")
    for point in metadata.entry_points(group=ENTRY_POINTS, name=scheme):
        made: ArtifactRepository = point.load()(uri)
        return made
    if scheme in buckets.SCHEMES:
        # Imported on use, as above.
        bucket: ArtifactRepository = import_module("runstone.artifacts.objectstore").ObjectStoreRepository(uri)
        return bucket
    known = ["file", "mlflow-artifacts", "http", "https", *sorted(buckets.SCHEMES)]
    raise InvalidValue(
        f"no store of artifacts is known for the scheme {scheme!r} of {shown_address(uri)}; known are plain paths, "
        f"{', '.join(known)}, and what packages add by the entry points {ENTRY_POINTS!r}"
    )
