"""Routes of registered models."""

from runstone.entities import ModelTag
from runstone.entities.states import model_stage
from runstone.schemas import registered_models as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.route import AnyRoute, Route, Stores


def create(stores: Stores, request: schema.CreateRegisteredModel) -> schema.OneRegisteredModel:
    """Create a registered model."""
    made = stores.tracking.create_registered_model(
        request.name,
        tags=request.tags or (),
        description=request.description or "",
        created_at=request.creation_timestamp,
    )
    return schema.OneRegisteredModel(made)


def get(stores: Stores, request: schema.RegisteredModelName) -> schema.OneRegisteredModel:
    """Get a registered model."""
    return schema.OneRegisteredModel(stores.tracking.get_registered_model(request.name))


def rename(stores: Stores, request: schema.RenameRegisteredModel) -> schema.OneRegisteredModel:
    """Rename a registered model."""
    return schema.OneRegisteredModel(stores.tracking.rename_registered_model(request.name, request.new_name))


def update(stores: Stores, request: schema.UpdateRegisteredModel) -> schema.OneRegisteredModel:
    """Replace the description."""
    changed = stores.tracking.update_registered_model(request.name, description=request.description or "")
    return schema.OneRegisteredModel(changed)


def delete(stores: Stores, request: schema.RegisteredModelName) -> Empty:
    """Remove a registered model."""
    stores.tracking.delete_registered_model(request.name)
    return Empty()


def search(stores: Stores, request: schema.SearchRegisteredModels) -> schema.RegisteredModels:
    """Search registered models."""
    page = stores.tracking.search_registered_models(
        filter_string=request.filter or "",
        max_results=request.max_results,
        order_by=request.order_by or (),
        page_token=request.page_token or "",
    )
    return schema.RegisteredModels(list(page), page.token or "")


def get_latest_versions(stores: Stores, request: schema.GetLatestVersions) -> schema.LatestVersions:
    """Get the highest version in each stage."""
    stages = [model_stage(stage) for stage in request.stages or ()]
    return schema.LatestVersions(stores.tracking.get_latest_versions(request.name, stages))


def set_tag(stores: Stores, request: schema.SetRegisteredModelTag) -> Empty:
    """Set a tag of a registered model."""
    stores.tracking.set_registered_model_tag(request.name, ModelTag(request.key, request.value))
    return Empty()


def delete_tag(stores: Stores, request: schema.DeleteRegisteredModelTag) -> Empty:
    """Remove a tag of a registered model."""
    stores.tracking.delete_registered_model_tag(request.name, request.key)
    return Empty()


def set_alias(stores: Stores, request: schema.SetRegisteredModelAlias) -> Empty:
    """Let an alias stand for a version."""
    stores.tracking.set_registered_model_alias(request.name, request.alias, request.version)
    return Empty()


def delete_alias(stores: Stores, request: schema.RegisteredModelAlias) -> Empty:
    """Remove an alias."""
    stores.tracking.delete_registered_model_alias(request.name, request.alias)
    return Empty()


def get_by_alias(stores: Stores, request: schema.RegisteredModelAlias) -> schema.OneModelVersion:
    """Get the version that an alias stands for."""
    return schema.OneModelVersion(stores.tracking.get_model_version_by_alias(request.name, request.alias))


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.CREATE, create, writes=True),
    Route(schema.GET, get),
    Route(schema.RENAME, rename, writes=True),
    Route(schema.UPDATE, update, writes=True),
    Route(schema.DELETE, delete, writes=True),
    Route(schema.SEARCH, search),
    Route(schema.GET_LATEST_VERSIONS, get_latest_versions),
    Route(schema.SET_TAG, set_tag, writes=True),
    Route(schema.DELETE_TAG, delete_tag, writes=True),
    Route(schema.SET_ALIAS, set_alias, writes=True),
    Route(schema.DELETE_ALIAS, delete_alias, writes=True),
    Route(schema.GET_BY_ALIAS, get_by_alias),
)
