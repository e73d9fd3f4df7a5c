"""Files and logged models of a run whose store is away: they wait beside its journal."""

import logging
from collections.abc import Callable

from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.local import LocalRepository
from runstone.errors import BackendError, RunstoneError
from runstone.journal import files
from runstone.journal import folder as folders
from runstone.journal.run_journal import RunJournal

_logger = logging.getLogger("runstone")


def keep_files(journal: RunJournal, put: Callable[[ArtifactRepository], object]) -> None:
    """Keep artifacts of a run until somebody sends them, which nobody does while they are written.

    Args:
        journal: Of the run, which goes on.
        put: Writes them.

    Raises:
        BackendError: They cannot be written.
    """
    _make_place(journal, folders.ARTIFACTS)
    with folders.sending(journal.folder):
        put(LocalRepository(journal.folder / folders.ARTIFACTS))
        with folders.alone(journal.folder.parents[1]):
            folders.make(journal.folder.parents[1], journal.facts)  # another thread may have ended the run


def keep_models(journal: RunJournal) -> None:
    """Let logged models of a run, which goes on, be kept in its folder.

    Raises:
        BackendError: It cannot be written.
    """
    _make_place(journal, folders.MODELS)


def send_files(journal: RunJournal, repository: ArtifactRepository) -> None:
    """Send the artifacts that wait, before later ones overtake them. What is refused stays, and is told.

    Args:
        journal: Of the run, which goes on.
        repository: Where its artifacts are.

    Raises:
        BackendError: The store cannot be reached, or failed.
    """
    place = journal.folder / folders.ARTIFACTS
    if journal.facts.is_new or not journal.sends or not place.exists():
        return
    try:
        with folders.sending(journal.folder):
            _, lacks = files.send(place, repository)
    except BackendError:
        raise
    except RunstoneError as error:
        lacks = [error.message]
    for text in lacks:
        _logger.warning("%s: %s", place, text)


def _make_place(journal: RunJournal, name: str) -> None:
    within = journal.folder.parents[1]
    with folders.alone(within):
        place = folders.make(within, journal.facts) / name
        try:
            place.mkdir(exist_ok=True)
        except OSError as error:
            raise folders.unwritable(f"the folder {place} cannot be made", error) from error
    journal.begin()  # its lock says that the run is not left behind
