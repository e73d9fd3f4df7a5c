"""From the URI of a model to its folder on this machine."""

import atexit
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

from runstone.artifacts import resolve, transfer
from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.local import LocalRepository
from runstone.client import arguments
from runstone.client.client import Client
from runstone.entities import ArtifactPath, ModelVersion
from runstone.entities.names import shown_address, without_password
from runstone.errors import InvalidModel, InvalidValue, LocalFileNotFound, ModelNotFound, NotFound, RunstoneError

# What names a model, and a file of it: MODEL_ID/PATH, NAME@ALIAS/PATH, or NAME/VERSION/PATH.
_MODELS = re.compile(r"(models:/+(?:m-[0-9a-f]{32}|[^/@]+@[^/@]+|[^/@]+/[^/@]+))(?:/(.*))?")


@dataclass(frozen=True)
class Location:
    """Where something of a model is kept.

    Attributes:
        uri: The folder with the files, which names neither a run nor a model.
        path: What is meant of them; the empty path for all.
        own: Whether it is on this machine, or in the store that the user chose.
    """

    uri: str
    path: ArtifactPath
    own: bool

    def repository(self, tracking_uri: str) -> ArtifactRepository:
        """The store of files whose root is the folder; a stranger's server gets none of the user's credentials.

        Args:
            tracking_uri: Where runs are kept.
        """
        return resolve.repository(self.uri, tracking_uri=tracking_uri, anonymous=not self.own)


@dataclass(frozen=True)
class ModelFolder:
    """A model's files on this machine.

    Attributes:
        path: Their folder.
        own: Whether they come from this machine, or from the store that the user chose.
        is_temporary: Whether they were brought here, and go with the process.
    """

    path: Path
    own: bool
    is_temporary: bool = False

    def discard(self) -> None:
        """Remove what was brought here."""
        if self.is_temporary:
            shutil.rmtree(self.path, ignore_errors=True)


def fetched(client: Client, model_uri: str, dst_path: str | None = None) -> ModelFolder:
    """Bring a model's files here, unless they are here.

    Args:
        client: The handle on the store, for URIs that begin with ``models:`` or ``runs:``.
        model_uri: ``models:/NAME/VERSION``, ``models:/NAME@ALIAS``, ``models:/MODEL_ID``, ``runs:/RUN_ID/NAME``, a
            path, or a place that clients reach themselves, such as ``s3://bucket/path``.
        dst_path: Folder that they are put into; one that goes with the process if ``None``.

    Raises:
        InvalidValue: The URI cannot be read, or nobody knows its scheme.
        LocalFileNotFound: There is no such folder on this machine.
        NotFound: There is no such model.
    """
    found = location(client, arguments.text("the URI of a model", model_uri, may_be_empty=False))
    repository = found.repository(client.tracking_uri)
    if isinstance(repository, LocalRepository) and dst_path is None:
        place = repository.local_path(found.path)
        if not place.is_dir():
            raise absent(client, model_uri, str(place))
        return ModelFolder(place, found.own)
    if not repository.list(found.path):
        raise absent(client, model_uri, found.uri)
    if dst_path is not None:
        return ModelFolder(transfer.download(repository, found.path, Path(dst_path)), found.own)
    folder = Path(mkdtemp(prefix="runstone-model-"))
    try:
        place = transfer.download(repository, found.path, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # Some models read their files when they predict.
    atexit.register(_remove_own, folder, os.getpid())
    return ModelFolder(place, found.own, is_temporary=True)


def _remove_own(folder: Path, process: int) -> None:
    """Remove a folder at the end of the process that made it; a child of a fork leaves it to that one."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def absent(client: Client, uri: str, place: str) -> RunstoneError:
    """Why there is no folder of a model.

    Args:
        client: As for :func:`fetched`.
        uri: As for :func:`fetched`.
        place: Where it would be.
    """
    if uri.startswith("runs:"):
        run = client.get_run(arguments.run_uri(uri)[0])
        names = {client.get_logged_model(output.model_id).name for output in run.outputs.model_outputs}
        logged = f"logged {', '.join(map(repr, sorted(names)))}" if names else "logged none"
        return ModelNotFound(uri, f"the run {logged}, and has no files at {shown_address(place)}")
    if uri.startswith("models:"):
        return ModelNotFound(uri, f"its files belong to {without_password(place)!r}, and are not there")
    if urlsplit(uri).scheme not in {"", "file"}:
        return ModelNotFound(without_password(uri))
    if Path(place).is_file():
        return InvalidModel(f"{shown_address(place)} is a file, and a model is a folder: give the one with its MLmodel")
    return LocalFileNotFound(place)


def replace(client: Client, model_uri: str, folder: Path, names: Iterable[str]) -> None:
    """Put some files in the place of those of a model, wherever that is kept.

    Args:
        client: As for :func:`fetched`.
        model_uri: As for :func:`fetched`.
        folder: Where the files are.
        names: Their names, in the folder and in the model's.
    """
    place = location(client, model_uri)
    repository = place.repository(client.tracking_uri)
    for name in names:
        transfer.upload_file(repository, folder / name, place.path / name)


def location(client: Client, uri: str) -> Location:
    """Where a model is kept, or a file or folder of it.

    What the store itself says of a run or a logged model is its own. What somebody wrote into the registry is so only
    where it lies within that, or within the server.

    Args:
        client: The handle on the store.
        uri: As for :func:`fetched`; ``/PATH`` behind it names a file or a folder of the model.

    Raises:
        InvalidValue: The URI cannot be read.
        NotFound: There is no such model.
    """
    if uri.startswith("runs:"):
        return _of_run(client, uri)
    if not uri.startswith("models:"):
        if not urlsplit(uri).scheme and "@" in uri and not Path(uri).exists():
            raise InvalidValue(
                f"there is no folder {shown_address(uri)}; a registered model is named 'models:/NAME@ALIAS'"
            )
        return Location(uri, ArtifactPath(), own=_is_own(client, uri))
    found = _MODELS.fullmatch(uri)
    named, path = (uri, ArtifactPath()) if found is None else (found[1], ArtifactPath(found[2] or ""))
    logged = arguments.logged_model_id(named)
    if logged is not None:
        return Location(client.get_logged_model(logged).artifact_location, path, own=True)
    version = client.version_at(named)
    source = client.get_model_version_download_uri(version.name, version.version)
    place = location(client, source)
    own = place.own or any(_within(source, root) for root in _roots(client, version))
    return Location(resolve.joined(place.uri, place.path), path, own)


def _roots(client: Client, version: ModelVersion) -> Iterator[str]:
    """Where the store keeps what a version says that it comes from."""
    with suppress(NotFound):
        if version.run_id:
            yield client.get_run(version.run_id).info.artifact_uri
    with suppress(NotFound):
        if version.model_id:
            yield client.get_logged_model(version.model_id).artifact_location


def _of_run(client: Client, uri: str) -> Location:
    """The files of the logged model of this name that a run made last, or of what it kept there itself."""
    run_id, path = arguments.run_uri(uri)
    run = client.get_run(run_id)
    name, _, rest = str(path).partition("/")
    if model := client._model_of(run, name):
        return Location(model.artifact_location, ArtifactPath(rest), own=True)
    return Location(run.info.artifact_uri, path, own=True)


def _is_own(client: Client, uri: str) -> bool:
    if isinstance(resolve.repository(uri, tracking_uri=client.tracking_uri), LocalRepository):
        return True
    server = client.tracking_uri
    if not server.lower().startswith(("http://", "https://")):
        return False
    return _within(uri, server) or (uri.startswith("mlflow-artifacts:") and not urlsplit(uri).netloc)


def _within(uri: str, root: str) -> bool:
    return ".." not in uri.split("/") and f"{uri}/".startswith(f"{root.rstrip('/')}/")
