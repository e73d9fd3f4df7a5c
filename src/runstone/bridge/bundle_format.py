"""What a bundle is made of; ``docs/reference/bundle.md`` specifies it for other programs."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from runstone.errors import InvalidValue

T = TypeVar("T", bound=msgspec.Struct)

FORMAT = "runstone-bundle"
VERSION = 1

MANIFEST = "manifest.json"
EXPERIMENTS = "experiments.jsonl"
RUNS = "runs.jsonl"
LOGGED_MODELS = "logged-models.jsonl"
REGISTERED_MODELS = "registered-models.jsonl"
MODEL_VERSIONS = "model-versions.jsonl"
TABLES = (EXPERIMENTS, RUNS, LOGGED_MODELS, REGISTERED_MODELS, MODEL_VERSIONS)


def metrics_of(run_id: str) -> str:
    """The member with the values of a run's metrics; there is none for a run without values."""
    return f"metrics/{run_id}.jsonl"


def files_of_run(run_id: str) -> str:
    """The folder with the files of a run."""
    return f"artifacts/runs/{run_id}"


def files_of_model(model_id: str) -> str:
    """The folder with the files of a logged model."""
    return f"artifacts/models/{model_id}"


def unfinished(whose: str) -> str:
    """What is told of a run or a logged model that an import had not finished when it was exported."""
    return f"the {whose} is not whole: an import had not finished it; give that import again, then export again"


# A table that is larger than this many bytes is not this many times as large as it is compressed.
MOST_SURE = 256 << 20
MOST_RATIO = 300


def is_bomb(size: int, compressed: int) -> bool:
    """Whether a member is far larger than what it is made of, as no bundle is."""
    return size > MOST_SURE and size > MOST_RATIO * compressed


class Counts(msgspec.Struct, frozen=True):
    """How much a bundle holds."""

    experiments: int
    runs: int
    metric_values: int
    logged_models: int
    registered_models: int
    model_versions: int
    files: int


class Member(msgspec.Struct, frozen=True):
    """A member of the archive.

    Attributes:
        name: Its path.
        bytes: Its length.
        sha256: SHA-256 of its content, in hexadecimal.
    """

    name: str
    bytes: int
    sha256: str


class Lack(msgspec.Struct, frozen=True):
    """Why a bundle has not all files of a run or a logged model.

    Attributes:
        folder: Where the others are in it.
        reason: One sentence.
    """

    folder: str
    reason: str


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a bundle holds; its last member.

    Attributes:
        format: ``runstone-bundle``.
        version: Version of the format.
        counts: How much there is of each.
        members: All other members, by name.
        lacks: What it has not, though it belongs to what it has.
    """

    format: str
    version: int
    counts: Counts
    members: list[Member]
    lacks: list[Lack] = []


class Header(msgspec.Struct, frozen=True):
    """The part of a manifest that every version has."""

    format: str = ""
    version: int = 0


@lru_cache(maxsize=16)
def decoder(kind: type[T]) -> Callable[[bytes, str], T]:
    """What makes a struct of a line or a document, and names the place in its error."""
    # Not strict: NaN and the infinities are written as words.
    decode: Any = msgspec.json.Decoder(kind, strict=False).decode

    def decoded(text: bytes, where: str) -> T:
        try:
            made: T = decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidValue(f"the bundle cannot be read: {where}: {error}; export it again") from None
        return made

    return decoded
