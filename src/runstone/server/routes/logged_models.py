"""Routes of logged models."""

import re
from contextlib import closing, suppress

from runstone.entities import ArtifactPath, LoggedModel, LoggedModelStatus, Tag
from runstone.entities.logged_model import logged_model_status
from runstone.entities.tag import FLAVOR
from runstone.errors import RunstoneError
from runstone.schemas import logged_models as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.artifacts import relative
from runstone.server.routes.route import AnyRoute, Route, Stores
from runstone.stores.lineage import DEFAULT_LOGGED_MODELS_PAGE

# The names below `flavors:` in a file MLmodel, as all clients lay it out.
_FLAVORS = re.compile(r"^flavors:\n((?: .*\n)*)", re.MULTILINE)
_NAME = re.compile(r"^  ([\w.-]{1,100}):", re.MULTILINE)
_MOST_BYTES = 1 << 20


def create(stores: Stores, request: schema.CreateLoggedModel) -> schema.OneLoggedModel:
    """Create a logged model."""
    made = stores.tracking.create_logged_model(
        request.experiment_id,
        name=request.name or "",
        model_type=request.model_type or "",
        source_run_id=request.source_run_id or "",
        params=request.params or (),
        tags=request.tags or (),
        model_id=request.model_id,
        created_at=request.creation_timestamp_ms,
    )
    return schema.OneLoggedModel(made)


def get(stores: Stores, request: schema.LoggedModelId) -> schema.OneLoggedModel:
    """Get a logged model."""
    return schema.OneLoggedModel(stores.tracking.get_logged_model(request.model_id))


def finalize(stores: Stores, request: schema.FinalizeLoggedModel) -> schema.OneLoggedModel:
    """Say how far a logged model has come."""
    status = logged_model_status(request.status)
    model = stores.tracking.finalize_logged_model(request.model_id, status)
    if status is LoggedModelStatus.READY and FLAVOR not in model.tags and (flavor := _flavor_of(stores, model)):
        stores.tracking.set_logged_model_tags(request.model_id, [Tag(FLAVOR, flavor)])
    return schema.OneLoggedModel(model)


def delete(stores: Stores, request: schema.LoggedModelId) -> Empty:
    """Delete a logged model."""
    stores.tracking.delete_logged_model(request.model_id)
    return Empty()


def search(stores: Stores, request: schema.SearchLoggedModels) -> schema.LoggedModels:
    """Search logged models."""
    page = stores.tracking.search_logged_models(
        request.experiment_ids,
        filter_string=request.filter or "",
        datasets=request.datasets or (),
        max_results=request.max_results or DEFAULT_LOGGED_MODELS_PAGE,
        order_by=request.order_by or (),
        page_token=request.page_token or "",
    )
    return schema.LoggedModels(list(page), page.token or "")


def set_tags(stores: Stores, request: schema.SetLoggedModelTags) -> Empty:
    """Set tags of a logged model."""
    stores.tracking.set_logged_model_tags(request.model_id, request.tags)
    return Empty()


def delete_tag(stores: Stores, request: schema.DeleteLoggedModelTag) -> Empty:
    """Remove a tag of a logged model."""
    stores.tracking.delete_logged_model_tag(request.model_id, request.tag_key)
    return Empty()


def log_params(stores: Stores, request: schema.LogModelParams) -> Empty:
    """Write params of a logged model."""
    stores.tracking.log_model_params(request.model_id, request.params)
    return Empty()


def list_artifacts(stores: Stores, request: schema.ListModelArtifacts) -> schema.ModelArtifacts:
    """List a folder of a logged model's artifacts; paths are relative to the model's root."""
    uri = stores.tracking.logged_model_artifact_uri(request.model_id)
    artifacts, root = stores.place_of(uri)
    found = artifacts.list(root / ArtifactPath(request.artifact_directory_path or ""))
    return schema.ModelArtifacts(uri, [relative(file, root) for file in found])


def _flavor_of(stores: Stores, model: LoggedModel) -> str:
    """The flavor of a model whose client did not tell it, as MLflow's do not; empty where its files do not tell it.

    They are looked at once, when all of them are there: a list of models opens none.
    """
    with suppress(RunstoneError):  # kept where only clients read it, or it has no such file
        artifacts, root = stores.place_of(model.artifact_location)
        with closing(artifacts.read(root / "MLmodel", stop=_MOST_BYTES)) as pieces:
            text = b"".join(pieces).decode(errors="replace").replace("\r\n", "\n")
        found = _FLAVORS.search(text)
        names = _NAME.findall(found[1]) if found else []
        own = [name for name in names if name not in {"python_function", "runstone"}]
        return own[0] if own else "pyfunc" if names else ""
    return ""


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.CREATE, create, writes=True),
    Route(schema.GET, get),
    Route(schema.FINALIZE, finalize, waits=True),  # for the store of files, which the writing thread must not
    Route(schema.DELETE, delete, writes=True),
    Route(schema.SEARCH, search),
    Route(schema.SET_TAGS, set_tags, writes=True),
    Route(schema.DELETE_TAG, delete_tag, writes=True),
    Route(schema.LOG_PARAMS, log_params, writes=True),
    Route(schema.LIST_ARTIFACTS, list_artifacts, waits=True),
)
