"""Routes of metric histories."""

from itertools import groupby

from runstone.errors import InvalidValue
from runstone.schemas import metrics as schema
from runstone.server.routes.route import AnyRoute, Route, Stores
from runstone.stores.base import LEAST_POINTS


def get_history(stores: Stores, request: schema.GetHistory) -> schema.History:
    """Get the values of a metric of one run."""
    page = stores.tracking.metric_history(
        request.id, request.metric_key, max_results=request.max_results, page_token=request.page_token or ""
    )
    return schema.History(list(page), page.token)


def get_history_bulk(stores: Stores, request: schema.GetHistoryBulk) -> schema.RunHistories:
    """Get the values of a metric of several runs, the first ``max_results`` of them."""
    run_ids = _named(request.run_id, "run_id")
    most = schema.MAX_BULK_RESULTS if request.max_results is None else request.max_results
    if not 1 <= most <= schema.MAX_BULK_RESULTS:
        raise InvalidValue(f"'max_results' is between 1 and {schema.MAX_BULK_RESULTS}; got {most}")
    found = stores.tracking.metric_histories(run_ids, request.metric_key)
    by_run = groupby(found, key=lambda metric: metric.run_id)
    in_time = [m for _, points in by_run for m in sorted(points, key=lambda m: (m.timestamp, m.step))]
    return schema.RunHistories(in_time[:most])


def get_history_bulk_interval(stores: Stores, request: schema.GetHistoryBulkInterval) -> schema.RunHistories:
    """Get the values of a metric of several runs between two steps, thinned."""
    run_ids = _named(request.run_ids, "run_ids")
    most = schema.MAX_INTERVAL_RESULTS if request.max_results is None else request.max_results
    if not 1 <= most <= schema.MAX_INTERVAL_RESULTS:
        raise InvalidValue(f"'max_results' is between 1 and {schema.MAX_INTERVAL_RESULTS}; got {most}")
    start, end = request.start_step, request.end_step
    if start is not None and end is not None and start > end:
        raise InvalidValue(f"'start_step' is at most 'end_step'; got {start} and {end}")
    found = stores.tracking.metric_histories(
        run_ids, request.metric_key, start_step=start, end_step=end, points=max(LEAST_POINTS, most)
    )
    return schema.RunHistories(found)


def _named(run_ids: list[str], field: str) -> list[str]:
    if not 1 <= len(run_ids) <= schema.MAX_BULK_RUNS:
        raise InvalidValue(f"{field!r} names 1 to {schema.MAX_BULK_RUNS} runs; got {len(run_ids)}")
    return run_ids


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.GET_HISTORY, get_history),
    Route(schema.GET_HISTORY_BULK, get_history_bulk),
    Route(schema.GET_HISTORY_BULK_INTERVAL, get_history_bulk_interval),
)
