"""The OpenAPI document is made from the endpoints, whole and the same each time."""

import json
from pathlib import Path
from typing import Any

from runstone.schemas import openapi

CHECKED_IN = Path(__file__).parents[2] / "spec" / "openapi.json"


def test_checked_in_document_is_what_the_endpoints_give() -> None:
    assert CHECKED_IN.read_bytes() == openapi.text()


def test_every_endpoint_and_method_is_there() -> None:
    paths = openapi.document()["paths"]

    for endpoint in openapi.ENDPOINTS:
        for method in (endpoint.method, *endpoint.also):
            assert paths[endpoint.path][method.lower()]["summary"] == endpoint.summary


def test_every_reference_leads_somewhere() -> None:
    document = openapi.document()

    def references(tree: Any) -> list[str]:
        if isinstance(tree, dict):
            own = [tree["$ref"]] if isinstance(tree.get("$ref"), str) else []
            return own + [found for value in tree.values() for found in references(value)]
        if isinstance(tree, list):
            return [found for value in tree for found in references(value)]
        return []

    names = {reference.removeprefix("#/components/schemas/") for reference in references(document)}
    assert names <= set(document["components"]["schemas"])
    assert len(names) > 20


def test_operation_names_are_unique() -> None:
    operations = [each["operationId"] for methods in openapi.document()["paths"].values() for each in methods.values()]

    assert len(set(operations)) == len(operations)
    assert json.loads(openapi.text())["openapi"] == "3.1.0"
