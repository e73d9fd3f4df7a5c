"""Files that were logged without their store, and wait beside the journal."""

from contextlib import suppress
from pathlib import Path

from runstone.artifacts import transfer
from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.comparing import differing
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

    Raises:
        RunstoneError: The store refuses one, or cannot be reached.
    """
    for path in list(place.rglob("*")):
        if UNFINISHED.fullmatch(path.name):  # its call has never returned
            path.unlink()
    files, lacks = waiting(place), list[str]()
    if files:
        transfer.upload_folder(repository, place, ArtifactPath())
        lacks = differing(repository, place, [file.relative_to(place).as_posix() for file in files])
        for file in files:
            if file.relative_to(place).as_posix() not in lacks:
                file.unlink()
    with suppress(OSError):  # a capture may write there
        if not lacks and place.exists():
            for folder in sorted((path for path in place.rglob("*/")), reverse=True):
                folder.rmdir()
            place.rmdir()
    return len(files) - len(lacks), [f"the store has not the file {shown(name)} as it is here" for name in lacks]
