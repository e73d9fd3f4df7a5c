"""What is no call of the protocol: health, version, the OpenAPI document, streams of artifacts, and the web page."""

import re
from importlib.metadata import version

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from runstone.errors import EndpointNotFound, MethodNotAllowed
from runstone.schemas import openapi
from runstone.schemas.artifacts import PROXY
from runstone.server.measures import Measures
from runstone.server.routes import artifacts, uploads
from runstone.server.routes.route import Stores
from runstone.server.site import NOT_BUILT, File, load_files
from runstone.server.watch import ROUTE

PROXIES = (f"{PROXY}/", f"{PROXY.replace('/api/', '/ajax-api/', 1)}/")
# Where bytes come in and go out: what the route is called in the measures, and who answers.
_STREAMS = {
    **dict.fromkeys(PROXIES, (PROXY, artifacts.proxied)),
    uploads.PIECES: (uploads.PIECES, uploads.take_piece),
}
# How its route is called in measurements.
_MODEL_FILES = "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files"
_MODEL_FILE = re.compile(r"/(?:ajax-)?api/[23]\.0/mlflow/logged-models/([^/]+)/artifacts/files")

_KNOWN = frozenset({"/health", "/version", "/openapi.json", "/get-artifact", "/metrics"})
_READING = ("GET", "HEAD")
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def application(stores: Stores, measures: Measures) -> ASGIApp:
    """The application for all this; its errors are left to the caller."""
    files = load_files()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await _respond(stores, measures, files, request)
        await response(scope, receive, send)

    return answer


async def _respond(stores: Stores, measures: Measures, files: dict[str, File], request: Request) -> Response:
    path: str = request.scope["path"]
    for start, (route, handler) in _STREAMS.items():
        if path.startswith(start):
            request.scope[ROUTE] = route
            return await handler(stores, request, path.removeprefix(start))
    if request.method not in _READING:
        raise _nothing(request, path)
    if path in _KNOWN:
        request.scope[ROUTE] = path
    if path == "/metrics":
        return Response(await run_in_threadpool(measures.text), media_type=_PROMETHEUS)
    if path == "/get-artifact" or _MODEL_FILE.fullmatch(path):
        return await _file(stores, request, path)
    if path == "/health":
        return PlainTextResponse("OK")
    if path == "/version":
        return PlainTextResponse(version("runstone"))
    if path == "/openapi.json":
        return Response(openapi.text(), media_type="application/json")
    return _page(files, request, path)


async def _file(stores: Stores, request: Request, path: str) -> Response:
    """One file of a logged model or of a run, as the pages of MLflow ask for it."""
    model = _MODEL_FILE.fullmatch(path)
    if model is None:
        return await artifacts.get_artifact(stores, request)
    request.scope[ROUTE] = _MODEL_FILES
    return await artifacts.get_model_artifact(stores, request, model[1])


def _page(files: dict[str, File], request: Request, path: str) -> Response:
    """The web page; every address that is not one of its files is a view of it.

    The files are known by name: a request chooses among them, and is never made a path.
    """
    name = path.lstrip("/")
    if path.startswith(("/api/", "/ajax-api/")) or (path.startswith("/assets/") and name not in files):
        raise _nothing(request, path)
    file = files.get(name) or files.get("index.html")
    request.scope[ROUTE] = "page"
    return PlainTextResponse(NOT_BUILT, 404) if file is None else file.answer(request)


def _nothing(request: Request, path: str) -> EndpointNotFound:
    said = f"there is no {request.method} {path[:200]!r}; /openapi.json lists what there is"
    return MethodNotAllowed(said, allowed=_READING) if path in _KNOWN else EndpointNotFound(said)
