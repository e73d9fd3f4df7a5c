"""The OpenAPI document, made from the endpoint records. ``python -m runstone.schemas.openapi`` prints it."""

import sys
from functools import cache
from typing import Any

import msgspec

from runstone.schemas import (
    artifacts,
    experiments,
    journals,
    logged_models,
    metrics,
    model_versions,
    registered_models,
    run_tables,
    runs,
    trash,
    uploads,
    webhooks,
)
from runstone.schemas.endpoint import Endpoint
from runstone.schemas.errors import ErrorBody

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    *experiments.ENDPOINTS,
    *runs.ENDPOINTS,
    *run_tables.ENDPOINTS,
    *metrics.ENDPOINTS,
    *artifacts.ENDPOINTS,
    *uploads.ENDPOINTS,
    *logged_models.ENDPOINTS,
    *registered_models.ENDPOINTS,
    *model_versions.ENDPOINTS,
    *webhooks.ENDPOINTS,
    *journals.ENDPOINTS,
    *trash.ENDPOINTS,
)

_REF = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of every endpoint.

    Returns:
        A tree of dicts and lists, ready for JSON; the same each time.
    """
    kinds = {kind for endpoint in ENDPOINTS for kind in (endpoint.request, endpoint.response)} | {ErrorBody}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_REF)
    by_kind = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        for method in (endpoint.method, *endpoint.also):
            paths.setdefault(endpoint.path, {})[method.lower()] = _operation(endpoint, method, by_kind, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Runstone",
            "version": "2.0",
            "description": "MLflow's tracking protocol, served by Runstone. "
            "The same calls are served below `/ajax-api/2.0`, `/api/3.0`, `/ajax-api/3.0` and `/api/2.0/preview`.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(components.items()))},
    }


def _operation(
    endpoint: Endpoint[Any, Any], method: str, by_kind: dict[type, dict[str, Any]], components: dict[str, Any]
) -> dict[str, Any]:
    suffix = "" if method == endpoint.method else f"-by-{method.lower()}"
    operation: dict[str, Any] = {
        "operationId": endpoint.name.replace("/", "-") + suffix,
        "tags": [endpoint.name.split("/")[0]],
        "summary": endpoint.summary,
        "responses": {
            "200": {"description": "Done.", "content": _json(by_kind[endpoint.response])},
            "default": {"description": "What went wrong.", "content": _json(by_kind[ErrorBody])},
        },
    }
    fields = components[endpoint.request.__name__]
    required = set(fields.get("required", ()))
    parameters = [
        {
            "name": name,
            "in": "path" if name in endpoint.in_path else "query",
            "required": name in required,
            "schema": schema,
        }
        for name, schema in fields["properties"].items()
        if method == "GET" or name in endpoint.in_path
    ]
    if parameters or method == "GET":
        operation["parameters"] = parameters
    if method != "GET":
        operation["requestBody"] = {"required": True, "content": _json(by_kind[endpoint.request])}
    return operation


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


@cache
def text() -> bytes:
    """The document as indented JSON with a final newline, as it is checked in."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(text())
