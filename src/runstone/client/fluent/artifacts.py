"""The verbs of ``runstone.artifacts``: files by URI, or by run and path."""

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from runstone.artifacts import integrity, resolve
from runstone.artifacts.base import ArtifactRepository
from runstone.client import address, arguments, choices, model_folders
from runstone.client.client import Client
from runstone.client.files import fetch
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import InvalidValue
from runstone.media import documents, images

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | os.PathLike[str] | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Fetch a file or a folder.

    Args:
        artifact_uri: ``runs:/RUN_ID/PATH``, a URI as ``get_artifact_uri`` gives it, or a model as ``load_model`` takes
            it, with ``/PATH`` behind it for a file of the model.
        run_id: Or the run that has it.
        artifact_path: With ``run_id``, the file or folder; all if ``None``.
        dst_path: Local folder that it is put into, under its own name. Where it is ``None``, artifacts that are on this
            machine stay where they are, others are put into a new temporary folder.
        tracking_uri: Where the run is kept; ``get_tracking_uri()`` if ``None``.
        registry_uri: Where registered models are kept; ``get_registry_uri()`` if ``None``.

    Returns:
        Where it is now.

    Raises:
        InvalidValue: Not one of ``artifact_uri`` and ``run_id`` is given, or the URI cannot be read.
        ArtifactNotFound: There is no such file or folder.
        NotFound: There is no such run or model.
    """
    repository, path = _located(artifact_uri, run_id, artifact_path, tracking_uri, registry_uri)
    return fetch(repository, path, dst_path)


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """What is in a folder, by path.

    Args:
        artifact_uri: ``runs:/RUN_ID/PATH``, or a URI as ``get_artifact_uri`` gives it.
        run_id: Or the run that has it.
        artifact_path: With ``run_id``, the folder; the root if ``None``.
        tracking_uri: Where the run is kept; ``get_tracking_uri()`` if ``None``.

    Returns:
        Files and folders; their paths are relative to the run's root, and for other URIs than ``runs:/`` to the
        folder around the one that is named, as in MLflow. A folder that is not there is empty.

    Raises:
        InvalidValue: Not one of ``artifact_uri`` and ``run_id`` is given, or the URI cannot be read.
        NotFound: There is no such run or model.
    """
    repository, path = _located(artifact_uri, run_id, artifact_path, tracking_uri)
    return repository.list(path)


def load_text(artifact_uri: str) -> str:
    """The text in an artifact, read as UTF-8.

    Raises:
        ArtifactNotFound: There is no such file.
        ArtifactDamaged: It is not what was once written.
        InvalidValue: It is not UTF-8, or the URI cannot be read.
        RunNotFound: There is no such run.
    """
    data, path = _read(artifact_uri)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InvalidValue(f"the artifact {str(path)!r} is no text in UTF-8: {error}") from None


def load_dict(artifact_uri: str) -> Any:
    """The dict or list in an artifact: YAML where its name ends in ``.yaml`` or ``.yml``, else JSON.

    Raises:
        ArtifactNotFound: There is no such file.
        ArtifactDamaged: It is not what was once written.
        InvalidValue: It is no such document, or the URI cannot be read.
        RunNotFound: There is no such run.
        Unsupported: It is YAML and PyYAML is not installed.
    """
    data, path = _read(artifact_uri)
    return documents.decode(data, PurePosixPath(path).suffix)


def load_image(artifact_uri: str) -> "PIL.Image.Image":
    """The image in an artifact, as Pillow has it.

    Raises:
        ArtifactNotFound: There is no such file.
        ArtifactDamaged: It is not what was once written.
        InvalidValue: It is no image, or the URI cannot be read.
        RunNotFound: There is no such run.
        Unsupported: Pillow is not installed.
    """
    return images.read(_read(artifact_uri)[0])


def _read(artifact_uri: str) -> tuple[bytes, ArtifactPath]:
    repository, path = _located(artifact_uri, None, None, None)
    return integrity.read(repository, path), path


def _located(
    artifact_uri: str | None,
    run_id: str | None,
    artifact_path: str | None,
    tracking_uri: str | None,
    registry_uri: str | None = None,
) -> tuple[ArtifactRepository, ArtifactPath]:
    """The store that has a file or folder, and its path there."""
    arguments.exactly_one("the call", artifact_uri=artifact_uri, run_id=run_id)
    if artifact_uri is not None and artifact_path is not None:
        raise InvalidValue("artifact_path goes with run_id; with artifact_uri, put the path into the URI")
    tracking_uri = tracking_uri or address.get_tracking_uri()
    if run_id is not None:
        handle = choices.client() if tracking_uri == address.get_tracking_uri() else Client(tracking_uri)
        repository, path, _ = handle._place(run_id, arguments.artifact_path(artifact_path))
        return repository, path
    uri = arguments.text("artifact_uri", artifact_uri, may_be_empty=False)
    if uri.startswith(("models:", "runs:")):
        own = registry_uri is None and tracking_uri == address.get_tracking_uri()
        handle = choices.client() if own else Client(tracking_uri, registry_uri)
        found = model_folders.location(handle, uri)
        return found.repository(tracking_uri), found.path
    return resolve.locate(uri, tracking_uri=tracking_uri)
