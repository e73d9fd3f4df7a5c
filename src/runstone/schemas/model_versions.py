"""Requests, responses and endpoints of the versions of registered models."""

from typing import Any

from msgspec import Struct, field

from runstone.entities import ModelTag, ModelVersion
from runstone.schemas.endpoint import Empty, Endpoint
from runstone.schemas.registered_models import OneModelVersion

_BASE = "/api/2.0/mlflow/model-versions"
DEFAULT_PAGE = 200_000


class CreateModelVersion(Struct, frozen=True):
    """Asks for a new version of a registered model."""

    name: str
    source: str
    run_id: str | None = None
    tags: list[ModelTag] | None = None
    run_link: str | None = None
    description: str | None = None
    model_id: str | None = None
    creation_timestamp: int | None = None


class ModelVersionNumber(Struct, frozen=True):
    """Names a version of a registered model."""

    name: str
    version: str


class UpdateModelVersion(Struct, frozen=True):
    """Replaces the description; one that is left out is empty."""

    name: str
    version: str
    description: str | None = None


class TransitionModelVersionStage(Struct, frozen=True):
    """Moves a version to a stage."""

    name: str
    version: str
    stage: str
    archive_existing_versions: bool | None = None


class SearchModelVersions(Struct, frozen=True):
    """Asks for the versions that match."""

    filter: str | None = None
    max_results: int = DEFAULT_PAGE
    order_by: list[str] | None = None
    page_token: str | None = None


class SetModelVersionTag(Struct, frozen=True):
    """Sets one tag of a version."""

    name: str
    version: str
    key: str
    value: str = ""


class DeleteModelVersionTag(Struct, frozen=True):
    """Removes one tag of a version."""

    name: str
    version: str
    key: str


class ModelVersions(Struct, frozen=True, omit_defaults=True):
    """Carries a page of versions."""

    model_versions: list[ModelVersion] = field(default_factory=list)
    next_page_token: str = ""


class ModelVersionLocation(Struct, frozen=True):
    """Carries the URI of the files of a version."""

    artifact_uri: str


CREATE = Endpoint(
    "POST",
    f"{_BASE}/create",
    CreateModelVersion,
    OneModelVersion,
    "Add a version to a registered model.",
    repeatable=False,
)
GET = Endpoint("GET", f"{_BASE}/get", ModelVersionNumber, OneModelVersion, "Get a version.")
UPDATE = Endpoint(
    "PATCH", f"{_BASE}/update", UpdateModelVersion, OneModelVersion, "Replace the description of a version."
)
TRANSITION_STAGE = Endpoint(
    "POST", f"{_BASE}/transition-stage", TransitionModelVersionStage, OneModelVersion, "Move a version to a stage."
)
DELETE = Endpoint("DELETE", f"{_BASE}/delete", ModelVersionNumber, Empty, "Remove a version.", repeatable=False)
SEARCH = Endpoint(
    "GET", f"{_BASE}/search", SearchModelVersions, ModelVersions, "Search versions, a page at a time.", also=("POST",)
)
GET_DOWNLOAD_URI = Endpoint(
    "GET",
    f"{_BASE}/get-download-uri",
    ModelVersionNumber,
    ModelVersionLocation,
    "Get the URI of the files of a version.",
)
SET_TAG = Endpoint("POST", f"{_BASE}/set-tag", SetModelVersionTag, Empty, "Set a tag of a version.")
DELETE_TAG = Endpoint("DELETE", f"{_BASE}/delete-tag", DeleteModelVersionTag, Empty, "Remove a tag of a version.")

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    CREATE,
    GET,
    UPDATE,
    TRANSITION_STAGE,
    DELETE,
    SEARCH,
    GET_DOWNLOAD_URI,
    SET_TAG,
    DELETE_TAG,
)
