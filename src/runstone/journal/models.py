"""Logged models that were made without their store: ``runs/RUN/models/MODEL/{model.json, artifacts/}``."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from runstone import config
from runstone.artifacts import resolve as artifacts
from runstone.entities import LoggedModelStatus, Param, Tag
from runstone.errors import LoggedModelNotFound, RunstoneError, SchemaMismatch, Unsupported
from runstone.journal import files
from runstone.journal import folder as folders
from runstone.journal.format import VERSION
from runstone.journal.settling import settle
from runstone.schemas import wire
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore

FACTS = "model.json"
_ID = re.compile("m-[0-9a-f]{32}")


class ModelFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a logged model that waits: the file ``model.json``. It belongs to the run and its experiment.

    Attributes:
        journal: Version of the format.
        model_id: ``m-`` and 32 hexadecimal digits in lower case, chosen here.
        is_new: Whether the store has yet to make it.
        name: Its name.
        model_type: What kind of model it is; may be empty.
        created_at: Milliseconds since the Unix epoch, UTC.
        params: Params that wait.
        tags: Tags that wait.
        status: How far it has come; ``None`` while it is pending. It is sent last, when its files are there.
    """

    journal: int = field(default_factory=lambda: VERSION)  # written always
    model_id: str
    is_new: bool = False
    name: str = ""
    model_type: str = ""
    created_at: int = 0
    params: list[Param] = []
    tags: list[Tag] = []
    status: LoggedModelStatus | None = None


def make(run: Path, facts: ModelFacts) -> Path:
    """Keep a new model in the folder of its run; returns the folder of the model.

    Raises:
        JournalFull: It cannot be written.
    """
    folder = run / folders.MODELS / facts.model_id
    _write(folder, facts)
    return folder


def find(within: Path, model_id: str) -> Path:
    """The folder of a model among those of all runs.

    Raises:
        LoggedModelNotFound: There is none.
    """
    if _ID.fullmatch(model_id):
        for path in within.glob(f"runs/*/{folders.MODELS}/{model_id}/{FACTS}"):
            return path.parent
    raise LoggedModelNotFound(model_id)


def of_run(run: Path) -> list[Path]:
    """The folders of the models that wait in the folder of a run; files without what is known of them wait as well."""
    found = (run / folders.MODELS).glob("*/")
    return sorted(path for path in found if (path / FACTS).exists() or files.waiting(path / folders.ARTIFACTS))


def facts_of(folder: Path) -> ModelFacts:
    """What the file ``model.json`` in a folder says.

    Raises:
        SchemaMismatch: It cannot be read, or a newer Runstone wrote it.
    """
    path = folder / FACTS
    try:
        facts = wire.decode(path.read_bytes(), ModelFacts)
    except OSError as error:
        raise SchemaMismatch(f"{path} cannot be read: {error.strerror}") from None
    except RunstoneError as error:
        raise SchemaMismatch(f"{path} cannot be read: {wire.reason(error, 'the file')}") from None
    folders.check_version(path, facts.journal)
    return facts


def change(folder: Path, edit: Callable[[ModelFacts], ModelFacts]) -> None:
    """Change what is known of a model; no other process does so meanwhile.

    Args:
        folder: Of the model.
        edit: Gives the facts as they become; what it raises changes nothing.

    Raises:
        JournalFull: It cannot be written.
        SchemaMismatch: The file cannot be read.
    """
    with folders.alone(folder.parents[3]):
        _write(folder, edit(facts_of(folder)))


def create(folder: Path, store: TrackingStore, experiment_id: str, run_id: str) -> None:
    """Make a model in the store, with its params and tags, as far as that was not done.

    Args:
        folder: Of the model.
        store: Where it belongs.
        experiment_id: Its experiment there.
        run_id: Its run; empty for none.

    Raises:
        AlreadyExists: Its id is another model's there, or one's that was deleted.
        InvalidValue: A param has another value there.
        Unsupported: The store has no logged models, or chooses their ids itself, as genuine MLflow servers do.
        BackendError: The store cannot be reached.
    """
    facts, there = facts_of(folder), _lineage(store)
    if facts.is_new:
        make_there(facts, store, experiment_id, run_id)
    if facts.params:
        there.log_model_params(facts.model_id, facts.params)
    if facts.tags:
        there.set_logged_model_tags(facts.model_id, facts.tags)
    if facts.is_new or facts.params or facts.tags:
        change(folder, lambda facts: replace(facts, is_new=False, params=[], tags=[]))


def make_there(facts: ModelFacts, store: TrackingStore, experiment_id: str, run_id: str) -> None:
    """Make a model in the store, unless it is there: without params and tags, to which more may be added here.

    Args:
        facts: The model.
        store: Where it belongs.
        experiment_id: Its experiment there.
        run_id: Its run; empty for none.

    Raises:
        AlreadyExists: Its id is another model's there, or one's that was deleted.
        Unsupported: The store has no logged models, or chooses their ids itself, as genuine MLflow servers do.
        BackendError: The store cannot be reached.
    """
    there = _lineage(store)
    made = there.create_logged_model(
        experiment_id,
        name=facts.name,
        model_type=facts.model_type,
        source_run_id=run_id,
        model_id=facts.model_id,
        created_at=facts.created_at,
    )
    if made.model_id != facts.model_id:
        there.delete_logged_model(made.model_id)
        raise Unsupported("this server chooses the ids of logged models itself: it takes none that was made offline")


def is_there(model_id: str, store: TrackingStore) -> bool:
    """Whether the store has a model.

    Raises:
        BackendError: The store cannot be reached.
    """
    try:
        return isinstance(store, LineageStore) and store.get_logged_model(model_id).model_id == model_id
    except LoggedModelNotFound:
        return False


def complete(folder: Path, store: TrackingStore, tracking_uri: str) -> tuple[int, list[str]]:
    """Send the files of a model, and then its status; remove its folder.

    Args:
        folder: Of the model, which the store has.
        store: Where it belongs.
        tracking_uri: Its address.

    Returns:
        How many files were sent, and what the store lacks, a sentence each; the folder stays where it lacks something.

    Raises:
        LoggedModelNotFound: The model was deleted there.
        BackendError: The store cannot be reached.
    """
    facts, there = facts_of(folder), _lineage(store)
    model = there.get_logged_model(facts.model_id)
    repository = artifacts.repository(model.artifact_location, tracking_uri=tracking_uri)
    count, lacks = files.send(folder / folders.ARTIFACTS, repository)
    if not lacks:
        if facts.status is not None and model.status is not facts.status:
            there.finalize_logged_model(facts.model_id, facts.status)
        settle(store)
        remove(folder)
    return count, lacks


def remove(folder: Path) -> None:
    """Remove the folder of a model that has no files."""
    (folder / FACTS).unlink(missing_ok=True)
    clear(folder.parent)


def clear(place: Path) -> None:
    """Remove the folders of models that a killed process has only begun, or not removed to the end, and this one.

    Args:
        place: The folder ``models`` of a run.
    """
    for folder in place.glob("*/"):
        if not (folder / FACTS).exists() and not (folder / folders.ARTIFACTS).exists():
            folders.remove_begun(folder)
    with suppress(OSError):  # others wait in it
        place.rmdir()


def _lineage(store: TrackingStore) -> LineageStore:
    if not isinstance(store, LineageStore):
        raise Unsupported("this store has no logged models; name another one with `runstone --tracking-uri URI sync`")
    return store


def _write(folder: Path, facts: ModelFacts) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_wanted = config.JOURNAL_FSYNC.required() != "never"
        folders.write_whole(folder / FACTS, wire.encode(facts) + b"\n", durable=is_wanted)
    except OSError as error:
        raise folders.unwritable(f"the logged model {folder} cannot be kept", error) from error
