"""Calls of a server's endpoints: structs go out, structs come back."""

from typing import TypeVar

import msgspec

from runstone.errors import BackendUnavailable, InvalidValue
from runstone.schemas import wire
from runstone.schemas.endpoint import Endpoint
from runstone.transport import Patience, Transport

Request = TypeVar("Request", bound=msgspec.Struct)
Response = TypeVar("Response", bound=msgspec.Struct)


class Calls:
    """The endpoints of one server."""

    def __init__(self, uri: str) -> None:
        """Prepare for calls; nothing is sent yet.

        Args:
            uri: Address of the server, as ``Transport`` takes it.
        """
        self._transport = Transport(uri)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._transport.close()

    def _call(
        self, endpoint: Endpoint[Request, Response], request: Request, *, patience: Patience | None = None
    ) -> Response:
        try:
            body = self._send(endpoint, request, patience)
        except UnicodeEncodeError as error:
            raise wire.no_text(error) from None
        try:
            return wire.decode(body, endpoint.response)
        except InvalidValue as error:
            reason = error.message.removeprefix("the request cannot be read: ")
            raise BackendUnavailable(
                f"the answer of {self._transport.address} cannot be read: {reason}; it broke off, or is no Runstone's"
            ) from None

    def _send(self, endpoint: Endpoint[Request, Response], request: Request, patience: Patience | None) -> bytes:
        path = endpoint.address(request)
        if endpoint.method == "GET":
            fields = msgspec.structs.asdict(request)
            query = {name: value for name, value in fields.items() if name not in endpoint.in_path}
            return self._transport.send("GET", path, query=query)
        return self._transport.send(
            endpoint.method, path, body=wire.encode(request), repeatable=endpoint.repeatable, patience=patience
        )
