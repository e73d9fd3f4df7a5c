"""Routes of experiments."""

from runstone.entities import ArtifactPath, Tag
from runstone.entities.states import view_type
from runstone.errors import ExperimentNotFound, InvalidValue, Unsupported
from runstone.schemas import experiments as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.route import AnyRoute, Route, Stores

PROXIED = "mlflow-artifacts:/"
_REMOTE = ("s3://", "gs://", "wasbs://", "abfss://", "http://", "https://", PROXIED)


def create(stores: Stores, request: schema.CreateExperiment) -> schema.ExperimentId:
    """Create an experiment; a place on the server's own disk is not taken from a client."""
    location = request.artifact_location
    if location and not location.startswith(_REMOTE):
        raise Unsupported(
            f"the artifact location {location!r} names a folder of the server; leave it out, "
            "or name a store that clients reach themselves, such as s3://bucket/path"
        )
    if location and location.startswith(PROXIED):
        ArtifactPath(location.removeprefix(PROXIED).strip("/"))
    made = stores.tracking.create_experiment(
        request.name, artifact_location=location, tags=request.tags or (), created_at=request.creation_time
    )
    return schema.ExperimentId(made)


def get(stores: Stores, request: schema.ExperimentId) -> schema.OneExperiment:
    """Get an experiment by its id."""
    return schema.OneExperiment(stores.tracking.get_experiment(request.experiment_id))


def get_by_name(stores: Stores, request: schema.ExperimentName) -> schema.OneExperiment:
    """Get an experiment by its name."""
    found = stores.tracking.get_experiment_by_name(request.experiment_name)
    if found is None:
        raise ExperimentNotFound(request.experiment_name, by="name")
    return schema.OneExperiment(found)


def search(stores: Stores, request: schema.SearchExperiments) -> schema.Experiments:
    """Search experiments."""
    page = stores.tracking.search_experiments(
        view_type=view_type(request.view_type),
        max_results=request.max_results,
        filter_string=request.filter or "",
        order_by=request.order_by or (),
        page_token=request.page_token or "",
    )
    return schema.Experiments(list(page), page.token or "")


def update(stores: Stores, request: schema.UpdateExperiment) -> Empty:
    """Rename an experiment."""
    if not request.new_name:
        raise InvalidValue("the request changes nothing; wanted: the field 'new_name'")
    stores.tracking.rename_experiment(request.experiment_id, request.new_name)
    return Empty()


def delete(stores: Stores, request: schema.ExperimentId) -> Empty:
    """Move an experiment to the trash."""
    stores.tracking.delete_experiment(request.experiment_id)
    return Empty()


def restore(stores: Stores, request: schema.ExperimentId) -> Empty:
    """Take an experiment out of the trash."""
    stores.tracking.restore_experiment(request.experiment_id)
    return Empty()


def set_tag(stores: Stores, request: schema.SetExperimentTag) -> Empty:
    """Set a tag of an experiment."""
    stores.tracking.set_experiment_tag(request.experiment_id, Tag(request.key, request.value))
    return Empty()


def delete_tag(stores: Stores, request: schema.DeleteExperimentTag) -> Empty:
    """Remove a tag of an experiment."""
    stores.tracking.delete_experiment_tag(request.experiment_id, request.key)
    return Empty()


def search_datasets(stores: Stores, request: schema.SearchDatasets) -> schema.DatasetSummaries:
    """Search the datasets that runs of experiments read."""
    return schema.DatasetSummaries(stores.tracking.search_datasets(request.experiment_ids))


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.CREATE, create, writes=True),
    Route(schema.GET, get),
    Route(schema.GET_BY_NAME, get_by_name),
    Route(schema.SEARCH, search),
    Route(schema.UPDATE, update, writes=True),
    Route(schema.DELETE, delete, writes=True),
    Route(schema.RESTORE, restore, writes=True),
    Route(schema.SET_TAG, set_tag, writes=True),
    Route(schema.DELETE_TAG, delete_tag, writes=True),
    Route(schema.SEARCH_DATASETS, search_datasets),
)
