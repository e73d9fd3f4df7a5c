"""A light load generator: kept connections, requests made beforehand, the time of each answer."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

API = "/api/2.0/mlflow"
TIMEOUT_S = 300


def get(call: str) -> bytes:
    """The bytes of a GET of the protocol."""
    return f"GET {API}/{call} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(call: str, **fields: Any) -> bytes:
    """The bytes of a POST of the protocol."""
    body = json.dumps(fields, separators=(",", ":")).encode()
    head = f"POST {API}/{call} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, request: bytes) -> bytes:
        """Send a request; returns the body of the answer.

        Raises:
            RuntimeError: The status is not 200.
        """
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = await self._body(head.lower())
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{request[:100]!r} was answered with {head[:20]!r} {body[:300]!r}")
        return body

    async def _body(self, head: bytes) -> bytes:
        if b"\r\ntransfer-encoding: chunked" in head:
            parts = []
            while size := int(await self._reader.readline(), 16):
                parts.append(await self._reader.readexactly(size))
                await self._reader.readline()
            await self._reader.readline()
            return b"".join(parts)
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        return await self._reader.readexactly(int(length))

    def close(self) -> None:
        """Close it."""
        self._writer.close()


def run(address: str, clients: Sequence[Sequence[bytes]]) -> tuple[list[float], list[list[bytes]]]:
    """Send the requests of each client over a connection of its own, all clients at once.

    Args:
        address: The server.
        clients: For each client, what it sends one after the other.

    Returns:
        The time of each answer in ms, and the answers of each client.
    """
    return asyncio.run(asyncio.wait_for(_run(address, clients), TIMEOUT_S))


async def _run(address: str, clients: Sequence[Sequence[bytes]]) -> tuple[list[float], list[list[bytes]]]:
    parts = urlsplit(address)
    times: list[float] = []

    async def client(requests: Sequence[bytes]) -> list[bytes]:
        connection = Connection(*await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 24))
        answers = []
        for request in requests:
            start = time.perf_counter()
            answers.append(await connection.send(request))
            times.append((time.perf_counter() - start) * 1000)
        connection.close()
        return answers

    return times, list(await asyncio.gather(*map(client, clients)))


def ask(address: str, *requests: bytes) -> list[Any]:
    """Send requests one after the other; returns what the answers hold."""
    return [json.loads(answer) for answer in run(address, [requests])[1][0]]


def new_runs(address: str, count: int, *, clients: int = 1) -> list[str]:
    """Make runs in the experiment ``Default``; returns their ids."""
    requests = [post("runs/create", experiment_id="0", start_time=1)] * count
    answers = run(address, list(shares(requests, clients)))[1]
    return [json.loads(answer)["run"]["info"]["run_id"] for share in answers for answer in share]


def shares(items: Sequence[bytes], clients: int) -> Iterator[Sequence[bytes]]:
    """Deal requests out among clients."""
    return (items[first::clients] for first in range(clients))
