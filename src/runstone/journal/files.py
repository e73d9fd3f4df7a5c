"""Files that were logged without their store, and wait beside the journal."""

from pathlib import Path

from runstone.artifacts import transfer
from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.comparing import differing
from runstone.artifacts.staging import UNFINISHED
from runstone.entities.names import shown
from runstone.errors import BackendError, RunstoneError
from runstone.journal.folder import remove_empty


def waiting(place: Path) -> list[Path]:
    """The files in a folder and below, without those that a killed process had only begun."""
    return [path for path in sorted(place.rglob("*")) if path.is_file() and not UNFINISHED.fullmatch(path.name)]


def send(place: Path, repository: ArtifactRepository, *, is_alone: bool = True) -> tuple[int, list[str]]:
    """Send all files in a folder, and remove each that is there, to its last byte; killed in between, do it again.

    A file that is written anew meanwhile stays, and so does one that is refused.

    Args:
        place: The folder; it need not be there.
        repository: Where to.
        is_alone: Whether nobody writes to it; then what was only begun, and the empty folder, are removed as well.

    Returns:
        How many were sent, and what the store has not as it is here, a sentence each.

    Raises:
        BackendError: The store cannot be reached, or failed.
    """
    for path in list(place.rglob("*")) if is_alone else ():
        if UNFINISHED.fullmatch(path.name):  # its call has never returned
            path.unlink()
    found = {file.relative_to(place).as_posix(): file for file in waiting(place)}
    before, lacks, told = {name: _identity(file) for name, file in found.items()}, list[str](), list[str]()
    if found:
        try:
            transfer.upload_files(repository, found)
        except BackendError:
            raise
        except RunstoneError as error:
            told.append(error.message)  # of all that were refused; the others are there
        lacks = differing(repository, place, list(found))
        for name, file in found.items():
            if name not in lacks and _identity(file) == before[name]:
                file.unlink()
    if is_alone and not lacks:
        remove_empty(place)
    told += [f"the store has not the file {shown(name)} as it is here" for name in lacks]
    return len(found) - len(lacks), told


def _identity(file: Path) -> tuple[int, int, int]:
    """What differs once a file was written anew: it is put into its place whole."""
    state = file.stat()
    return state.st_ino, state.st_mtime_ns, state.st_size
