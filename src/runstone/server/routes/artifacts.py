"""Routes of artifacts: lists as endpoints, bytes as streams with flat memory."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from urllib.parse import quote

import anyio
from msgspec.structs import replace
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from runstone import config
from runstone.artifacts import integrity
from runstone.artifacts.base import ArtifactRepository, Pieces
from runstone.artifacts.kinds import media_type
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import (
    ArtifactNotFound,
    BackendUnavailable,
    InvalidValue,
    MethodNotAllowed,
    TooLarge,
    Unsupported,
)
from runstone.schemas import artifacts as schema
from runstone.server.routes.route import AnyRoute, Route, Stores

# Whatever a browser makes of an artifact, it is in a sandbox: no script, no request, no cookie of this server.
_CONTENT_POLICY = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
# Shown by the browser when asked for; all else is saved as a file.
_SHOWN = {
    "application/json",
    "application/pdf",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/svg+xml",
    "image/webp",
    "text/csv",
    "text/html",
    "text/markdown",
    "text/plain",
}


# How often a file is opened anew that was replaced while it was opened.
_TRIES = 20
# Two 64-bit numbers, and the dash and some spaces around them.
_LONGEST_RANGE = 45


def list_run(stores: Stores, request: schema.ListArtifacts) -> schema.RunArtifacts:
    """List a folder of a run's artifacts; paths are relative to the run's root."""
    uri = stores.tracking.run_artifact_uri(request.id)
    artifacts, root = stores.place_of(uri)
    found = artifacts.list(root / ArtifactPath(request.path or ""))
    return schema.RunArtifacts(uri, [relative(file, root) for file in found])


def list_proxied(stores: Stores, request: schema.ListProxied) -> schema.ProxiedArtifacts:
    """List a folder of the artifact store; paths are relative to that folder."""
    check_served(stores)
    folder = ArtifactPath((request.path or "").rstrip("/"))
    return schema.ProxiedArtifacts([relative(file, folder) for file in stores.artifacts.list(folder)])


def relative(file: FileInfo, folder: ArtifactPath) -> FileInfo:
    """A file, with its path from a folder on."""
    return replace(file, path=file.path.removeprefix(f"{folder}/")) if folder else file


def check_served(stores: Stores) -> None:
    """Refuse what goes through the server where nothing does.

    Raises:
        Unsupported: Clients are to read and write files themselves.
    """
    if not stores.serves_artifacts:
        raise Unsupported("this server was started with --no-serve-artifacts; clients read and write files themselves")


async def proxied(stores: Stores, request: Request, path: str) -> Response:
    """Answer a call on one file of the artifact store.

    Raises:
        MethodNotAllowed: It is none of GET, HEAD, PUT and DELETE.
        InvalidArtifactPath: The path is not one.
        ArtifactNotFound: There is no such file.
    """
    check_served(stores)
    file = ArtifactPath(path)
    if request.method in {"GET", "HEAD"}:
        return await _send(stores.artifacts, request, file, is_saved=True)
    if request.method == "PUT":
        return await _upload(stores, request, file)
    if request.method == "DELETE":
        return await _delete(stores, file)
    allowed = ("DELETE", "GET", "HEAD", "PUT")
    raise MethodNotAllowed(f"an artifact is read, PUT or DELETEd; got {request.method}", allowed=allowed)


async def _upload(stores: Stores, request: Request, path: ArtifactPath) -> Response:
    most = config.MAX_ARTIFACT_MB.required() * 1_000_000
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:_LONGEST_RANGE]) > most:
        raise _too_large(path, most)

    def pieces() -> Iterator[bytes]:
        stream = request.stream()
        size = 0
        while True:
            piece = anyio.from_thread.run(_next, stream)
            if piece is None:
                return
            size += len(piece)
            if size > most:
                raise _too_large(path, most)
            yield piece

    try:
        sha256 = await anyio.to_thread.run_sync(stores.artifacts.write, path, pieces(), limiter=stores.uploads)
    except ClientDisconnect:
        return Response(status_code=499)  # nobody is there to read it, and nothing was written
    return Response(b"{}", media_type="application/json", headers={integrity.HEADER: integrity.header(sha256)})


def _too_large(path: ArtifactPath, most: int) -> TooLarge:
    return TooLarge(
        f"the artifact {str(path)!r} has more than {most} bytes (RUNSTONE_MAX_ARTIFACT_MB of the server); send "
        "a smaller one, or raise the limit"
    )


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)


async def _delete(stores: Stores, path: ArtifactPath) -> Response:
    # What is not there is gone already, as MLflow answers.
    if not path:
        raise InvalidValue("the root of all artifacts is not deleted; wanted: the path of a file or folder")
    with suppress(ArtifactNotFound):
        await anyio.to_thread.run_sync(stores.artifacts.delete, path)
    return Response(b"{}", media_type="application/json")


async def get_artifact(stores: Stores, request: Request) -> Response:
    """Send one file of a run to a browser; takes the parameters ``run_id`` (or ``run_uuid``) and ``path``.

    Raises:
        InvalidValue: One of them is missing.
        RunNotFound: There is no such run.
        InvalidArtifactPath: The path is not one.
        ArtifactNotFound: There is no such file.
    """
    run_id = request.query_params.get("run_id") or request.query_params.get("run_uuid")
    name = request.query_params.get("path")
    if not run_id or not name:
        raise InvalidValue("the request names no file; wanted: the parameters 'run_id' and 'path'")
    uri = await anyio.to_thread.run_sync(stores.tracking.run_artifact_uri, run_id)
    artifacts, root = stores.place_of(uri)
    return await _send(artifacts, request, root / ArtifactPath(name), is_saved="download" in request.query_params)


async def get_model_artifact(stores: Stores, request: Request, model_id: str) -> Response:
    """Send one file of a logged model to a browser; takes the parameter ``artifact_file_path``.

    Raises:
        InvalidValue: It is missing.
        LoggedModelNotFound: There is no such model.
        InvalidArtifactPath: The path is not one.
        ArtifactNotFound: There is no such file.
    """
    name = request.query_params.get("artifact_file_path")
    if not name:
        raise InvalidValue("the request names no file; wanted: the parameter 'artifact_file_path'")
    uri = await anyio.to_thread.run_sync(stores.tracking.logged_model_artifact_uri, model_id)
    artifacts, root = stores.place_of(uri)
    return await _send(artifacts, request, root / ArtifactPath(name), is_saved="download" in request.query_params)


async def _send(artifacts: ArtifactRepository, request: Request, path: ArtifactPath, *, is_saved: bool) -> Response:
    if request.method == "HEAD":
        length = (await anyio.to_thread.run_sync(artifacts.info, path)).file_size
        if length is None:
            raise ArtifactNotFound(path)
        headers = _headers(path, is_saved=is_saved) | {"Content-Length": str(length)}
        return Response(headers=headers, media_type=media_type(path))
    wanted = request.headers.get("range", "")
    pieces, size, part = await anyio.to_thread.run_sync(_open, artifacts, path, wanted)
    headers = _headers(path, is_saved=is_saved)
    start, stop = (0, size) if part is None else part
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    if pieces.sha256:
        headers[integrity.HEADER] = integrity.header(pieces.sha256)
    return _Stream(pieces, 206 if part else 200, headers, media_type=media_type(path))


def _open(artifacts: ArtifactRepository, path: ArtifactPath, wanted: str) -> tuple[Pieces, int, tuple[int, int] | None]:
    """Open a file, or the part of it that a range wants; returns its bytes, its size, and the part.

    A file may be replaced between the look at its size and its opening: then both are done again, so that the length
    that is told is that of the bytes that are sent.
    """
    for _ in range(_TRIES):
        size = artifacts.info(path).file_size
        if size is None:
            raise ArtifactNotFound(path)
        part = _range(wanted, size)
        start, stop = (0, size) if part is None else part
        pieces = artifacts.read(path, start=start, stop=stop)
        if pieces.size in {None, size}:
            return pieces, size, part
        pieces.close()
    raise BackendUnavailable(f"the artifact {str(path)!r} is replaced all the time; try again")


def _headers(path: ArtifactPath, *, is_saved: bool) -> dict[str, str]:
    return {
        "Content-Disposition": _disposition(path.name, is_saved=is_saved or media_type(path) not in _SHOWN),
        "Content-Security-Policy": _CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-cache",
    }


class _Stream(StreamingResponse):
    """Pieces of a file, which is closed when all are sent, or nobody takes them any more."""

    def __init__(self, pieces: Pieces, status: int, headers: dict[str, str], *, media_type: str) -> None:
        super().__init__(pieces, status, headers, media_type=media_type)
        self._source = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with closing(self._source):
            await super().__call__(scope, receive, send)


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First byte, and the one behind the last, of a single range; ``None`` for the whole file.

    A header that asks for several ranges, or cannot be read or met, is passed over, as RFC 9110 (14.2) allows.
    """
    unit, _, text = header.partition("=")
    if len(text) > _LONGEST_RANGE:
        return None
    first, dash, last = text.strip().partition("-")
    if (
        unit.strip() != "bytes"
        or not dash
        or not size
        or not all(part.isdecimal() or not part for part in (first, last))
    ):
        return None
    if not first:
        return (max(0, size - int(last)), size) if last and int(last) else None
    start, stop = int(first), min(int(last) + 1, size) if last else size
    return (start, stop) if start < stop else None


def _disposition(name: str, *, is_saved: bool) -> str:
    return f"{'attachment' if is_saved else 'inline'}; filename*=UTF-8''{quote(name, safe='')}"


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.LIST, list_run, waits=True),
    Route(schema.LIST_PROXIED, list_proxied, waits=True),
)
