"""Paths lead to routes, with what stands in them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from runstone.errors import InvalidValue, MalformedRequest, MethodNotAllowed
from runstone.schemas import wire
from runstone.schemas.endpoint import Empty, Endpoint
from runstone.server.routes.route import AnyRoute, Route
from runstone.server.table import RouteTable


class Thing(msgspec.Struct, frozen=True):
    """Names a thing, and maybe a size."""

    thing_id: str
    size: int = 0


def answer(_stores: Any, _request: Thing) -> Empty:
    return Empty()


LIST: AnyRoute = Route(Endpoint("GET", "/api/2.0/mlflow/things", Thing, Empty, "List."), answer)
GET: AnyRoute = Route(Endpoint("GET", "/api/2.0/mlflow/things/{thing_id}", Thing, Empty, "Get."), answer)
TEST: AnyRoute = Route(Endpoint("POST", "/api/2.0/mlflow/things/{thing_id}/test", Thing, Empty, "Test."), answer)
TABLE = RouteTable([LIST, GET, TEST])


def find(method: str, sent: str) -> tuple[AnyRoute, Mapping[str, str]] | None:
    """The route for a path as it is sent."""
    return TABLE.find(method, unquote(sent), sent.encode())


@pytest.mark.parametrize("prefix", ["/api/2.0", "/ajax-api/2.0", "/api/3.0", "/ajax-api/3.0", "/api/2.0/preview"])
def test_part_in_braces_is_a_field_under_every_prefix(prefix: str) -> None:
    assert find("GET", f"{prefix}/mlflow/things") == (LIST, {})
    assert find("GET", f"{prefix}/mlflow/things/a%20b%2Fc") == (GET, {"thing_id": "a b/c"})
    assert find("POST", f"{prefix}/mlflow/things/a/test") == (TEST, {"thing_id": "a"})


@pytest.mark.parametrize("path", ["/mlflow/things/", "/mlflow/things/a/b", "/mlflow/things/a/test/b", "/mlflow/thing"])
def test_other_paths_have_no_route(path: str) -> None:
    assert find("GET", f"/api/2.0{path}") is None


def test_other_method_is_refused() -> None:
    with pytest.raises(MethodNotAllowed, match="called by GET; got DELETE"):
        find("DELETE", "/api/2.0/mlflow/things/a")


def test_field_of_the_path_goes_before_the_bodys() -> None:
    assert wire.decode(b'{"thing_id": "b", "size": "3"}', Thing, {"thing_id": "a"}) == Thing("a", 3)
    assert wire.decode(b"", Thing, {"thing_id": "a"}) == Thing("a")


@pytest.mark.parametrize(("body", "error"), [(b"[]", InvalidValue), (b"{", MalformedRequest)])
def test_body_that_is_no_object_is_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        wire.decode(body, Thing, {"thing_id": "a"})


def test_address_of_a_request_is_quoted() -> None:
    assert TEST.endpoint.address(Thing("a/b ü")) == "/api/2.0/mlflow/things/a%2Fb%20%C3%BC/test"
    assert TEST.endpoint.name == "things/test"
