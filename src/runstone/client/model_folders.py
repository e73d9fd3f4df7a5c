"""From the URI of a model to its folder on this machine."""

import atexit
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

from runstone.artifacts import resolve, transfer
from runstone.artifacts.local import LocalRepository
from runstone.client import arguments
from runstone.client.client import Client
from runstone.entities import ArtifactPath
from runstone.entities.names import shown_address
from runstone.errors import ArtifactNotFound, InvalidValue, LocalFileNotFound


@dataclass(frozen=True)
class ModelFolder:
    """A model's files on this machine.

    Attributes:
        path: Their folder.
        own: Whether they come from this machine, or from the store that the user chose.
    """

    path: Path
    own: bool


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
    uri = arguments.text("the URI of a model", model_uri, may_be_empty=False)
    location = _location(client, uri)
    repository = resolve.repository(location, tracking_uri=client.tracking_uri)
    own = location != uri or isinstance(repository, LocalRepository)
    if isinstance(repository, LocalRepository) and dst_path is None:
        place = repository.local_path(ArtifactPath())
        if not place.is_dir():
            raise LocalFileNotFound(str(place))
        return ModelFolder(place, own)
    folder = Path(dst_path) if dst_path is not None else _temporary()
    if not repository.list():
        raise ArtifactNotFound(f"any file of the model at {shown_address(location)}")
    return ModelFolder(transfer.download(repository, ArtifactPath(), folder), own)


def _location(client: Client, uri: str) -> str:
    """Where the files of a model are that is named by what it is to the store."""
    if uri.startswith("runs:"):
        run_id, path = arguments.run_uri(uri)
        run = client.get_run(run_id)
        made = [client.get_logged_model(output.model_id) for output in run.outputs.model_outputs]
        named = [model for model in made if model.name == str(path)]
        return named[-1].artifact_location if named else resolve.joined(run.info.artifact_uri, path)
    if uri.startswith("models:"):
        found = arguments.logged_model_id(uri)
        if found is not None:
            return client.get_logged_model(found).artifact_location
        version = client.version_at(uri)
        source = client.get_model_version_download_uri(version.name, version.version)
        return _location(client, source) if source.startswith(("models:", "runs:")) else source
    if not urlsplit(uri).scheme and "@" in uri and not Path(uri).exists():
        raise InvalidValue(f"there is no folder {shown_address(uri)}; a registered model is named 'models:/NAME@ALIAS'")
    return uri


def _temporary() -> Path:
    """A folder that goes with the process: some models read their files when they predict."""
    made = Path(mkdtemp(prefix="runstone-model-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made
