"""Requests, responses and endpoints of runs."""

from typing import Any

from msgspec import Struct, field

from runstone.entities import (
    DatasetInput,
    EncodedRun,
    ModelInput,
    ModelMetric,
    ModelOutput,
    Param,
    Run,
    RunInfo,
    RunStatus,
    Tag,
    ViewType,
)
from runstone.errors import InvalidValue
from runstone.schemas.endpoint import Empty, Endpoint, Given

_BASE = "/api/2.0/mlflow/runs"

MAX_BATCH = 1000
MAX_BATCH_PARAMS = 100
MAX_BATCH_TAGS = 100


class OfRun(Struct, frozen=True, kw_only=True):
    """Names a run. 1.x clients send ``run_uuid`` instead of ``run_id``; ``id`` is whichever came."""

    run_id: str | None = None
    run_uuid: str | None = None

    def __post_init__(self) -> None:
        if not (self.run_id or self.run_uuid):
            raise InvalidValue("the request names no run; wanted: the field 'run_id'")

    @property
    def id(self) -> str:
        """Id of the run."""
        return self.run_id or self.run_uuid or ""


class CreateRun(Struct, frozen=True):
    """Asks for a new run."""

    experiment_id: str = "0"
    user_id: str | None = None
    run_name: str | None = None
    start_time: int | None = None
    tags: list[Tag] | None = None
    run_id: str | None = None


class GetRun(OfRun, frozen=True, kw_only=True):
    """Asks for a run."""


class UpdateRun(OfRun, frozen=True, kw_only=True):
    """Changes what is known about a run; fields that are absent stay as they are."""

    status: RunStatus | int | None = None
    end_time: int | None = None
    run_name: str | None = None


class LogMetric(OfRun, frozen=True, kw_only=True):
    """Logs one metric."""

    key: str
    value: float
    timestamp: int
    step: int | None = None
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class LogParam(OfRun, frozen=True, kw_only=True):
    """Logs one param."""

    key: str
    value: str = ""


class LogBatch(OfRun, frozen=True, kw_only=True):
    """Logs many metrics, params and tags at once: all of them or none."""

    metrics: list[ModelMetric] | None = None
    params: list[Param] | None = None
    tags: list[Tag] | None = None

    def __post_init__(self) -> None:
        OfRun.__post_init__(self)
        sizes = {
            "metrics": (len(self.metrics or ()), MAX_BATCH),
            "params": (len(self.params or ()), MAX_BATCH_PARAMS),
            "tags": (len(self.tags or ()), MAX_BATCH_TAGS),
            "metrics, params and tags together": (
                len(self.metrics or ()) + len(self.params or ()) + len(self.tags or ()),
                MAX_BATCH,
            ),
        }
        for what, (size, most) in sizes.items():
            if size > most:
                raise InvalidValue(f"a batch has at most {most} {what}; got {size}: send several batches")


class SetTag(OfRun, frozen=True, kw_only=True):
    """Sets one tag of a run."""

    key: str
    value: str = ""


class DeleteTag(Struct, frozen=True):
    """Removes one tag of a run."""

    run_id: Given
    key: Given


class DeleteRun(Struct, frozen=True):
    """Moves a run to the trash, or takes it out."""

    run_id: Given


class SearchRuns(Struct, frozen=True):
    """Asks for the runs that match."""

    experiment_ids: list[str] = field(default_factory=list)
    filter: str | None = None
    run_view_type: ViewType | int | None = None
    max_results: int = 1000
    order_by: list[str] | None = None
    page_token: str | None = None


class LogInputs(OfRun, frozen=True, kw_only=True):
    """Writes down what a run read."""

    datasets: list[DatasetInput] | None = None
    models: list[ModelInput] | None = None


class LogOutputs(OfRun, frozen=True, kw_only=True):
    """Writes down which logged models a run made."""

    models: list[ModelOutput]


class LogModel(OfRun, frozen=True, kw_only=True):
    """Tells of a model among the artifacts of a run, as clients of 1.x and 2.x do."""

    model_json: str


class OneRun(Struct, frozen=True):
    """Carries one run."""

    run: Run


class OneRunInfo(Struct, frozen=True):
    """Carries what is known about a run."""

    run_info: RunInfo


class Runs(Struct, frozen=True, omit_defaults=True):
    """Carries a page of runs."""

    runs: list[Run] = field(default_factory=list)
    next_page_token: str = ""


class EncodedRuns(Struct, frozen=True, omit_defaults=True):
    """Carries the same, of runs that are JSON for the most part already."""

    runs: list[EncodedRun] = field(default_factory=list)
    next_page_token: str = ""


CREATE = Endpoint("POST", f"{_BASE}/create", CreateRun, OneRun, "Create a run.", repeatable=False)
GET = Endpoint("GET", f"{_BASE}/get", GetRun, OneRun, "Get a run with its latest metrics, params and tags.")
UPDATE = Endpoint("POST", f"{_BASE}/update", UpdateRun, OneRunInfo, "Change state, end time or name of a run.")
DELETE = Endpoint("POST", f"{_BASE}/delete", DeleteRun, Empty, "Move a run to the trash.")
RESTORE = Endpoint("POST", f"{_BASE}/restore", DeleteRun, Empty, "Take a run out of the trash.")
SEARCH = Endpoint("POST", f"{_BASE}/search", SearchRuns, Runs, "Search runs, a page at a time.")
LOG_METRIC = Endpoint("POST", f"{_BASE}/log-metric", LogMetric, Empty, "Log one metric.")
LOG_PARAM = Endpoint("POST", f"{_BASE}/log-parameter", LogParam, Empty, "Log one param.")
LOG_BATCH = Endpoint("POST", f"{_BASE}/log-batch", LogBatch, Empty, "Log metrics, params and tags: all or none.")
SET_TAG = Endpoint("POST", f"{_BASE}/set-tag", SetTag, Empty, "Set a tag of a run.")
DELETE_TAG = Endpoint("POST", f"{_BASE}/delete-tag", DeleteTag, Empty, "Remove a tag of a run.", repeatable=False)
LOG_INPUTS = Endpoint("POST", f"{_BASE}/log-inputs", LogInputs, Empty, "Write down what a run read.")
LOG_OUTPUTS = Endpoint("POST", f"{_BASE}/outputs", LogOutputs, Empty, "Write down which models a run made.")
LOG_MODEL = Endpoint(
    "POST", f"{_BASE}/log-model", LogModel, Empty, "Tell of a model among the artifacts of a run.", repeatable=False
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    CREATE,
    GET,
    UPDATE,
    DELETE,
    RESTORE,
    SEARCH,
    LOG_METRIC,
    LOG_PARAM,
    LOG_BATCH,
    SET_TAG,
    DELETE_TAG,
    LOG_INPUTS,
    LOG_OUTPUTS,
    LOG_MODEL,
)
