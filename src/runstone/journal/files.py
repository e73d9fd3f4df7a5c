"""Files that were logged without their store, and wait beside the journal."""

import hashlib
from contextlib import closing
from pathlib import Path

from runstone.artifacts import transfer
from runstone.artifacts.base import CHUNK, ArtifactRepository
from runstone.artifacts.staging import UNFINISHED
from runstone.entities import ArtifactPath
from runstone.entities.names import shown


def waiting(place: Path) -> list[Path]:
    """The files in a folder and below, without those that a killed process had only begun."""
    return [path for path in sorted(place.rglob("*")) if path.is_file() and not UNFINISHED.fullmatch(path.name)]


def send(place: Path, repository: ArtifactRepository) -> tuple[int, list[str]]:
    """Send all files in a folder, and remove each that is there, to its last byte; killed in between, do it again.

    Args:
        place: The folder; it need not be there, and is not afterwards if all was sent. Nobody writes to it.
        repository: Where to.

    Returns:
        How many were sent, and what the store has not as it is here, a sentence each.
    """
    for path in list(place.rglob("*")):
        if UNFINISHED.fullmatch(path.name):  # its call has never returned
            path.unlink()
    files, lacks = waiting(place), []
    if files:
        transfer.upload_folder(repository, place, ArtifactPath())
        there = {file.path: file.file_size for file in transfer.remote_files(repository)}
        for file in files:
            name = ArtifactPath(file.relative_to(place).as_posix())
            size = file.stat().st_size
            if there.get(name) == size and _hash_there(repository, name, size) == _hash_here(file):
                file.unlink()
            else:
                lacks.append(f"the store has not the file {shown(name)} as it is here")
    if not lacks and place.exists():
        for folder in sorted((path for path in place.rglob("*/")), reverse=True):
            folder.rmdir()
        place.rmdir()
    return len(files) - len(lacks), lacks


def _hash_there(repository: ArtifactRepository, path: ArtifactPath, size: int) -> str:
    """SHA-256 of what the store gives; of a large file as the store has recorded it, if it has."""
    with closing(repository.read(path)) as pieces:
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
