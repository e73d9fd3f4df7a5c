"""Requests, responses and endpoints of uploads that go on after a connection broke.

Between their begin and their end the bytes are sent by ``PUT /api/runstone/v1/uploads/ID/bytes?offset=N``.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from runstone.schemas.endpoint import Empty, Endpoint

UPLOADS = "/api/runstone/v1/uploads"


class BeginUpload(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks to begin an upload of the artifact with this path in the server's store."""

    path: str


class OfUpload(Struct, frozen=True):
    """Names an upload."""

    upload_id: str


class Upload(Struct, frozen=True):
    """Carries an upload, and how many of its bytes are there."""

    upload_id: str
    size: int


class CompleteUpload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asks to make an artifact of what was sent."""

    upload_id: str
    path: str
    size: int
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


BEGIN = Endpoint(
    "POST", UPLOADS, BeginUpload, Upload, "Begin an upload that goes on after a connection broke.", word="begin"
)
GET = Endpoint("GET", f"{UPLOADS}/{{upload_id}}", OfUpload, Upload, "Tell how much of an upload is there.", word="get")
COMPLETE = Endpoint(
    "POST",
    f"{UPLOADS}/{{upload_id}}/complete",
    CompleteUpload,
    Empty,
    "Make an artifact of the bytes that were sent by `PUT /api/runstone/v1/uploads/ID/bytes?offset=N`.",
    repeatable=False,
)
ABORT = Endpoint("DELETE", f"{UPLOADS}/{{upload_id}}", OfUpload, Empty, "Throw an upload away.", word="abort")

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (BEGIN, GET, COMPLETE, ABORT)
