"""Requests, responses and endpoints of experiments."""

from typing import Any

from msgspec import Struct, field

from runstone.entities import DatasetSummary, Experiment, Tag, ViewType
from runstone.schemas.endpoint import Empty, Endpoint, Given

_BASE = "/api/2.0/mlflow/experiments"


class CreateExperiment(Struct, frozen=True):
    """Asks for a new experiment."""

    name: str
    artifact_location: str | None = None
    tags: list[Tag] | None = None
    creation_time: int | None = None


class ExperimentId(Struct, frozen=True):
    """Names an experiment by its id."""

    experiment_id: str


class ExperimentName(Struct, frozen=True):
    """Names an experiment by its name."""

    experiment_name: Given


class UpdateExperiment(Struct, frozen=True):
    """Asks for another name."""

    experiment_id: str
    new_name: str | None = None


class SetExperimentTag(Struct, frozen=True):
    """Sets one tag of an experiment."""

    experiment_id: str
    key: str
    value: str = ""


class DeleteExperimentTag(Struct, frozen=True):
    """Removes one tag of an experiment."""

    experiment_id: str
    key: str


class SearchExperiments(Struct, frozen=True):
    """Asks for the experiments that match."""

    max_results: int = 1000
    page_token: str | None = None
    filter: str | None = None
    order_by: list[str] | None = None
    view_type: ViewType | int | None = None


class OneExperiment(Struct, frozen=True):
    """Carries one experiment."""

    experiment: Experiment


class Experiments(Struct, frozen=True, omit_defaults=True):
    """Carries a page of experiments."""

    experiments: list[Experiment] = field(default_factory=list)
    next_page_token: str = ""


class SearchDatasets(Struct, frozen=True):
    """Asks for the datasets that runs of 1 to 20 experiments read."""

    experiment_ids: list[str] = field(default_factory=list)


class DatasetSummaries(Struct, frozen=True, omit_defaults=True):
    """Carries datasets, each with its context."""

    dataset_summaries: list[DatasetSummary] = field(default_factory=list)


CREATE = Endpoint("POST", f"{_BASE}/create", CreateExperiment, ExperimentId, "Create an experiment.", repeatable=False)
GET = Endpoint("GET", f"{_BASE}/get", ExperimentId, OneExperiment, "Get an experiment by its id.")
GET_BY_NAME = Endpoint(
    "GET", f"{_BASE}/get-by-name", ExperimentName, OneExperiment, "Get an experiment by its name, deleted ones too."
)
SEARCH = Endpoint(
    "POST", f"{_BASE}/search", SearchExperiments, Experiments, "Search experiments, a page at a time.", also=("GET",)
)
UPDATE = Endpoint("POST", f"{_BASE}/update", UpdateExperiment, Empty, "Rename an experiment.")
DELETE = Endpoint(
    "POST",
    f"{_BASE}/delete",
    ExperimentId,
    Empty,
    "Move an experiment and its runs to the trash.",
    repeatable=False,
)
RESTORE = Endpoint(
    "POST", f"{_BASE}/restore", ExperimentId, Empty, "Take an experiment out of the trash.", repeatable=False
)
SET_TAG = Endpoint("POST", f"{_BASE}/set-experiment-tag", SetExperimentTag, Empty, "Set a tag of an experiment.")
DELETE_TAG = Endpoint(
    "POST",
    f"{_BASE}/delete-experiment-tag",
    DeleteExperimentTag,
    Empty,
    "Remove a tag of an experiment.",
    repeatable=False,
)
SEARCH_DATASETS = Endpoint(
    "POST",
    f"{_BASE}/search-datasets",
    SearchDatasets,
    DatasetSummaries,
    "Search the datasets that runs of experiments read.",
    also_at="/api/2.0mlflow/experiments/search-datasets",  # a slip of MLflow's that its clients rely on
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    CREATE,
    GET,
    GET_BY_NAME,
    SEARCH,
    UPDATE,
    DELETE,
    RESTORE,
    SET_TAG,
    DELETE_TAG,
    SEARCH_DATASETS,
)
