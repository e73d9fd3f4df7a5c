"""Requests, responses and endpoints of artifacts. The byte streams themselves are no endpoints: see the server."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from runstone.entities import FileInfo
from runstone.schemas.endpoint import Empty, Endpoint
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


class CreateMultipart(Struct, frozen=True, kw_only=True):
    """Asks for addresses that take the parts of a file, whose hash is recorded if it is told."""

    artifact_path: str
    path: str
    num_parts: int
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None


class PartCredential(Struct, frozen=True, omit_defaults=True):
    """Carries the address that takes one part."""

    url: str
    part_number: int
    headers: dict[str, str] = field(default_factory=dict)


class MultipartCreated(Struct, frozen=True):
    """Carries an upload in parts."""

    upload_id: str
    credentials: list[PartCredential]


class SentPart(Struct, frozen=True):
    """Carries what the store answered for one part."""

    part_number: int
    etag: str
    url: str | None = None


class CompleteMultipart(Struct, frozen=True, kw_only=True):
    """Asks to make a file of its parts."""

    artifact_path: str
    path: str
    upload_id: str
    parts: list[SentPart]


class AbortMultipart(Struct, frozen=True, kw_only=True):
    """Asks to throw an upload in parts away."""

    artifact_path: str
    path: str
    upload_id: str


class GetPresigned(Struct, frozen=True):
    """Asks for an address of a file in the store itself."""

    artifact_path: str


class PresignedDownload(Struct, frozen=True):
    """Carries an address that gives a file without asking who wants it."""

    url: str
    headers: dict[str, str]
    file_size: int


LIST = Endpoint(
    "GET", "/api/2.0/mlflow/artifacts/list", ListArtifacts, RunArtifacts, "List a folder of a run's artifacts."
)
LIST_PROXIED = Endpoint("GET", PROXY, ListProxied, ProxiedArtifacts, "List a folder of the server's artifact store.")

_ROOM = "/api/2.0/mlflow-artifacts"
CREATE_MULTIPART = Endpoint(
    "POST",
    f"{_ROOM}/mpu/create/{{artifact_path}}",
    CreateMultipart,
    MultipartCreated,
    "Begin an upload whose parts go to the object store directly; the path names the folder of the file.",
    repeatable=False,
)
COMPLETE_MULTIPART = Endpoint(
    "POST",
    f"{_ROOM}/mpu/complete/{{artifact_path}}",
    CompleteMultipart,
    Empty,
    "Make the file of the parts that were sent.",
    repeatable=False,
)
ABORT_MULTIPART = Endpoint(
    "POST", f"{_ROOM}/mpu/abort/{{artifact_path}}", AbortMultipart, Empty, "Throw an upload in parts away."
)
GET_PRESIGNED = Endpoint(
    "GET",
    f"{_ROOM}/presigned/{{artifact_path}}",
    GetPresigned,
    PresignedDownload,
    "Get an address, good for five minutes, that gives a file from the object store directly.",
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    LIST,
    LIST_PROXIED,
    CREATE_MULTIPART,
    COMPLETE_MULTIPART,
    ABORT_MULTIPART,
    GET_PRESIGNED,
)
