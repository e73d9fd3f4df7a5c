"""What was captured of a run, read back."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

from runstone.client.capture import code, environment
from runstone.client.capture.code import CodeFacts
from runstone.client.capture.environment import EnvironmentFacts
from runstone.client.capture.part import FOLDER
from runstone.client.capture.segments import FOLDER as CONSOLE
from runstone.client.client import Client
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactNotFound, MalformedRequest, RunstoneError, SchemaMismatch
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
    captured, unread = readable(client, run_id)
    for error in unread.values():
        raise error
    return captured


def readable(client: Client, run_id: str) -> tuple[Captured, dict[str, SchemaMismatch]]:
    """What was captured of a run, as far as it can be read; and why the rest cannot, by what it is of.

    Raises:
        RunNotFound: There is no such run.
    """
    unread: dict[str, SchemaMismatch] = {}

    def read(name: str, path: str, kind: type[T]) -> T | None:
        try:
            return _facts(client, run_id, path, kind)
        except SchemaMismatch as error:
            unread[name] = error
            return None

    captured = Captured(read("code", code.FACTS, CodeFacts), read("environment", environment.FACTS, EnvironmentFacts))
    return captured, unread


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


def console(client: Client, run_id: str, last: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a run has printed so far: its segments by name, in order; joined they are the text.

    Args:
        client: The handle on where the run is kept.
        run_id: The run.
        last: The last segment that is known of each process, by ``process_of``; those before it do not change any
            more, and are left out.

    Raises:
        RunNotFound: There is no such run.
    """
    known = last or {}
    names = sorted(file.path.rpartition("/")[2] for file in client.list_artifacts(run_id, f"{FOLDER}/{CONSOLE}"))
    wanted = [name for name in names if name.endswith(".log") and name >= known.get(process_of(name), "")]
    return {name: content(client, run_id, f"{CONSOLE}/{name}").decode("utf-8", "replace") for name in wanted}


def process_of(name: str) -> str:
    """The digits of the process that has written a segment: several may log to a run at once."""
    return name[: -len("000.log")]


def _facts(client: Client, run_id: str, path: str, kind: type[T]) -> T | None:
    try:
        data = content(client, run_id, path)
    except ArtifactNotFound:
        return None
    try:
        facts = wire.decode(data, kind)
    except MalformedRequest:  # which speaks of requests
        raise SchemaMismatch(f"{FOLDER}/{path} of the run {run_id} cannot be read: it is not JSON") from None
    except RunstoneError as error:
        raise SchemaMismatch(f"{FOLDER}/{path} of the run {run_id} cannot be read: {error}") from None
    if facts.version > VERSION:
        raise SchemaMismatch(
            f"{FOLDER}/{path} of the run {run_id} is of version {facts.version}, written by a newer Runstone; this one "
            f"reads up to {VERSION}: upgrade it"
        )
    return facts
