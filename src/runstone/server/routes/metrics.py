"""Routes of metric histories."""

from contextlib import suppress
from itertools import repeat
from typing import cast

from runstone.entities import Metric, RunMetric
from runstone.entities.metric import StoredMetric
from runstone.errors import InvalidValue, RunNotFound
from runstone.schemas import metrics as schema
from runstone.schemas.endpoint import Binary
from runstone.server import arrow
from runstone.server.routes.route import AnyRoute, Route, Stores
from runstone.stores.base import LEAST_POINTS


def get_history(stores: Stores, request: schema.GetHistory) -> schema.History:
    """Get the values of a metric of one run."""
    series, token = stores.tracking.metric_page(
        request.id, request.metric_key, max_results=request.max_results, page_token=request.page_token or ""
    )
    found = map(StoredMetric, repeat(series.key), series.values, series.timestamps, series.steps)
    # The same JSON as of metrics whose every value is checked again, in a third of the time.
    return schema.History(cast("list[Metric]", list(found)), token)


def get_history_bulk(stores: Stores, request: schema.GetHistoryBulk) -> schema.RunHistories:
    """Get the values of a metric of several runs, the first ``max_results`` of them."""
    run_ids = _named(request.run_id, "run_id")
    most = schema.MAX_BULK_RESULTS if request.max_results is None else request.max_results
    if not 1 <= most <= schema.MAX_BULK_RESULTS:
        raise InvalidValue(f"'max_results' is between 1 and {schema.MAX_BULK_RESULTS}; got {most}")
    found: list[RunMetric] = []
    for run_id in dict.fromkeys(run_ids):
        if len(found) == most:
            break
        # What nobody asked for is not read: a run may have millions of values.
        with suppress(RunNotFound):
            series, _ = stores.tracking.metric_page(
                run_id, request.metric_key, max_results=most - len(found), page_token=""
            )
            found += series.as_metrics()
    return schema.RunHistories(found)


def get_history_bulk_interval(stores: Stores, request: schema.GetHistoryBulkInterval) -> schema.ThinnedHistories:
    """Get the values of a metric of several runs between two steps, thinned."""
    run_ids = _named(request.run_ids, "run_ids")
    most = schema.MAX_INTERVAL_RESULTS if request.max_results is None else request.max_results
    if not 1 <= most <= schema.MAX_INTERVAL_RESULTS:
        raise InvalidValue(f"'max_results' is between 1 and {schema.MAX_INTERVAL_RESULTS}; got {most}")
    start, end = request.start_step, request.end_step
    if start is not None and end is not None and start > end:
        raise InvalidValue(f"'start_step' is at most 'end_step'; got {start} and {end}")
    found = stores.tracking.metric_series(
        run_ids, [request.metric_key], start_step=start, end_step=end, points=max(LEAST_POINTS, most)
    )
    return schema.ThinnedHistories([metric for series in found for metric in series.as_metrics()])


def get_series(stores: Stores, request: schema.GetSeries) -> schema.AllSeries | Binary:
    """Get the values of some metrics of several runs by columns, thinned."""
    asked = len(request.run_ids) * len(request.keys)
    if not 1 <= asked <= schema.MAX_SERIES:
        raise InvalidValue(f"'run_ids' times 'keys' are 1 to {schema.MAX_SERIES} series; got {asked}")
    if asked * request.max_points > schema.MAX_SERIES_POINTS:
        raise InvalidValue(
            f"{asked} series of 'max_points' are at most {schema.MAX_SERIES_POINTS} points; "
            f"got max_points={request.max_points}: ask for fewer points, or for fewer series at once"
        )
    found = stores.tracking.metric_series(
        request.run_ids,
        request.keys,
        start_step=request.start_step,
        end_step=request.end_step,
        points=request.max_points,
    )
    return arrow.series_stream(found) if request.format is schema.SeriesFormat.ARROW else schema.AllSeries(found)


def _named(run_ids: list[str], field: str) -> list[str]:
    if not 1 <= len(run_ids) <= schema.MAX_BULK_RUNS:
        raise InvalidValue(f"{field!r} names 1 to {schema.MAX_BULK_RUNS} runs; got {len(run_ids)}")
    return run_ids


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.GET_HISTORY, get_history),
    Route(schema.GET_HISTORY_BULK, get_history_bulk),
    Route(schema.GET_HISTORY_BULK_INTERVAL, get_history_bulk_interval),
    Route(schema.GET_SERIES, get_series),
)
