"""Requests, responses and endpoints of metric histories."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from runstone.entities import Metric, RunMetric, Series
from runstone.schemas.endpoint import Endpoint
from runstone.schemas.runs import OfRun

_BASE = "/api/2.0/mlflow/metrics"

MAX_BULK_RUNS = 100
MAX_BULK_RESULTS = 25_000
MAX_INTERVAL_RESULTS = 2_500
MAX_SERIES = 10_000
MAX_SERIES_POINTS = 10_000_000


class GetHistory(OfRun, frozen=True, kw_only=True):
    """Asks for the values of one metric of one run."""

    metric_key: str
    max_results: int | None = None
    page_token: str | None = None


class GetHistoryBulk(Struct, frozen=True):
    """Asks for the values of one metric of several runs."""

    metric_key: str
    run_id: list[str] = field(default_factory=list)
    max_results: int | None = None


class GetHistoryBulkInterval(Struct, frozen=True):
    """Asks for the values of one metric of several runs, thinned, between two steps (both included)."""

    metric_key: str
    run_ids: list[str] = field(default_factory=list)
    start_step: int | None = None
    end_step: int | None = None
    max_results: int | None = None


class SeriesFormat(StrEnum):
    """How series are written: as JSON, or as a stream of Arrow."""

    JSON = "json"
    ARROW = "arrow"


class GetSeries(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for the values of some metrics of several runs by columns, thinned.

    Attributes:
        run_ids: Runs; unknown ones have no series.
        keys: Names of metrics. At most 10,000 runs times metrics.
        start_step: First step, included.
        end_step: Last step, included.
        max_points: Values of each series at most, >= 4; times runs and metrics at most 10,000,000.
        format: ``json``, or ``arrow`` for a stream of Arrow's IPC with a row for each series: the texts ``run_id`` and
            ``key``, and the lists ``steps`` and ``timestamps`` (int64) and ``values`` (float64).
    """

    run_ids: list[str]
    keys: list[str]
    start_step: int | None = None
    end_step: int | None = None
    max_points: int = MAX_INTERVAL_RESULTS
    format: SeriesFormat = SeriesFormat.JSON


class AllSeries(Struct, frozen=True):
    """Carries series, by run, then metric, each as asked for."""

    series: list[Series] = field(default_factory=list)


class History(Struct, frozen=True, omit_defaults=True):
    """Carries values of one metric of one run."""

    metrics: list[Metric] = field(default_factory=list)
    next_page_token: str = ""


class RunHistories(Struct, frozen=True):
    """Carries values of one metric of several runs."""

    metrics: list[RunMetric] = field(default_factory=list)


class ThinnedHistories(Struct, frozen=True, omit_defaults=True):
    """Carries thinned values of one metric of several runs."""

    metrics: list[RunMetric] = field(default_factory=list)


GET_HISTORY = Endpoint(
    "GET", f"{_BASE}/get-history", GetHistory, History, "Get every value of a metric, by time and step, paged if asked."
)
GET_HISTORY_BULK = Endpoint(
    "GET", f"{_BASE}/get-history-bulk", GetHistoryBulk, RunHistories, "Get the values of a metric for several runs."
)
GET_HISTORY_BULK_INTERVAL = Endpoint(
    "GET",
    f"{_BASE}/get-history-bulk-interval",
    GetHistoryBulkInterval,
    ThinnedHistories,
    "Get the values of a metric for several runs, thinned to a number of steps that keeps peaks.",
)
GET_SERIES = Endpoint(
    "POST",
    "/api/runstone/v1/metrics/series",
    GetSeries,
    AllSeries,
    "Get the values of some metrics of several runs by columns, thinned to a number of points that keeps peaks.",
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (GET_HISTORY, GET_HISTORY_BULK, GET_HISTORY_BULK_INTERVAL, GET_SERIES)
