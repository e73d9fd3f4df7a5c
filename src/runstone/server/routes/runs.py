"""Routes of runs."""

from typing import cast

from runstone.entities import ModelMetric, Param, Tag
from runstone.entities.states import run_status, view_type
from runstone.schemas import runs as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.route import AnyRoute, Route, Stores


def create(stores: Stores, request: schema.CreateRun) -> schema.OneRun:
    """Create a run."""
    run = stores.tracking.create_run(
        request.experiment_id or "0",
        user_id=request.user_id or "",
        start_time=request.start_time,
        run_name=request.run_name or "",
        tags=request.tags or (),
        run_id=request.run_id,
    )
    return schema.OneRun(run)


def get(stores: Stores, request: schema.GetRun) -> schema.OneRun:
    """Get a run."""
    return schema.OneRun(stores.tracking.get_run(request.id))


def update(stores: Stores, request: schema.UpdateRun) -> schema.OneRunInfo:
    """Change state, end time or name of a run."""
    info = stores.tracking.update_run(
        request.id,
        status=None if request.status is None else run_status(request.status),
        end_time=request.end_time,
        run_name=request.run_name,
    )
    return schema.OneRunInfo(info)


def delete(stores: Stores, request: schema.DeleteRun) -> Empty:
    """Move a run to the trash."""
    stores.tracking.delete_run(request.run_id)
    return Empty()


def restore(stores: Stores, request: schema.DeleteRun) -> Empty:
    """Take a run out of the trash."""
    stores.tracking.restore_run(request.run_id)
    return Empty()


def search(stores: Stores, request: schema.SearchRuns) -> schema.Runs:
    """Search runs."""
    page = stores.tracking.search_encoded_runs(
        request.experiment_ids,
        filter_string=request.filter or "",
        view_type=view_type(request.run_view_type),
        max_results=request.max_results,
        order_by=request.order_by or (),
        page_token=request.page_token or "",
    )
    # Its JSON is that of the response that the endpoint declares.
    return cast("schema.Runs", schema.EncodedRuns(list(page), page.token or ""))


def log_metric(stores: Stores, request: schema.LogMetric) -> Empty:
    """Log one metric."""
    metric = ModelMetric(
        request.key,
        request.value,
        request.timestamp,
        request.step or 0,
        request.model_id or "",
        request.dataset_name or "",
        request.dataset_digest or "",
    )
    stores.tracking.log_batch(request.id, metrics=[metric])
    return Empty()


def log_param(stores: Stores, request: schema.LogParam) -> Empty:
    """Log one param."""
    stores.tracking.log_batch(request.id, params=[Param(request.key, request.value)])
    return Empty()


def log_batch(stores: Stores, request: schema.LogBatch) -> Empty:
    """Log metrics, params and tags."""
    stores.tracking.log_batch(
        request.id, metrics=request.metrics or (), params=request.params or (), tags=request.tags or ()
    )
    return Empty()


def set_tag(stores: Stores, request: schema.SetTag) -> Empty:
    """Set a tag of a run."""
    stores.tracking.log_batch(request.id, tags=[Tag(request.key, request.value)])
    return Empty()


def delete_tag(stores: Stores, request: schema.DeleteTag) -> Empty:
    """Remove a tag of a run."""
    stores.tracking.delete_tag(request.run_id, request.key)
    return Empty()


def log_inputs(stores: Stores, request: schema.LogInputs) -> Empty:
    """Write down what a run read."""
    stores.tracking.log_inputs(request.id, datasets=request.datasets or (), models=request.models or ())
    return Empty()


def log_outputs(stores: Stores, request: schema.LogOutputs) -> Empty:
    """Write down which logged models a run made."""
    stores.tracking.log_outputs(request.id, request.models)
    return Empty()


def log_model(stores: Stores, request: schema.LogModel) -> Empty:
    """Tell of a model among the artifacts of a run."""
    stores.tracking.log_model_record(request.id, request.model_json)
    return Empty()


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.CREATE, create, writes=True),
    Route(schema.GET, get),
    Route(schema.UPDATE, update, writes=True),
    Route(schema.DELETE, delete, writes=True),
    Route(schema.RESTORE, restore, writes=True),
    Route(schema.SEARCH, search),
    Route(schema.LOG_METRIC, log_metric, writes=True),
    Route(schema.LOG_PARAM, log_param, writes=True),
    Route(schema.LOG_BATCH, log_batch, writes=True),
    Route(schema.SET_TAG, set_tag, writes=True),
    Route(schema.DELETE_TAG, delete_tag, writes=True),
    Route(schema.LOG_INPUTS, log_inputs, writes=True),
    Route(schema.LOG_OUTPUTS, log_outputs, writes=True),
    Route(schema.LOG_MODEL, log_model, writes=True),
)
