"""What is no call of the protocol: health, version, the OpenAPI document, streams of artifacts, and the web page."""

from importlib.metadata import version
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from runstone.errors import EndpointNotFound, MethodNotAllowed
from runstone.schemas import openapi
from runstone.schemas.artifacts import PROXY
from runstone.server.routes import artifacts
from runstone.server.routes.route import Stores

STATIC = Path(__file__).parent.parent / "static"
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_PAGE_HEADERS = {
    "Content-Security-Policy": _PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_ASSET_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable"}
_NOT_BUILT = "The web page is not part of this installation: run `make web` in the source tree. The API works.\n"

PROXIES = (f"{PROXY}/", f"{PROXY.replace('/api/', '/ajax-api/', 1)}/")


def application(stores: Stores) -> ASGIApp:
    """The application for all this; its errors are left to the caller."""
    files = {file.relative_to(STATIC).as_posix(): file for file in STATIC.rglob("*") if file.is_file()}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await _respond(stores, files, request, scope["path"])
        await response(scope, receive, send)

    return answer


async def _respond(stores: Stores, files: dict[str, Path], request: Request, path: str) -> Response:
    for proxy in PROXIES:
        if path.startswith(proxy):
            return await artifacts.proxied(stores, request, path.removeprefix(proxy))
    if request.method not in {"GET", "HEAD"}:
        raise _nothing(request, path)
    if path == "/get-artifact":
        return await artifacts.get_artifact(stores, request)
    if path == "/health":
        return PlainTextResponse("OK")
    if path == "/version":
        return PlainTextResponse(version("runstone"))
    if path == "/openapi.json":
        return Response(openapi.text(), media_type="application/json")
    return _page(files, request, path)


def _page(files: dict[str, Path], request: Request, path: str) -> Response:
    """The web page; every address that is not one of its files is a view of it.

    The files are known by name: a request chooses among them, and is never made a path.
    """
    name = path.lstrip("/")
    if path.startswith(("/api/", "/ajax-api/")) or (path.startswith("/assets/") and name not in files):
        raise _nothing(request, path)
    if name in files:
        return FileResponse(files[name], headers=_ASSET_HEADERS if path.startswith("/assets/") else _PAGE_HEADERS)
    if "index.html" not in files:
        return PlainTextResponse(_NOT_BUILT, 404)
    return FileResponse(files["index.html"], headers=_PAGE_HEADERS)


def _nothing(request: Request, path: str) -> EndpointNotFound:
    known = path in {"/health", "/version", "/openapi.json", "/get-artifact"}
    kind = MethodNotAllowed if known else EndpointNotFound
    return kind(f"there is no {request.method} {path[:200]!r}; /openapi.json lists what there is")
