"""Where journals are kept: ``FOLDER/runs/RUN/{run.json, journal.jsonl, artifacts/}``."""

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct, field

from runstone import config
from runstone.artifacts.staging import UNFINISHED
from runstone.entities import Tag
from runstone.entities.names import without_password
from runstone.errors import JournalFull, RunNotFound, RunstoneError, SchemaMismatch, Unsupported
from runstone.journal.format import VERSION
from runstone.schemas import wire

ARTIFACTS = "artifacts"
MODELS = "models"
FACTS = "run.json"
# Before the name of an experiment that has no id yet.
BY_NAME = "offline:"
# Id of the experiment that every store has.
ALWAYS = "0"
_FILE = "sqlite:///"
_MEND_FACTS = (
    "; put it back, or write it anew, with the run_id at least, or remove its folder to give up what was logged"
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RunFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a run before its journal: the file ``run.json``.

    Attributes:
        journal: Version of the format.
        run_id: The run.
        tracking_uri: Where it belongs, without a password. A database's file is named as seen from the folder that
            the journals' folder is in.
        is_run: Whether there is a run; else the folder is that of a logged model which belongs to none.
        is_new: Whether the run was made here, and the store is to make it when it takes the first entries.
        experiment_id: Experiment of a new run at ``tracking_uri``; empty where it is known by name.
        experiment_name: The same by name, as far as that is known; made where there is none. At another address than
            ``tracking_uri`` it goes by the name.
        run_name: Name of a new run.
        user_id: Who started it.
        start_time: Milliseconds since the Unix epoch, UTC.
        tags: First tags of a new run.
    """

    journal: int = field(default_factory=lambda: VERSION)  # written always
    run_id: str
    tracking_uri: str = ""
    is_run: bool = True
    is_new: bool = False
    experiment_id: str = ""
    experiment_name: str = ""
    run_name: str = ""
    user_id: str = ""
    start_time: int = 0
    tags: list[Tag] = []


def root() -> Path:
    """The folder of journals that the setting names, seen from the working directory of now."""
    return Path(config.JOURNAL_DIR.required()).absolute()


def seen_from(within: Path, uri: str) -> str:
    """The address of a store as a journal holds it: without a password, and still right when all of it is moved.

    Example:
        >>> seen_from(Path("/data/.runstone"), "sqlite:////data/db/runstone.db")
        'sqlite:///db/runstone.db'
    """
    if not uri.startswith(_FILE):
        return without_password(uri)
    return _FILE + os.path.relpath(Path(uri.removeprefix(_FILE)).absolute(), within.parent)


def meant_from(within: Path, uri: str) -> str:
    """The address that ``seen_from`` was given, but for a password."""
    if not uri.startswith(_FILE):
        return uri
    return _FILE + os.path.normpath(within.parent / uri.removeprefix(_FILE))


def run_folder(within: Path, run_id: str) -> Path:
    """The folder of a run; it need not be there.

    Raises:
        RunNotFound: No run can have this id.
    """
    if not _ID.fullmatch(run_id):
        raise RunNotFound(run_id)
    return within / "runs" / run_id


def place_of(within: Path, run_id: str, tracking_uri: str) -> Path:
    """The folder of a run of a store; it need not be there.

    It has the id for its name, and a number behind it where that has what waits for another store, as where a database
    was copied: what is logged to the copy must not go to the first.

    Args:
        within: Folder of journals.
        run_id: The run.
        tracking_uri: Its store, as seen from that folder; an empty text for whichever it is.

    Raises:
        RunNotFound: No run can have this id.
    """
    folder, number = run_folder(within, run_id), 1
    while not _is_for(folder, tracking_uri):
        number += 1
        folder = folder.with_name(f"{run_id}-{number}")
    return folder


def _is_for(folder: Path, tracking_uri: str) -> bool:
    try:
        known = facts_of(folder).tracking_uri
    except (SchemaMismatch, Unsupported):
        return True  # nothing is there, or whoever sends it is told
    return known == tracking_uri or "" in {known, tracking_uri}


def unwritable(what: str, error: OSError) -> JournalFull:
    """The error for a journal that the system lets nobody write.

    Args:
        what: What cannot be done, and where.
        error: The system's.
    """
    is_full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    is_file = isinstance(error, FileExistsError | NotADirectoryError)
    mend = "make room there" if is_full else "give this user write access there"
    reason, mend = ("a file stands in its place", "move that away") if is_file else (error.strerror, mend)
    return JournalFull(f"{what}: {reason}; {mend}, or name another folder by RUNSTONE_JOURNAL_DIR")


@contextmanager
def alone(within: Path) -> Iterator[None]:
    """Make the folder of journals; no other process makes or removes the folder of a run in it while the block runs.

    Raises:
        JournalFull: It cannot be made.
    """
    try:
        if not (within / ".gitignore").exists():
            within.mkdir(parents=True, exist_ok=True)
            (within / ".gitignore").write_text("*\n")
        file = (within / ".lock").open("ab")
    except OSError as error:
        raise unwritable(f"no journal can be kept in {within}", error) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # a fork of this moment has the file as well


@contextmanager
def sending(folder: Path) -> Iterator[bool]:
    """No other process sends what waits for a run while the block runs; yields whether another has sent it all."""
    try:
        file = (folder / FACTS).open("rb")
    except FileNotFoundError:
        yield True
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield not (folder / FACTS).exists()
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # a fork of this moment has the file as well


def make(within: Path, facts: RunFacts) -> Path:
    """Make the folder of a run, with its facts, unless it is there. Called ``alone``.

    Raises:
        JournalFull: It cannot be made.
    """
    folder = place_of(within, facts.run_id, facts.tracking_uri)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / FACTS).exists():
            is_wanted = config.JOURNAL_FSYNC.required() == "always"
            write_whole(folder / FACTS, wire.encode(facts) + b"\n", durable=is_wanted)
    except OSError as error:
        raise unwritable(f"the journal {folder} cannot be made", error) from error
    return folder


def facts_of(folder: Path) -> RunFacts:
    """What the file ``run.json`` in a folder says.

    Raises:
        SchemaMismatch: There is none, it cannot be read, or a newer Runstone wrote it.
    """
    path = folder / FACTS
    try:
        facts = wire.decode(path.read_bytes(), RunFacts)
    except OSError as error:
        mend = _MEND_FACTS if isinstance(error, FileNotFoundError) else ""
        raise SchemaMismatch(f"{path} cannot be read: {error.strerror}{mend}") from None
    except RunstoneError as error:
        raise SchemaMismatch(f"{path} cannot be read: {wire.reason(error, 'the file')}{_MEND_FACTS}") from None
    check_version(path, facts.journal)
    return facts


def check_version(path: Path, version: int) -> None:
    """Check that this Runstone reads a file of this version.

    Raises:
        SchemaMismatch: A newer one wrote it.
    """
    if version > VERSION:
        raise SchemaMismatch(
            f"{path} is of version {version}, written by a newer Runstone; this one reads up to {VERSION}: upgrade it"
        )


def id_and_name(experiment_id: str) -> tuple[str, str]:
    """The id of an experiment, or else the name that stands behind ``offline:`` in its place; the other is empty."""
    is_named = experiment_id.startswith(BY_NAME)
    return ("", experiment_id.removeprefix(BY_NAME)) if is_named else (experiment_id, "")


def experiment_of(facts: RunFacts) -> str:
    """The experiment of a run that was made here: its id, or ``offline:`` and its name."""
    return facts.experiment_id or BY_NAME + facts.experiment_name


def journals_of(folder: Path) -> list[Path]:
    """The journals in a run's folder, those of the process that began first."""
    return sorted(folder.glob("journal*.jsonl"), key=lambda path: (path.name != "journal.jsonl", path.name))


def keeps_files(folder: Path) -> bool:
    """Whether files or logged models wait in the folder of a run."""
    return is_kept(folder, ARTIFACTS) or is_kept(folder, MODELS)


def keeps_anything(folder: Path) -> bool:
    """Whether something waits in the folder of a run whose own journal is gone: files, models, journals of others."""
    return keeps_files(folder) or bool(journals_of(folder))


def holds_something(folder: Path) -> bool:
    """Whether a journal, a file or what is known of a logged model waits in the folder of a run."""
    below = [path for name in (ARTIFACTS, MODELS) for path in (folder / name).rglob("*")]
    return bool(journals_of(folder)) or any(path.is_file() and not _is_begun(path) for path in below)


def _is_begun(path: Path) -> bool:
    return UNFINISHED.fullmatch(path.name) is not None or path.name.startswith(".model.json-")


def is_ours(folder: Path) -> bool:
    """Whether a folder belongs to the user of this process."""
    try:
        return folder.stat().st_uid == os.geteuid()
    except OSError:
        return False


def is_kept(folder: Path, name: str) -> bool:
    """Whether there is something of this name in the folder of a run; where nobody may look, there is not."""
    try:
        return (folder / name).exists()
    except OSError:
        return False


def clear(folder: Path) -> None:
    """Remove the folder of a run, unless something in it is still to be sent. What is damaged stays."""
    with suppress(JournalFull, OSError), alone(folder.parent.parent):  # files wait in it
        if not journals_of(folder):
            for place in (folder / ARTIFACTS, folder / MODELS):
                remove_empty(place)
            (folder / FACTS).unlink(missing_ok=True)
            remove_begun(folder)


def remove_empty(place: Path) -> None:
    """Remove a folder with all below, none of which holds a file; an ``OSError`` where one does."""
    if place.exists():
        for folder in sorted(place.rglob("*/"), reverse=True):
            folder.rmdir()
        place.rmdir()


def clear_remains(folder: Path) -> bool:
    """Remove a folder that a killed process has only begun, or not removed to the end; returns whether it was one."""
    with alone(folder.parent.parent):
        if (folder / FACTS).exists() or (folder / ARTIFACTS).exists() or holds_something(folder):
            return False
        with suppress(OSError):  # what is damaged stays
            remove_begun(folder)
        return True


def remove_begun(folder: Path) -> None:
    """Remove a folder in which nothing is but what a killed process has begun, and nobody relies on."""
    for begun in folder.glob(".*"):
        begun.unlink()
    folder.rmdir()


def write_whole(path: Path, text: bytes, *, durable: bool) -> None:
    """Write a file that is there whole, or not at all.

    Args:
        path: The file.
        text: All of it.
        durable: Whether it survives a loss of power at once, which takes the disk's time.
    """
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    with beside.open("wb") as file:
        file.write(text)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)


def make_durable(folder: Path) -> None:
    """Let the folder of a run and its facts survive a loss of power; without them nobody knows whose its journal is.

    Raises:
        JournalFull: The disk did not take it.
    """
    within = folder.parent.parent
    try:
        for path in (folder / FACTS, folder, folder.parent, within, within.parent):
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(file)
            finally:
                os.close(file)
    except OSError as error:
        raise unwritable(f"the journal {folder} cannot be written", error) from error
