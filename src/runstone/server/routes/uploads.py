"""Routes of uploads that go on after a connection broke: begun, sent in pieces, completed."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from runstone import config
from runstone.artifacts.base import CHUNK
from runstone.artifacts.integrity import Counted
from runstone.artifacts.local import LocalRepository
from runstone.artifacts.staging import Staging
from runstone.entities import ArtifactPath
from runstone.errors import (
    ArtifactNotFound,
    BackendError,
    InvalidArtifactPath,
    InvalidValue,
    MethodNotAllowed,
)
from runstone.schemas import uploads as schema
from runstone.schemas import wire
from runstone.schemas.endpoint import Empty
from runstone.server.routes.artifacts import check_served
from runstone.server.routes.route import AnyRoute, Route, Stores

PIECES = f"{schema.UPLOADS}/"
_BYTES = "/bytes"


def begin(stores: Stores, request: schema.BeginUpload) -> schema.Upload:
    """Begin an upload."""
    path = ArtifactPath(request.path)
    with suppress(ArtifactNotFound):
        if stores.artifacts.info(path).is_dir:
            raise InvalidArtifactPath(path, "is a folder")
    return schema.Upload(_staging(stores).begin(), 0)


def get(stores: Stores, request: schema.OfUpload) -> schema.Upload:
    """Tell how much of an upload is there."""
    return schema.Upload(request.upload_id, _staging(stores).size(request.upload_id))


def complete(stores: Stores, request: schema.CompleteUpload) -> Empty:
    """Make an artifact of what was sent."""
    staging, path = _staging(stores), ArtifactPath(request.path)
    size = staging.size(request.upload_id)
    if size != request.size:
        raise InvalidValue(f"the upload has {size} bytes, and {request.size} are to be there; send the rest first")
    file = staging.file(request.upload_id)
    with file.open("rb") as source:
        if isinstance(stores.artifacts, LocalRepository):
            _check_hash(hashlib.file_digest(source, hashlib.sha256).hexdigest(), request.sha256)
        else:
            stores.artifacts.write(path, _checked(iter(lambda: source.read(CHUNK), b""), request.sha256))
    if isinstance(stores.artifacts, LocalRepository):
        stores.artifacts.adopt(path, file, sha256=request.sha256)
    else:
        staging.drop(request.upload_id)
    return Empty()


def _checked(pieces: Iterator[bytes], sha256: str) -> Iterator[bytes]:
    """The same pieces; the write that takes them changes nothing if they are not what the client says that it sent."""
    counted = Counted(pieces)
    yield from counted
    _check_hash(counted.sha256, sha256)


def _check_hash(found: str, told: str) -> None:
    if found != told:
        raise InvalidValue(f"the upload has the SHA-256 {found}, not {told}; send it again")


def abort(stores: Stores, request: schema.OfUpload) -> Empty:
    """Throw an upload away."""
    _staging(stores).drop(request.upload_id)
    return Empty()


async def take_piece(stores: Stores, request: Request, below: str) -> Response:
    """Take bytes of an upload.

    Args:
        stores: What the routes work on.
        request: Its query has ``offset``, where the bytes begin.
        below: The path of the request below the one of all uploads.

    Raises:
        MethodNotAllowed: It is no PUT.
        NotFound: There is no such upload.
        InvalidValue: The offset is none, or beyond what is there.
    """
    if request.method != "PUT" or not below.endswith(_BYTES):
        raise MethodNotAllowed(
            f"bytes of an upload are PUT to {PIECES}ID{_BYTES}; got {request.method}", allowed=("PUT",)
        )
    offset = request.query_params.get("offset", "")
    if not offset.isascii() or not offset.isdigit() or len(offset) > 18:
        raise InvalidValue("the query of a piece has its 'offset', a whole number from 0")
    staging, upload = _staging(stores), below.removesuffix(_BYTES)
    most = config.MAX_ARTIFACT_MB.required() * 1_000_000

    def write() -> int:
        return staging.append(upload, int(offset), _pieces(request.stream()), most=most)

    try:
        size = await anyio.to_thread.run_sync(write, limiter=stores.uploads)
    except ClientDisconnect:
        return Response(status_code=499)  # what came is kept; the client goes on from there
    return Response(wire.encode(schema.Upload(upload, size)), media_type="application/json")


def _pieces(stream: AsyncIterator[bytes]) -> Iterator[bytes]:
    while (piece := anyio.from_thread.run(_next, stream)) is not None:
        yield piece


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)


def _staging(stores: Stores) -> Staging:
    """Where uploads wait: on the disk of the artifacts if there is one, so that they become one by being renamed."""
    check_served(stores)
    if isinstance(stores.artifacts, LocalRepository):
        return Staging(stores.artifacts.local_path())
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"runstone-uploads-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or (hasattr(os, "getuid") and folder.lstat().st_uid != user):
        raise BackendError(f"the folder {str(folder)!r} belongs to somebody else; remove it, or set TMPDIR")
    return Staging(folder)


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.BEGIN, begin, waits=True),
    Route(schema.GET, get),
    Route(schema.COMPLETE, complete, waits=True),
    Route(schema.ABORT, abort),
)
