"""A local folder held against what a store has, file by file."""

import hashlib
from contextlib import closing
from pathlib import Path

from runstone.artifacts.base import CHUNK, ArtifactRepository
from runstone.artifacts.transfer import in_parallel, remote_files
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactNotFound


def differing(repository: ArtifactRepository, local_dir: Path, names: list[str]) -> list[str]:
    """Which files a store has not as they are here, by size and SHA-256; several are compared at a time.

    Args:
        repository: The store, whose root stands for ``local_dir``.
        local_dir: A folder.
        names: Files in it, by path.

    Raises:
        RunstoneError: The store gives no answer.
    """
    sizes = {file.path: file.file_size for file in remote_files(repository)}
    found: list[str] = []

    def compare(name: str) -> None:
        file = local_dir / name
        size = file.stat().st_size
        if sizes.get(name) != size or _hash_there(repository, ArtifactPath(name), size) != _hash_here(file):
            found.append(name)

    in_parallel(compare, names)
    return sorted(found)


def _hash_there(repository: ArtifactRepository, path: ArtifactPath, size: int) -> str:
    """SHA-256 of what the store gives; of a large file as the store has recorded it, if it has."""
    try:
        pieces = repository.read(path)
    except ArtifactNotFound:
        return ""
    with closing(pieces):
        if pieces.sha256 is not None and size > CHUNK:
            next(pieces)  # what nobody has begun to read is not closed
            return pieces.sha256
        counted = hashlib.sha256()
        for piece in pieces:
            counted.update(piece)
        return counted.hexdigest()


def _hash_here(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
