"""What processes left behind that were killed, or whose server was away: found, and sent."""

import fcntl
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import time

from msgspec import Struct
from msgspec.structs import replace

from runstone.artifacts import resolve as artifacts
from runstone.entities import Entry, Refusal, RunStatus, Tag
from runstone.entities.tag import END
from runstone.errors import BackendError, InvalidState, JournalFull, RunstoneError, SchemaMismatch, Unsupported
from runstone.journal import files, holding, models, reader
from runstone.journal import folder as folders
from runstone.journal.creation import create, experiment_of, named_models
from runstone.journal.folder import RunFacts
from runstone.journal.reader import Damage
from runstone.journal.settling import settle
from runstone.journal.verification import MOST_VALUES, Tally
from runstone.stores.base import TrackingStore

_logger = logging.getLogger("runstone")

_DAMAGED = "damaged-"


class Leftover(Struct, frozen=True):
    """The folder of a run, in which something waits to be sent.

    Attributes:
        folder: The folder.
        facts: The run.
        size: Bytes of its journals.
        files: Artifacts that wait, those of logged models included.
        models: Folders of the logged models that wait.
        changed_at: Milliseconds since the Unix epoch, UTC, at which something was written to a journal last.
        is_alive: Whether a process still logs to it, and will send it.
    """

    folder: Path
    facts: RunFacts
    size: int
    files: list[Path]
    models: list[Path]
    changed_at: int
    is_alive: bool


class Sent(Struct):
    """What became of the folder of a run.

    Attributes:
        entries: Entries that the store had not taken before.
        files: Artifacts that were sent, and found there to the last byte.
        models: Logged models that were sent.
        values: Values of metrics that were counted there afterwards.
        params: Params that were.
        lacks: What the store was found to lack afterwards, by the file that is kept.
        refused: What the store refused.
        damages: What could not be read, by the file that is kept.
    """

    entries: int = 0
    files: int = 0
    models: int = 0
    values: int = 0
    params: int = 0
    lacks: dict[str, list[str]] = {}
    refused: list[Refusal] = []
    damages: dict[str, list[Damage]] = {}

    def complaints(self) -> list[str]:
        """What did not arrive, a sentence each."""
        return [
            *(f"refused: {told.message}" for told in self.refused),
            *(f"not arrived, and kept as {name}: {text}" for name, lacks in self.lacks.items() for text in lacks),
            *(
                f"damaged, and kept as {name}: line {damage.line}: {damage.reason}"
                for name, damages in self.damages.items()
                for damage in damages
            ),
        ]


def recover(
    within: Path, uris: Collection[str], store_of: Callable[[str], TrackingStore], *, takes_files: bool = True
) -> None:
    """Send what processes that are gone have left in a folder of journals. What became of it is logged.

    Args:
        within: The folder.
        uris: Addresses of the stores that are sent to.
        store_of: Opens one of them.
        takes_files: Whether runs of which files wait are sent as well.
    """
    for leftover in find(within):
        if leftover.is_alive or ((leftover.files or leftover.models) and not takes_files):
            continue
        for uri in uris:
            if leftover.facts.tracking_uri == folders.seen_from(within, uri):
                _recover(leftover, uri, store_of)


def recover_run(folder: Path, uri: str, store_of: Callable[[str], TrackingStore]) -> None:
    """Send what waits in the folder of one run of this process, unless another logs to it; the run may go on.

    What became of it is logged.

    Args:
        folder: Of the run.
        uri: Address of its store.
        store_of: Opens it.
    """
    leftover = _readable(folder, clears=True, tell=_warn)
    if leftover is not None and not leftover.is_alive:
        _recover(leftover, uri, store_of, is_gone=False)


def _recover(leftover: Leftover, uri: str, store_of: Callable[[str], TrackingStore], *, is_gone: bool = True) -> None:
    try:
        sent = send(leftover, store_of(uri), uri, is_gone=is_gone)
    except RunstoneError as error:
        _warn(leftover.folder, str(error))
        return
    _logger.info("the run %s: %d entries were left behind, and are sent now", leftover.facts.run_id, sent.entries)
    for told in sent.complaints():
        _logger.warning("%s: %s", leftover.folder, told)


def _warn(folder: Path, reason: str) -> None:
    _logger.warning("%s still waits: %s", folder, reason)


def find(within: Path, *, clears: bool = True, tell: Callable[[Path, str], None] = _warn) -> list[Leftover]:
    """The runs in a folder of journals, by id.

    Args:
        within: The folder.
        clears: Whether folders that a killed process has only begun are removed.
        tell: Takes each folder of a run that cannot be read, and is left, and why; logs that by default.
    """
    seen = (_readable(folder, clears=clears, tell=tell) for folder in sorted((within / "runs").glob("*/")))
    # Models of no run first: the journal of a run may name them.
    return sorted((leftover for leftover in seen if leftover is not None), key=lambda leftover: leftover.facts.is_run)


def _readable(folder: Path, *, clears: bool, tell: Callable[[Path, str], None]) -> Leftover | None:
    """What waits in the folder of a run; ``None`` for nothing, and for what cannot be read, which is told."""
    try:
        return None if clears and folders.clear_remains(folder) else _look_into(folder, clears=clears)
    except FileNotFoundError:
        return None  # its process has just removed it
    except (JournalFull, SchemaMismatch, Unsupported) as error:
        if folders.holds_something(folder):  # else its process has just removed it
            tell(folder, error.message)
    except OSError as error:
        # In a folder that several people use, each sends their own.
        if not isinstance(error, PermissionError) or folders.is_ours(folder):
            tell(folder, f"{error.filename or folder} cannot be read: {error.strerror}")
    return None


def _look_into(folder: Path, *, clears: bool = False) -> Leftover | None:
    """What waits in the folder of a run; ``None`` for nothing, as while its process pauses, or just begins."""
    journals = folders.journals_of(folder)
    if not (folder / folders.FACTS).exists() and not folders.holds_something(folder):
        return None
    facts = folders.facts_of(folder)
    waiting = models.of_run(folder)
    places = [folder / folders.ARTIFACTS, *(model / folders.ARTIFACTS for model in waiting)]
    found = [path for place in places for path in files.waiting(place)]
    if not journals and not found and not waiting and not facts.is_new:
        if clears:
            folders.clear(folder)
        return None
    states = [path.stat() for path in journals]
    return Leftover(
        folder=folder,
        facts=facts,
        size=sum(state.st_size for state in states),
        files=found,
        models=waiting,
        changed_at=round(max((state.st_mtime for state in states), default=time()) * 1000),
        is_alive=any(holding.is_written(path) for path in journals),
    )


def send(
    leftover: Leftover,
    store: TrackingStore,
    tracking_uri: str,
    advance: Callable[[int], None] = lambda _: None,
    *,
    is_gone: bool = True,
) -> Sent:
    """Send what waits in the folder of a run, and remove it. Killed in between, it goes on at the next time.

    Where another process does so at this moment, it is waited for.

    A file in which something is damaged is kept, by another name, once the rest of it is sent.

    Args:
        leftover: The folder.
        store: Where the run belongs.
        tracking_uri: Its address.
        advance: Told the bytes of the journals as they are sent.
        is_gone: Whether the process of the run is, so that a run which has not ended is lost.

    Raises:
        BackendError: The store cannot be reached, or failed.
        RunNotFound: It has no such run.
        RunDeleted: The run is in the trash.
    """
    sent = Sent()
    with folders.sending(leftover.folder) as is_sent:
        if not is_sent:
            _send(leftover, store, tracking_uri, sent, advance, is_gone=is_gone)
            if leftover.facts.is_run:
                settle(store)
            folders.clear(leftover.folder)
    return sent


def _send(
    leftover: Leftover,
    store: TrackingStore,
    tracking_uri: str,
    sent: Sent,
    advance: Callable[[int], None],
    *,
    is_gone: bool,
) -> None:
    if leftover.facts.is_new:
        create(store, _facts_at(leftover, tracking_uri))
    _send_models(leftover, store, tracking_uri, sent)
    if leftover.facts.is_run:
        _send_journals(leftover, store, sent, advance, is_gone=is_gone)
        _send_files(leftover, store, tracking_uri, sent)
    else:
        for path in folders.journals_of(leftover.folder):
            path.unlink()  # its lock has said that the process lives; there is nothing in it
    _complete_models(leftover, store, tracking_uri, sent)


def _facts_at(leftover: Leftover, tracking_uri: str) -> RunFacts:
    """The facts of a run or a model as they are right at an address: the id of its experiment holds at its own alone.

    Raises:
        InvalidState: It goes to another address, and the name of its experiment is not known.
    """
    facts, within = leftover.facts, leftover.folder.parent.parent
    is_home = facts.tracking_uri in {"", folders.seen_from(within, tracking_uri)}
    if is_home or facts.experiment_id in {"", folders.ALWAYS}:
        return facts
    if not facts.experiment_name:
        raise InvalidState(
            f"it belongs to the experiment {facts.experiment_id} at {folders.meant_from(within, facts.tracking_uri)}, "
            "whose name is not known here, and another store has another one by this id; send it to that address, or "
            f"write the name into {leftover.folder / folders.FACTS} as experiment_name"
        )
    return replace(facts, experiment_id="")


def _send_journals(
    leftover: Leftover, store: TrackingStore, sent: Sent, advance: Callable[[int], None], *, is_gone: bool
) -> None:
    """Send the journals one after another, as they were begun: what was said last of the run holds.

    Each is removed when what it says is done, the end of a run that did not say how it ends included: else whoever
    comes after a kill would find nothing that waits, and the run would go on for ever.
    """
    left = sorted(folders.journals_of(leftover.folder), key=_made_at)
    for path in left:
        with holding.held(path, fcntl.LOCK_EX, within_s=holding.LOOK_S) as file:
            if file is None:
                continue
            damages, tally = _send_journal(file, leftover, store, sent, advance)
            sent.values, sent.params = sent.values + tally.size, sent.params + len(tally.params)
            lacks = tally.missing(store, leftover.facts.run_id)
            if is_gone and folders.journals_of(leftover.folder) == [path]:
                _end(leftover, store)
            settle(store)
            if damages or lacks:
                kept = _kept(path)
                path.replace(kept)
                sent.damages[kept.name] = damages
                sent.lacks[kept.name] = lacks
            else:
                path.unlink()
    if is_gone and not left:
        _end(leftover, store)


def _made_at(path: Path) -> tuple[int, str]:
    """When a journal was begun, and its name; one that cannot be read comes first, as it always did."""
    try:
        with path.open("rb") as file:
            header, _, _ = reader.begin(file.fileno())
    except (OSError, Unsupported):
        header = None  # whoever sends it is told
    return 0 if header is None else header.made_at, path.name


def _kept(path: Path) -> Path:
    """A name for a file in which something is damaged; an earlier one keeps its own."""
    kept, number = path.with_name(_DAMAGED + path.name), 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{_DAMAGED}{number}-{path.name}")
    return kept


def _end(leftover: Leftover, store: TrackingStore) -> None:
    """End a run whose process is gone without having said so; should another one log to it, that brings it back."""
    run_id = leftover.facts.run_id
    if store.get_run(run_id).info.status is not RunStatus.RUNNING:
        return
    since = datetime.fromtimestamp(leftover.changed_at / 1000, UTC).isoformat(timespec="seconds")
    store.log_batch(run_id, tags=[Tag(END, f"lost: its process was gone; it had logged until {since}")])
    store.update_run(run_id, status=RunStatus.FAILED, end_time=leftover.changed_at)


def _send_files(leftover: Leftover, store: TrackingStore, tracking_uri: str, sent: Sent) -> None:
    """Send the artifacts, and remove each that is there."""
    place = leftover.folder / folders.ARTIFACTS
    if place.exists():
        uri = store.get_run(leftover.facts.run_id).info.artifact_uri
        count, lacks = files.send(place, artifacts.repository(uri, tracking_uri=tracking_uri))
        sent.files += count
        if lacks:
            sent.lacks[place.name] = lacks


def _send_models(leftover: Leftover, store: TrackingStore, tracking_uri: str, sent: Sent) -> None:
    """Make the logged models in the store, so that the journal may name them."""
    if leftover.models:
        run_id = leftover.facts.run_id if leftover.facts.is_run else ""
        facts = leftover.facts if run_id else _facts_at(leftover, tracking_uri)
        experiment_id = store.get_run(run_id).info.experiment_id if run_id else experiment_of(store, facts)
        for folder in leftover.models:
            with _told(folder, sent):
                models.create(folder, store, experiment_id, run_id)


def _complete_models(leftover: Leftover, store: TrackingStore, tracking_uri: str, sent: Sent) -> None:
    """Send the files of the logged models, and their status."""
    for folder in leftover.models:
        if _name_of(folder) in sent.lacks:
            continue
        with _told(folder, sent):
            count, lacks = models.complete(folder, store, tracking_uri)
            sent.files += count
            sent.models += not lacks
            if lacks:
                sent.lacks[_name_of(folder)] = lacks
    models.clear(leftover.folder / folders.MODELS)


@contextmanager
def _told(folder: Path, sent: Sent) -> Iterator[None]:
    """What the store refuses of a model hinders nothing else; the model is kept."""
    try:
        yield
    except BackendError:
        raise
    except RunstoneError as error:
        sent.lacks[_name_of(folder)] = [error.message]


def _name_of(model: Path) -> str:
    return f"{folders.MODELS}/{model.name}"


def _send_journal(
    file: int, leftover: Leftover, store: TrackingStore, sent: Sent, advance: Callable[[int], None]
) -> tuple[list[Damage], Tally]:
    """Send what the store has not come to yet; what could not be read, and what it has to have now.

    What it had before counts as well, unless that is too much: a copy in which something was damaged may have been sent
    first, and the store then takes nothing of what stands before its end.
    """
    run_id, whole, fresh = leftover.facts.run_id, Tally(), Tally()
    header, position, damages = reader.begin(file)
    if header is None:
        return [], whole
    advance(position.offset)
    start = store.append_journal(run_id, header.writer, []).applied
    refused = {told.n for told in store.journal_refusals(run_id)} if start > position.n else set()
    follows = 0 if start < header.after else header.after
    while True:
        stretch = reader.read(file, position)
        if stretch.end == position:
            return damages, whole if whole.count <= MOST_VALUES else fresh
        damages += stretch.damages
        if stretch.end.n > start or not stretch.entries:
            _check_models(leftover.folder, [entry for entry in stretch.entries if entry.n > start], store)
            applied = store.append_journal(run_id, header.writer, stretch.entries, follows=follows)
            sent.refused += applied.refused
            sent.entries += sum(entry.n > start for entry in stretch.entries)
            refused |= {told.n for told in applied.refused}
        for entry in stretch.entries:
            if entry.n not in refused:
                whole.add(entry)
                if entry.n > start:
                    fresh.add(entry)
        advance(stretch.end.offset - position.offset)
        position, follows = stretch.end, stretch.end.n


def _check_models(run: Path, entries: Iterable[Entry], store: TrackingStore) -> None:
    """Check that what entries say of a logged model which waits here can be sent; the store would refuse it for ever.

    Raises:
        SchemaMismatch: What is known of the model is gone, and the store does not have it.
    """
    for model_id in sorted({model_id for entry in entries for model_id in named_models(entry)}):
        facts = run / folders.MODELS / model_id / models.FACTS
        if facts.parent.exists() and not facts.exists() and not models.is_there(model_id, store):
            raise SchemaMismatch(
                f"{facts} is gone, without which the logged model cannot be made; put it back, or remove its folder "
                "to give up what was logged of the model"
            )
