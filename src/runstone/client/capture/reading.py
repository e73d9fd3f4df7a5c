"""What was captured of a run, read back."""

from typing import TypeVar

from msgspec import Struct

from runstone.client.capture import code, environment
from runstone.client.capture.code import CodeFacts
from runstone.client.capture.console import FOLDER as CONSOLE
from runstone.client.capture.environment import EnvironmentFacts
from runstone.client.capture.part import FOLDER
from runstone.client.client import Client
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactNotFound, RunstoneError, SchemaMismatch
from runstone.schemas import wire

VERSION = 1

T = TypeVar("T", CodeFacts, EnvironmentFacts)


class Captured(Struct, frozen=True):
    """What is known of where a run came from; ``None`` where it was not captured."""

    code: CodeFacts | None
    environment: EnvironmentFacts | None


def of(client: Client, run_id: str) -> Captured:
    """What was captured of a run.

    Raises:
        RunNotFound: There is no such run.
        SchemaMismatch: A file cannot be read, or a newer Runstone wrote it.
    """
    return Captured(
        _facts(client, run_id, code.FACTS, CodeFacts), _facts(client, run_id, environment.FACTS, EnvironmentFacts)
    )


def content(client: Client, run_id: str, path: str) -> bytes:
    """A file that was captured.

    Args:
        client: The handle on where the run is kept.
        run_id: The run.
        path: Below the folder of what is captured.

    Raises:
        ArtifactNotFound: There is none.
        RunNotFound: There is no such run.
    """
    repository = client._artifacts(run_id, writes=False)
    pieces = repository.read(ArtifactPath(f"{FOLDER}/{path}"))
    try:
        return b"".join(pieces)
    finally:
        pieces.close()


def console(client: Client, run_id: str, first: str = "") -> dict[str, str]:
    """What a run has printed so far: its segments by name, in order; joined they are the text.

    Args:
        client: The handle on where the run is kept.
        run_id: The run.
        first: Name of the first segment that is wanted; only the last one of before may have changed since.

    Raises:
        RunNotFound: There is no such run.
    """
    found = client.list_artifacts(run_id, f"{FOLDER}/{CONSOLE}")
    names = sorted(name for file in found if (name := file.path.rpartition("/")[2]).endswith(".log") and name >= first)
    return {name: content(client, run_id, f"{CONSOLE}/{name}").decode("utf-8", "replace") for name in names}


def _facts(client: Client, run_id: str, path: str, kind: type[T]) -> T | None:
    try:
        data = content(client, run_id, path)
    except ArtifactNotFound:
        return None
    try:
        facts = wire.decode(data, kind)
    except RunstoneError as error:
        raise SchemaMismatch(f"{FOLDER}/{path} of the run {run_id} cannot be read: {error}") from None
    if facts.version > VERSION:
        raise SchemaMismatch(
            f"{FOLDER}/{path} of the run {run_id} is of version {facts.version}, written by a newer Runstone; this one "
            f"reads up to {VERSION}: upgrade it"
        )
    return facts
