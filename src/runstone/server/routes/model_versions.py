"""Routes of the versions of registered models."""

import re
from urllib.parse import unquote

from runstone.entities import ModelTag
from runstone.entities.names import shown
from runstone.entities.states import model_stage
from runstone.errors import InvalidValue, RunNotFound
from runstone.schemas import model_versions as schema
from runstone.schemas.endpoint import Empty
from runstone.schemas.registered_models import OneModelVersion
from runstone.server.routes.route import AnyRoute, Route, Stores

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):/")
# Places that only the server reaches, or whose host a client would choose for it; what is here belongs to a run.
_OF_A_RUN = {"", "file", "mlflow-artifacts"}
_FOREIGN_HOSTS = {"http", "https", "ftp", "sftp", "hdfs", "viewfs"}


def create(stores: Stores, request: schema.CreateModelVersion) -> OneModelVersion:
    """Add a version; files of the server itself are taken as its source only where they are those of its run."""
    run_id = request.run_id or ""
    model_id = request.model_id or ""
    is_the_models = bool(model_id) and _is_below(request.source, stores.tracking.logged_model_artifact_uri(model_id))
    _check_source(stores, request.source, run_id, is_its_own=is_the_models)
    made = stores.tracking.create_model_version(
        request.name,
        request.source,
        run_id=run_id,
        tags=request.tags or (),
        run_link=request.run_link or "",
        description=request.description or "",
        model_id=model_id,
        created_at=request.creation_timestamp,
    )
    return OneModelVersion(made)


def _check_source(stores: Stores, source: str, run_id: str, *, is_its_own: bool) -> None:
    found = _SCHEME.match(source)
    scheme = found[1].lower() if found else ""
    if any(part in {".", ".."} for part in re.split(r"[/\\]", unquote(unquote(source)))):
        raise InvalidValue(f"the source of a version names its place without '.' and '..'; got {shown(source)}")
    if scheme in _FOREIGN_HOSTS:
        raise InvalidValue(f"the source of a version is not read by {scheme}; got {shown(source)}")
    if is_its_own:
        return
    if scheme == "runs":
        is_its_own = bool(run_id) and source.partition(":")[2].lstrip("/").split("/")[0] == run_id
    else:
        is_its_own = scheme not in _OF_A_RUN or _is_within(stores, source, run_id)
    if source and not is_its_own:
        raise InvalidValue(
            f"the source {shown(source)} is not among the artifacts of the run {shown(run_id)}; wanted: a place of "
            "that run and its run_id, or a store that clients reach themselves, such as s3://bucket/path"
        )


def _is_within(stores: Stores, source: str, run_id: str) -> bool:
    try:
        return _is_below(source, stores.tracking.run_artifact_uri(run_id))
    except RunNotFound:
        return False


def _is_below(source: str, uri: str) -> bool:
    return f"{source}/".startswith(f"{uri}/")


def get(stores: Stores, request: schema.ModelVersionNumber) -> OneModelVersion:
    """Get a version."""
    return OneModelVersion(stores.tracking.get_model_version(request.name, request.version))


def update(stores: Stores, request: schema.UpdateModelVersion) -> OneModelVersion:
    """Replace the description of a version."""
    changed = stores.tracking.update_model_version(request.name, request.version, description=request.description or "")
    return OneModelVersion(changed)


def transition_stage(stores: Stores, request: schema.TransitionModelVersionStage) -> OneModelVersion:
    """Move a version to a stage."""
    moved = stores.tracking.transition_model_version_stage(
        request.name,
        request.version,
        model_stage(request.stage),
        archive_existing_versions=bool(request.archive_existing_versions),
    )
    return OneModelVersion(moved)


def delete(stores: Stores, request: schema.ModelVersionNumber) -> Empty:
    """Remove a version."""
    stores.tracking.delete_model_version(request.name, request.version)
    return Empty()


def search(stores: Stores, request: schema.SearchModelVersions) -> schema.ModelVersions:
    """Search versions."""
    page = stores.tracking.search_model_versions(
        filter_string=request.filter or "",
        max_results=request.max_results,
        order_by=request.order_by or (),
        page_token=request.page_token or "",
    )
    return schema.ModelVersions(list(page), page.token or "")


def get_download_uri(stores: Stores, request: schema.ModelVersionNumber) -> schema.ModelVersionLocation:
    """Get the URI of the files of a version."""
    uri = stores.tracking.get_model_version_download_uri(request.name, request.version)
    return schema.ModelVersionLocation(uri)


def set_tag(stores: Stores, request: schema.SetModelVersionTag) -> Empty:
    """Set a tag of a version."""
    stores.tracking.set_model_version_tag(request.name, request.version, ModelTag(request.key, request.value))
    return Empty()


def delete_tag(stores: Stores, request: schema.DeleteModelVersionTag) -> Empty:
    """Remove a tag of a version."""
    stores.tracking.delete_model_version_tag(request.name, request.version, request.key)
    return Empty()


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.CREATE, create, writes=True),
    Route(schema.GET, get),
    Route(schema.UPDATE, update, writes=True),
    Route(schema.TRANSITION_STAGE, transition_stage, writes=True),
    Route(schema.DELETE, delete, writes=True),
    Route(schema.SEARCH, search),
    Route(schema.GET_DOWNLOAD_URI, get_download_uri),
    Route(schema.SET_TAG, set_tag, writes=True),
    Route(schema.DELETE_TAG, delete_tag, writes=True),
)
