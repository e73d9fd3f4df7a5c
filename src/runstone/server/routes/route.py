"""What a route is: an endpoint, and the function that answers it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from anyio import CapacityLimiter
from msgspec import Struct

from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.resolve import remove, repository
from runstone.entities import ArtifactPath
from runstone.errors import Unsupported
from runstone.schemas.endpoint import Binary, Endpoint
from runstone.stores.base import EmbeddedStore

Request = TypeVar("Request", bound=Struct)
Response = TypeVar("Response", bound=Struct)

MOST_UPLOADS = 40


@dataclass(frozen=True, slots=True)
class Stores:
    """What the routes work on.

    Attributes:
        tracking: Experiments and runs.
        artifacts: Files of all runs, below one root.
        uri: Where they are kept.
        root_uri: How clients name that root, without a final slash.
        serves_artifacts: Whether clients may read and write files through the server.
        uploads: How many files come in at once. Each holds a thread for as long as its sender takes, so that they have
            threads of their own.
    """

    tracking: EmbeddedStore
    artifacts: ArtifactRepository
    uri: str
    root_uri: str
    serves_artifacts: bool = True
    uploads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(MOST_UPLOADS))

    def place_of(self, artifact_uri: str) -> tuple[ArtifactRepository, ArtifactPath]:
        """Where the files of a run are: a repository, and the run's folder in it.

        A folder of this machine is opened as well: only who works on the database itself can have named it, since
        none is taken from a client.

        Raises:
            Unsupported: They are kept where only clients read them.
        """
        rest = artifact_uri.removeprefix(self.root_uri)
        if rest != artifact_uri and rest.startswith("/"):
            return self.artifacts, ArtifactPath(rest.strip("/"))
        if artifact_uri.startswith(("/", "file:")):
            return repository(artifact_uri), ArtifactPath()
        raise Unsupported(
            f"these artifacts are kept at {artifact_uri!r}, which this server does not read; use the client there"
        )

    def remove(self, uri: str) -> None:
        """Remove the folder at a URI with all in it.

        Raises:
            ArtifactNotFound: It is not there.
            Unsupported: It is kept where only clients read it.
        """
        repository, path = self.place_of(uri)
        if path:
            repository.delete(path)
        else:
            remove(uri)


@dataclass(frozen=True, slots=True)
class Route(Generic[Request, Response]):
    """An endpoint, and the function that answers it.

    Attributes:
        endpoint: How it is called.
        handler: Makes the answer, as JSON or in another form that was asked for; calls one verb of a store.
        writes: Whether it changes something, and so runs on the store's writing thread.
        unchecked: What a body is read as instead, where the handler looks at its parts, and refuses those alone that
            break a rule.
        waits: Whether it may wait long, for others, such as a store of files, or for much work, and so must not keep
            readers from their threads.
    """

    endpoint: Endpoint[Request, Response]
    handler: Callable[[Stores, Request], Response | Binary]
    writes: bool = False
    unchecked: type[Struct] | None = None
    waits: bool = False


AnyRoute = Route[Any, Any]
