"""Files and logged models of a run whose store is away: they wait beside its journal."""

import logging
from collections.abc import Callable
from pathlib import Path

from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.local import LocalRepository
from runstone.errors import BackendUnavailable, RunstoneError
from runstone.journal import files
from runstone.journal import folder as folders
from runstone.journal.run_journal import RunJournal

_logger = logging.getLogger("runstone")


def keep_files(journal: RunJournal, put: Callable[[ArtifactRepository], object]) -> None:
    """Keep artifacts of a run until somebody sends them. Waits for nobody who does so.

    Args:
        journal: Of the run, which goes on.
        put: Writes them.

    Raises:
        BackendError: They cannot be written.
    """
    _make_place(journal, folders.ARTIFACTS)
    put(LocalRepository(journal.folder / folders.ARTIFACTS))
    with folders.alone(journal.folder.parents[1]):
        folders.make(journal.folder.parents[1], journal.facts)  # another thread may have ended the run


def keep_models(journal: RunJournal) -> None:
    """Let logged models of a run, which goes on, be kept in its folder.

    Raises:
        BackendError: It cannot be written.
    """
    _make_place(journal, folders.MODELS)


def send_files(folder: Path, tracking_uri: str, repository: ArtifactRepository) -> None:
    """Send the artifacts of a run that wait, before later ones overtake them. What is refused stays, and is told.

    Args:
        folder: Of the run, which goes on.
        tracking_uri: Address of the store that has it.
        repository: Where its artifacts are.

    Raises:
        BackendUnavailable: The store cannot be reached.
    """
    place = folder / folders.ARTIFACTS
    if not folders.is_kept(folder, folders.ARTIFACTS) or not files.waiting(place):
        return
    try:
        if folders.facts_of(folder).tracking_uri != folders.seen_from(folder.parents[1], tracking_uri):
            return
        with folders.sending(folder):
            _, told = files.send(place, repository, is_alone=False)
    except BackendUnavailable:
        raise
    except RunstoneError as error:
        told = [error.message]
    for text in told:
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
