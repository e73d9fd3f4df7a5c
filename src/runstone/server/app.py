"""The application: a request comes in, one verb of a store is called, its answer goes out.

Calls of the protocol are dispatched by one look-up; what has streams or pages goes to Starlette.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from runstone.errors import TooLarge
from runstone.schemas import wire
from runstone.schemas.endpoint import Binary
from runstone.server import errors
from runstone.server.courier import Courier
from runstone.server.guard import Guard
from runstone.server.measures import Measures
from runstone.server.outcomes import Outcomes
from runstone.server.routes import (
    artifacts,
    direct,
    experiments,
    journals,
    logged_models,
    metrics,
    model_versions,
    pages,
    registered_models,
    run_tables,
    runs,
    trash,
    uploads,
    webhooks,
)
from runstone.server.routes.route import AnyRoute, Stores
from runstone.server.table import RouteTable
from runstone.server.watch import REQUEST_ID, ROUTE, Message, Receive, Scope, Send
from runstone.server.watchman import Watchman

ROUTES: tuple[AnyRoute, ...] = (
    *experiments.ROUTES,
    *runs.ROUTES,
    *run_tables.ROUTES,
    *metrics.ROUTES,
    *artifacts.ROUTES,
    *direct.ROUTES,
    *uploads.ROUTES,
    *logged_models.ROUTES,
    *registered_models.ROUTES,
    *model_versions.ROUTES,
    *webhooks.ROUTES,
    *journals.ROUTES,
    *trash.ROUTES,
)

_READERS = 8
_WAITERS = 16
JSON = "application/json"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)


class ClientGone(Exception):
    """The client went away before it had sent all of its request: half a request asks for nothing."""


class Application:
    """The ASGI application in front of the stores."""

    def __init__(self, stores: Stores, *, guard: Guard, max_request_bytes: int, measures: Measures) -> None:
        """Build the table of routes.

        Args:
            stores: What the routes work on; closed when the server shuts down.
            guard: Checks each request first.
            max_request_bytes: Largest JSON body that is read.
            measures: What ``/metrics`` tells.
        """
        self._stores = stores
        self._guard = guard
        self._max_request_bytes = max_request_bytes
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="runstone-reader")
        self._waiters = ThreadPoolExecutor(_WAITERS, thread_name_prefix="runstone-waiter")
        self._outcomes = Outcomes()
        self._courier = Courier(stores.tracking)
        self._watchman = Watchman(stores.tracking, stores.uri)
        self._pages = pages.application(stores, measures)
        self._table = RouteTable(ROUTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's request, or follow the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        started = False
        more: list[tuple[bytes, bytes]] = []

        async def send_once(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            self._guard.check(scope["method"], scope["headers"])
            found = self._table.find(scope["method"], scope["path"], scope["raw_path"])
            if found is not None:
                scope[ROUTE] = found[0].endpoint.path
            else:
                await self._pages(scope, receive, send_once)
                return
            status, answer = 200, await self._answer(*found, scope, receive)
        except ClientGone:
            return
        except Exception as error:
            if started:
                raise  # a stream that broke: the connection is closed, so that nobody takes it for whole
            status, content = errors.answer(error, request_id=scope.get(REQUEST_ID, ""))
            answer, more = Binary(content, JSON), errors.headers_of(error)
        await _send(send, status, answer, more)

    def close(self) -> None:
        """Close the stores and end the threads."""
        self._courier.stop()
        self._watchman.stop()
        self._readers.shutdown()
        self._waiters.shutdown()
        self._stores.tracking.close()

    async def _answer(self, route: AnyRoute, fields: Mapping[str, str], scope: Scope, receive: Receive) -> Binary:
        kind = route.endpoint.request
        if scope["method"] == "GET":
            request = wire.convert({**_query(scope["query_string"], kind), **fields}, kind)
        else:
            kind = route.unchecked or route.endpoint.request
            request = wire.decode(await self._body(receive), kind, fields)
        if route.writes:
            change = self._stores.tracking.submit(lambda: route.handler(self._stores, request))
            return _encoded(await self._outcomes.of(change))
        loop = asyncio.get_running_loop()
        threads = self._waiters if route.waits else self._readers
        return await loop.run_in_executor(threads, lambda: _encoded(route.handler(self._stores, request)))

    async def _body(self, receive: Receive) -> bytes:
        message = await _next_part(receive)
        first: bytes = message.get("body", b"")
        if not message.get("more_body"):
            return self._checked(first)
        parts = [first]
        size = len(first)
        while message.get("more_body"):
            message = await _next_part(receive)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max_request_bytes:
                break
        return self._checked(b"".join(parts))

    def _checked(self, body: bytes) -> bytes:
        if len(body) > self._max_request_bytes:
            raise TooLarge(
                f"the body of a request has at most {self._max_request_bytes} bytes (RUNSTONE_MAX_REQUEST_MB); "
                "send smaller batches, and files as artifacts"
            )
        return body

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._courier.start()
                self._watchman.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _next_part(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message


def _query(query: bytes, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The parameters of a query by name; those that the struct has as lists are lists, of others the first counts."""
    lists = _list_fields(kind)
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name in lists:
            fields.setdefault(name, []).append(value)
        else:
            fields.setdefault(name, value)
    return fields


def _list_fields(kind: type[msgspec.Struct]) -> set[str]:
    return {
        field.encode_name
        for field in msgspec.structs.fields(kind)
        if any(get_origin(option) is list for option in (field.type, *get_args(field.type)))
    }


def _encoded(answer: msgspec.Struct) -> Binary:
    return answer if isinstance(answer, Binary) else Binary(wire.encode(answer), JSON)


async def _send(send: Send, status: int, answer: Binary, more: list[tuple[bytes, bytes]]) -> None:
    kind = (b"content-type", answer.media_type.encode())
    length = (b"content-length", str(len(answer.content)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [kind, *_HEADERS, length, *more]})
    await send({"type": "http.response.body", "body": answer.content})
