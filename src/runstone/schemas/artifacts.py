"""Requests, responses and endpoints of artifacts. The byte streams themselves are no endpoints: see the server."""

from typing import Any

from msgspec import Struct, field

from runstone.entities import FileInfo
from runstone.schemas.endpoint import Endpoint
from runstone.schemas.runs import OfRun

PROXY = "/api/2.0/mlflow-artifacts/artifacts"


class ListArtifacts(OfRun, frozen=True, kw_only=True):
    """Asks what is in a folder of a run."""

    path: str | None = None
    page_token: str | None = None


class RunArtifacts(Struct, frozen=True, omit_defaults=True):
    """Carries a folder of a run."""

    root_uri: str = ""
    files: list[FileInfo] = field(default_factory=list)


class ListProxied(Struct, frozen=True):
    """Asks what is in a folder of the server's artifact store."""

    path: str | None = None


class ProxiedArtifacts(Struct, frozen=True, omit_defaults=True):
    """Carries a folder of the server's artifact store; paths are relative to the folder that was asked for."""

    files: list[FileInfo] = field(default_factory=list)


LIST = Endpoint(
    "GET", "/api/2.0/mlflow/artifacts/list", ListArtifacts, RunArtifacts, "List a folder of a run's artifacts."
)
LIST_PROXIED = Endpoint("GET", PROXY, ListProxied, ProxiedArtifacts, "List a folder of the server's artifact store.")

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (LIST, LIST_PROXIED)
