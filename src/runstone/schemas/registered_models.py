"""Requests, responses and endpoints of registered models."""

from typing import Any

from msgspec import Struct, field

from runstone.entities import ModelTag, ModelVersion, RegisteredModel
from runstone.schemas.endpoint import Empty, Endpoint

_BASE = "/api/2.0/mlflow/registered-models"
DEFAULT_PAGE = 100


class CreateRegisteredModel(Struct, frozen=True):
    """Asks for a new registered model."""

    name: str
    tags: list[ModelTag] | None = None
    description: str | None = None
    deployment_job_id: str | None = None
    creation_timestamp: int | None = None


class RegisteredModelName(Struct, frozen=True):
    """Names a registered model."""

    name: str


class RenameRegisteredModel(Struct, frozen=True):
    """Asks for another name."""

    name: str
    new_name: str


class UpdateRegisteredModel(Struct, frozen=True):
    """Replaces the description; one that is left out is empty."""

    name: str
    description: str | None = None
    deployment_job_id: str | None = None


class SearchRegisteredModels(Struct, frozen=True):
    """Asks for the registered models that match."""

    filter: str | None = None
    max_results: int = DEFAULT_PAGE
    order_by: list[str] | None = None
    page_token: str | None = None


class GetLatestVersions(Struct, frozen=True):
    """Asks for the highest version in each of some stages, in all if none is named."""

    name: str
    stages: list[str] | None = None


class SetRegisteredModelTag(Struct, frozen=True):
    """Sets one tag of a registered model."""

    name: str
    key: str
    value: str = ""


class DeleteRegisteredModelTag(Struct, frozen=True):
    """Removes one tag of a registered model."""

    name: str
    key: str


class SetRegisteredModelAlias(Struct, frozen=True):
    """Lets an alias stand for a version."""

    name: str
    alias: str
    version: str


class RegisteredModelAlias(Struct, frozen=True):
    """Names an alias of a registered model."""

    name: str
    alias: str


class OneRegisteredModel(Struct, frozen=True):
    """Carries one registered model."""

    registered_model: RegisteredModel


class OneModelVersion(Struct, frozen=True):
    """Carries one version of a registered model."""

    model_version: ModelVersion


class RegisteredModels(Struct, frozen=True, omit_defaults=True):
    """Carries a page of registered models."""

    registered_models: list[RegisteredModel] = field(default_factory=list)
    next_page_token: str = ""


class LatestVersions(Struct, frozen=True, omit_defaults=True):
    """Carries the highest version in each stage."""

    model_versions: list[ModelVersion] = field(default_factory=list)


CREATE = Endpoint(
    "POST",
    f"{_BASE}/create",
    CreateRegisteredModel,
    OneRegisteredModel,
    "Create a registered model.",
    repeatable=False,
)
GET = Endpoint("GET", f"{_BASE}/get", RegisteredModelName, OneRegisteredModel, "Get a registered model.")
RENAME = Endpoint(
    "POST",
    f"{_BASE}/rename",
    RenameRegisteredModel,
    OneRegisteredModel,
    "Rename a registered model.",
    repeatable=False,
)
UPDATE = Endpoint(
    "PATCH",
    f"{_BASE}/update",
    UpdateRegisteredModel,
    OneRegisteredModel,
    "Replace the description of a registered model.",
)
DELETE = Endpoint(
    "DELETE",
    f"{_BASE}/delete",
    RegisteredModelName,
    Empty,
    "Remove a registered model with its versions.",
    repeatable=False,
)
SEARCH = Endpoint(
    "GET",
    f"{_BASE}/search",
    SearchRegisteredModels,
    RegisteredModels,
    "Search registered models, a page at a time.",
    also=("POST",),
)
GET_LATEST_VERSIONS = Endpoint(
    "POST",
    f"{_BASE}/get-latest-versions",
    GetLatestVersions,
    LatestVersions,
    "Get the highest version in each stage.",
    also=("GET",),
)
SET_TAG = Endpoint("POST", f"{_BASE}/set-tag", SetRegisteredModelTag, Empty, "Set a tag of a registered model.")
DELETE_TAG = Endpoint(
    "DELETE", f"{_BASE}/delete-tag", DeleteRegisteredModelTag, Empty, "Remove a tag of a registered model."
)
SET_ALIAS = Endpoint(
    "POST", f"{_BASE}/alias", SetRegisteredModelAlias, Empty, "Let an alias stand for a version.", word="set"
)
DELETE_ALIAS = Endpoint("DELETE", f"{_BASE}/alias", RegisteredModelAlias, Empty, "Remove an alias.", word="delete")
GET_BY_ALIAS = Endpoint(
    "GET", f"{_BASE}/alias", RegisteredModelAlias, OneModelVersion, "Get the version that an alias stands for."
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    CREATE,
    GET,
    RENAME,
    UPDATE,
    DELETE,
    SEARCH,
    GET_LATEST_VERSIONS,
    SET_TAG,
    DELETE_TAG,
    SET_ALIAS,
    DELETE_ALIAS,
    GET_BY_ALIAS,
)
