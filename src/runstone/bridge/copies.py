"""Versions of registered models that name another version as their source, as copies do: ``models:/NAME/NUMBER``."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from runstone.entities import ModelVersion

Numbered = tuple[str, str]
"""Name of a registered model, and number of a version."""

_OF_MODEL = re.compile(r"models:/+m-[0-9a-f]{32}(/.*)?")
_OF_VERSION = re.compile(r"models:/+([^/@]+)/0*([1-9][0-9]{0,17})")


def is_copy(version: ModelVersion) -> bool:
    """Whether a version names another one as its source, which says where files are in its own store alone."""
    return version.source.startswith("models:") and _OF_MODEL.fullmatch(version.source) is None


def named_by(version: ModelVersion) -> Numbered | None:
    """The version that a version names as its source; ``None`` where it names none, or none by its number."""
    found = _OF_VERSION.fullmatch(version.source)
    return (found[1], found[2]) if found else None


def by_number(versions: Iterable[ModelVersion]) -> dict[Numbered, ModelVersion]:
    """Versions by the name of their model and their number."""
    return {(version.name, version.version): version for version in versions}


def with_first_source(version: ModelVersion, known: Mapping[Numbered, ModelVersion]) -> ModelVersion:
    """A copy with the source of what it is a copy of, as far as that is known, or of what that is a copy of."""
    first = version
    met: set[Numbered] = set()
    while (other := named_by(first)) is not None and other in known and other not in met:
        met.add(other)
        first = known[other]
    return replace(
        version,
        source=first.source,
        run_id=version.run_id or first.run_id,
        model_id=version.model_id or first.model_id,
    )


def in_order(versions: Mapping[str, Iterable[ModelVersion]]) -> Iterator[ModelVersion]:
    """Versions by registered model, those of one in their order, and copies after what they are copies of.

    Those that are copies of each other, as nobody's store has them, come at the end.
    """
    left = [deque(each) for each in versions.values()]
    to_come = {(each.name, each.version) for queue in left for each in queue}
    while left := [queue for queue in left if queue]:
        before = len(to_come)
        for queue in left:
            while queue and named_by(queue[0]) not in to_come:
                first = queue.popleft()
                to_come.discard((first.name, first.version))
                yield first
        if len(to_come) == before:
            first = left[0].popleft()
            to_come.discard((first.name, first.version))
            yield first
