"""What runs have logged, sent to a server that speaks MLflow's protocol and nothing more."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from runstone.entities import Applied, Entry, LifecycleStage, Refusal
from runstone.errors import (
    AlreadyExists,
    BackendUnavailable,
    EndpointNotFound,
    InvalidValue,
    NotFound,
    RunDeleted,
    RunNotFound,
    RunstoneError,
)
from runstone.stores.base import TrackingStore
from runstone.stores.journals import Entries, changes_run, checked, neighbours, refusal
from runstone.stores.lineage import LineageStore

# What MLflow's protocol takes in one batch: 100 params, 100 tags, 1000 values of all kinds.
_MOST_PARAMS = _MOST_TAGS = 100
_MOST_VALUES = 1000

# What it answers where it is the entry that it does not take. All else, as that a token has expired or that too much is
# asked, says nothing of the entry, which waits.
_OF_ENTRY = (InvalidValue, AlreadyExists, NotFound)


class _Store(TrackingStore, LineageStore, Protocol):
    """What entries are logged to."""


def log(store: _Store, run_id: str, entries: Entries, follows: int) -> Applied:
    """Log the entries of a journal to a server that counts none: what it has already, it takes again unchanged.

    Only a tag that was changed meanwhile goes back to what it was when its entry was written.

    Args:
        store: The server.
        run_id: The run.
        entries: By number.
        follows: Number of the entry before them.
    """
    if not entries:
        return Applied(applied=follows)
    read = checked(entries)
    refused = [told for told in read if isinstance(told, Refusal)]
    for together in neighbours([entry for entry in read if isinstance(entry, Entry)]):
        if len(together) > 1 and _refused(store, run_id, together) is None:
            continue
        for entry in together:
            error = _refused(store, run_id, [entry])
            if error is not None:
                refused.append(refusal(entry.n, error))
    return Applied(applied=read[-1].n, refused=sorted(refused, key=lambda told: told.n))


def _refused(store: _Store, run_id: str, entries: Sequence[Entry]) -> RunstoneError | None:
    """Log neighbours; returns why the server takes no such entry, ``None`` if it has.

    Raises:
        RunNotFound: It is the run that the server does not have.
        RunDeleted: The run is in the trash.
        RunstoneError: Whatever else says nothing of the entries.
    """
    try:
        _take(store, run_id, entries)
    except _OF_ENTRY as error:
        # Of a run in the trash it says the same as of a value that it does not take.
        check_run(store, run_id)
        if isinstance(error, EndpointNotFound):
            return _lacking(store, run_id, entries)
        return error
    return None


def _lacking(store: _Store, run_id: str, entries: Sequence[Entry]) -> RunstoneError | None:
    """Log once more what the server, or a proxy in its place, had no endpoint for; older ones take no lineage."""
    try:
        _take(store, run_id, entries)
    except EndpointNotFound as error:
        if any(entry.datasets or entry.model_inputs or entry.model_outputs for entry in entries):
            return error
        raise BackendUnavailable(error.message) from None
    return None


def check_run(store: TrackingStore, run_id: str) -> None:
    """See that a server of MLflow answers, and has this run in use.

    Raises:
        RunNotFound: It has no such run.
        RunDeleted: The run is in the trash.
        BackendUnavailable: It is no such server that answers.
    """
    try:
        info = store.get_run(run_id).info
    except EndpointNotFound as error:
        raise BackendUnavailable(error.message) from None
    except NotFound:
        raise RunNotFound(run_id) from None
    if info.lifecycle_stage is LifecycleStage.DELETED:
        raise RunDeleted(run_id)


def _take(store: _Store, run_id: str, entries: Sequence[Entry]) -> None:
    for batch in _batches(entries):
        store.log_batch(run_id, metrics=batch.metrics, params=batch.params, tags=batch.tags)
    for entry in entries:
        if entry.datasets or entry.model_inputs:
            store.log_inputs(run_id, datasets=entry.datasets or (), models=entry.model_inputs or ())
        if entry.model_outputs:
            store.log_outputs(run_id, entry.model_outputs)
        if entry.deleted_tag:
            _delete_tag(store, run_id, entry.deleted_tag)
        if changes_run(entry):
            store.update_run(run_id, status=entry.status, end_time=entry.end_time, run_name=entry.run_name or None)


def _delete_tag(store: _Store, run_id: str, key: str) -> None:
    try:
        store.delete_tag(run_id, key)
    except EndpointNotFound:
        raise
    except NotFound:
        check_run(store, run_id)  # it may be the tag alone that is not there


def _batches(entries: Sequence[Entry]) -> Iterator[Entry]:
    """What these entries log, in batches within the limits of the protocol; of a tag that is set twice, the last."""
    metrics = [metric for entry in entries for metric in entry.metrics]
    params = [param for entry in entries for param in entry.params]
    tags = list({tag.key: tag for entry in entries for tag in entry.tags}.values())
    while metrics or params or tags:
        some_params, params = params[:_MOST_PARAMS], params[_MOST_PARAMS:]
        some_tags, tags = tags[:_MOST_TAGS], tags[_MOST_TAGS:]
        # Params are what may be refused: no metric goes before the last of them.
        room = 0 if params or tags else _MOST_VALUES - len(some_params) - len(some_tags)
        some_metrics, metrics = metrics[:room], metrics[room:]
        yield Entry(n=1, metrics=some_metrics, params=some_params, tags=some_tags)
