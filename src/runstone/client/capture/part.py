"""What is captured of a run: pictures that are taken once, and streams that go on as long as the run does."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from runstone.client.capture import program
from runstone.client.client import Client
from runstone.entities import ArtifactPath, Tag
from runstone.entities.names import writable
from runstone.errors import BackendError
from runstone.journal import keeping

FOLDER = "runstone"

_logger = logging.getLogger("runstone")

# What has been warned of in this process: a sweep of a thousand runs need not say it a thousand times.
_warned: set[str] = set()


class Subject(Struct, frozen=True):
    """The run that is captured, and the handle that takes what was.

    Attributes:
        client: The handle that the run was started with; on a server, a database or offline.
        run_id: The run.
        is_resumed: Whether an earlier process has begun it.
        parent: The run of the same thread that it was started within, if there is one.
        directory: The working directory when it was started: the capture's thread comes later.
        git_tags: What its code said; awaited by runs within it.
        under_way: Files that are being stored, by path.
    """

    client: Client
    run_id: str
    is_resumed: bool = False
    parent: "Subject | None" = None
    directory: Path = field(default_factory=program.working_directory)
    git_tags: Future[dict[str, str]] = field(default_factory=Future)
    under_way: dict[str, bytes] = field(default_factory=dict)

    def goes_on_without(self, name: str, error: Exception) -> None:
        """Warn, once in a process, of what fails; whatever goes wrong with it, training goes on."""
        if name not in _warned:
            _warned.add(name)
            _logger.warning("the run %s goes on without its %s: %s", self.run_id, name, error)

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags of the run.

        Raises:
            InvalidValue: A value is too long.
        """
        self.client.log_batch(self.run_id, tags=[Tag(key, writable(value)) for key, value in tags.items()])

    def store(self, path: str, data: bytes) -> None:
        """Store a file of the run, over one that is there.

        Args:
            path: Below the folder of what is captured, such as ``console/000000.log``.
            data: The whole file.

        Raises:
            RunstoneError: It could not be stored.
        """
        self.client._store_file(self.run_id, ArtifactPath(f"{FOLDER}/{path}"), data)

    def keep(self, path: str, data: bytes) -> None:
        """Keep a file of the run beside its journal, to be sent with it.

        Raises:
            RunstoneError: It could not be kept.
        """
        place = ArtifactPath(f"{FOLDER}/{path}")
        keeping.keep_files(self.client._journal(self.run_id), lambda repository: repository.write(place, (data,)))

    def write(self, path: str, data: bytes) -> None:
        """Store a file of the run; keep it where the store does not answer, or fails.

        Raises:
            RunstoneError: Neither could be done.
        """
        self.under_way[path] = data
        try:
            self.store(path, data)
        except BackendError:
            self.keep(path, data)
        finally:
            del self.under_way[path]

    def names_in(self, folder: str) -> set[str]:
        """The names of what an earlier process has captured in a folder below that of all captures.

        Raises:
            RunstoneError: The store does not say.
        """
        if not self.is_resumed:
            return set()
        found = self.client.list_artifacts(self.run_id, f"{FOLDER}/{folder}".rstrip("/"))
        return {file.path.rpartition("/")[2] for file in found}


Picture = Callable[[Subject], None]
"""Takes a picture and stores it; called once, in the thread of the capture. It may raise; that is warned of once."""


class Stream(Protocol):
    """What goes on as long as the run does. Each call may raise; that is warned of once, and the run goes on."""

    def start(self) -> None:
        """Begin. Called by ``start_run`` in the caller's thread: it returns at once, and asks no store."""

    def detach(self) -> None:
        """Take in nothing more. Called in the thread that ends the run, before ``stop``: it returns at once."""

    def stop(self, last_words: str = "") -> None:
        """End, with all stored. Called in the thread of the capture, before the run ends.

        Args:
            last_words: The traceback of the error that ends the run, where nobody has printed it yet.
        """

    def keep(self, last_words: str = "") -> None:
        """Keep what is not stored yet beside the journal. Called where ``stop`` has not come back in time, or begun."""
