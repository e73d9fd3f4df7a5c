"""Requests, responses and endpoints of logged models."""

from typing import Any

from msgspec import Struct, field

from runstone.entities import DatasetFilter, FileInfo, LoggedModel, ModelOrder, Param, Tag
from runstone.schemas.endpoint import Empty, Endpoint

_BASE = "/api/2.0/mlflow/logged-models"
_MODEL = f"{_BASE}/{{model_id}}"


class CreateLoggedModel(Struct, frozen=True):
    """Asks for a new logged model."""

    experiment_id: str
    name: str | None = None
    model_type: str | None = None
    source_run_id: str | None = None
    params: list[Param] | None = None
    tags: list[Tag] | None = None
    model_id: str | None = None
    creation_timestamp_ms: int | None = None


class LoggedModelId(Struct, frozen=True):
    """Names a logged model."""

    model_id: str


class FinalizeLoggedModel(Struct, frozen=True):
    """Says how far a logged model has come, by a word such as ``LOGGED_MODEL_READY``."""

    model_id: str
    status: str | int


class SetLoggedModelTags(Struct, frozen=True):
    """Sets tags of a logged model."""

    model_id: str
    tags: list[Tag] = field(default_factory=list)


class DeleteLoggedModelTag(Struct, frozen=True):
    """Removes one tag of a logged model."""

    model_id: str
    tag_key: str


class LogModelParams(Struct, frozen=True):
    """Writes params of a logged model."""

    model_id: str
    params: list[Param] = field(default_factory=list)


class SearchLoggedModels(Struct, frozen=True):
    """Asks for the logged models that match."""

    experiment_ids: list[str]
    filter: str | None = None
    datasets: list[DatasetFilter] | None = None
    max_results: int | None = None
    order_by: list[ModelOrder] | None = None
    page_token: str | None = None


class ListModelArtifacts(Struct, frozen=True):
    """Asks what is in a folder of a logged model."""

    model_id: str
    artifact_directory_path: str | None = None
    page_token: str | None = None


class OneLoggedModel(Struct, frozen=True):
    """Carries one logged model."""

    model: LoggedModel


class LoggedModels(Struct, frozen=True, omit_defaults=True):
    """Carries a page of logged models."""

    models: list[LoggedModel] = field(default_factory=list)
    next_page_token: str = ""


class ModelArtifacts(Struct, frozen=True, omit_defaults=True):
    """Carries a folder of a logged model."""

    root_uri: str = ""
    files: list[FileInfo] = field(default_factory=list)


CREATE = Endpoint("POST", _BASE, CreateLoggedModel, OneLoggedModel, "Create a logged model.", repeatable=False)
GET = Endpoint("GET", _MODEL, LoggedModelId, OneLoggedModel, "Get a logged model.", word="get")
FINALIZE = Endpoint(
    "PATCH", _MODEL, FinalizeLoggedModel, OneLoggedModel, "Say how far a logged model has come.", word="finalize"
)
DELETE = Endpoint("DELETE", _MODEL, LoggedModelId, Empty, "Delete a logged model.", word="delete")
SEARCH = Endpoint("POST", f"{_BASE}/search", SearchLoggedModels, LoggedModels, "Search logged models.")
SET_TAGS = Endpoint("PATCH", f"{_MODEL}/tags", SetLoggedModelTags, Empty, "Set tags of a logged model.")
DELETE_TAG = Endpoint(
    "DELETE",
    f"{_MODEL}/tags/{{tag_key}}",
    DeleteLoggedModelTag,
    Empty,
    "Remove a tag of a logged model.",
    repeatable=False,
    word="delete",
)
LOG_PARAMS = Endpoint("POST", f"{_MODEL}/params", LogModelParams, Empty, "Write params of a logged model.")
LIST_ARTIFACTS = Endpoint(
    "GET",
    f"{_MODEL}/artifacts/directories",
    ListModelArtifacts,
    ModelArtifacts,
    "List a folder of a logged model's artifacts.",
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    CREATE,
    GET,
    FINALIZE,
    DELETE,
    SEARCH,
    SET_TAGS,
    DELETE_TAG,
    LOG_PARAMS,
    LIST_ARTIFACTS,
)
