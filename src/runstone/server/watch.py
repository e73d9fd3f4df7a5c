"""Watches every request from outside: gives it an id, counts it, and writes a line about it."""

import logging
import os
import random
import re
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from runstone.server.measures import Measures

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Keys of ours in a request's scope: the path of its endpoint or a word for its kind, and its id.
ROUTE = "runstone.route"
REQUEST_ID = "runstone.request_id"

_HEADER = b"x-request-id"
_GIVEN = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_GONE = 0

_requests = logging.getLogger("runstone.requests")
_server = logging.getLogger("runstone.server")


class Watch:
    """An ASGI application around another one."""

    def __init__(self, application: Callable[[Scope, Receive, Send], Awaitable[None]], measures: Measures) -> None:
        """Watch an application.

        Args:
            application: Answers; notes ``ROUTE`` in the scope.
            measures: Counts.
        """
        self._application = application
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's request, or follow the server's life."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self._live(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        status = _GONE
        request_id = _id_of(scope["headers"])
        scope[REQUEST_ID] = request_id.decode()
        header = (_HEADER, request_id)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], header]
            await send(message)

        self._measures.begin()
        try:
            await self._application(scope, receive, send_with_id)
        finally:
            seconds = perf_counter() - began
            self._measures.end(scope.get(ROUTE, "other"), scope["method"], status, seconds)
            if _requests.isEnabledFor(logging.INFO):
                _write_line(scope, status, seconds)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._measures.start()
            _server.info("the server starts", extra={"pid": os.getpid()})
        try:
            await self._application(scope, receive, send)
        finally:
            if scope["type"] == "lifespan":
                self._measures.stop()
                _server.info("the server has stopped", extra={"pid": os.getpid()})


def _id_of(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The id that a proxy or a client gave the request, if it is a plain word, else a new one."""
    for name, value in headers:
        if name == _HEADER and _GIVEN.fullmatch(value):
            return value
    # It is no secret, so that the system need not be asked for it.
    return b"%016x" % random.getrandbits(64)


def _write_line(scope: Scope, status: int, seconds: float) -> None:
    """Write a line about a request. Queries stay out: they may hold what nobody should read."""
    client = scope.get("client")
    facts = {
        "method": scope["method"][:20],
        "path": scope["path"][:500],
        "status": status,
        "ms": round(seconds * 1000, 2),
        "client": client[0] if client else None,
        "request_id": scope[REQUEST_ID],
    }
    _requests.info("request", extra=facts)
