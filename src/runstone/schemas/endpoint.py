"""One record per call of the protocol; the server mounts it, the REST store calls it, OpenAPI is made from it."""

import re
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote

from msgspec import Meta, Struct

Request = TypeVar("Request", bound=Struct)
Response = TypeVar("Response", bound=Struct)

# Text of a request that says nothing if it is empty, as protobuf has it: an empty one is a missing one.
Given = Annotated[str, Meta(min_length=1)]

_PART = re.compile(r"\{(\w+)\}")


class Empty(Struct, frozen=True):
    """The answer of a call that has nothing to say."""


class Binary(Struct, frozen=True):
    """An answer that is no JSON.

    Attributes:
        content: Its bytes.
        media_type: What they are.
    """

    content: bytes
    media_type: str


class Endpoint(Struct, Generic[Request, Response], frozen=True):
    """One call: how it is addressed, what it takes, what it answers.

    Attributes:
        method: HTTP method.
        path: Path below the server's root, in the version that new clients use. A part in braces is the field of the
            request that has this name: ``/things/{thing_id}``; one whose name ends in ``path`` takes slashes too.
        request: Struct that the JSON body is decoded into; for GET, the query's parameters.
        response: Struct whose JSON is the answer.
        summary: What it does, in one sentence.
        also: Other methods under which old clients call it.
        repeatable: Whether doing it twice is the same as once, so that a call without an answer may be sent again.
        word: Tells it from another endpoint of the same path.
        also_at: Another path under which clients look for it.
    """

    method: str
    path: str
    request: type[Request]
    response: type[Response]
    summary: str
    also: tuple[str, ...] = ()
    repeatable: bool = True
    word: str = ""
    also_at: str = ""

    @property
    def name(self) -> str:
        """A name that is unique among the endpoints, made of the path: ``experiments/get-by-name``."""
        below = re.sub(r"/\{\w+\}", "", self.path).removeprefix("/api/2.0/").removeprefix("/api/runstone/v1/")
        return below.removeprefix("mlflow/") + (f"-{self.word}" if self.word else "")

    @property
    def in_path(self) -> tuple[str, ...]:
        """The fields of the request that stand in the path."""
        return tuple(_PART.findall(self.path))

    def address(self, request: Request) -> str:
        """The path for one request.

        Args:
            request: Has the fields that stand in the path.
        """
        return _PART.sub(lambda part: _quoted(part[1], str(getattr(request, part[1]))), self.path)


def takes_slashes(field: str) -> bool:
    """Whether a field in the path of a call is a path itself."""
    return field.endswith("path")


def _quoted(field: str, value: str) -> str:
    return quote(value, safe="/" if takes_slashes(field) else "")
