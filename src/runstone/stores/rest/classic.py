"""What runs have logged, sent to a server that speaks MLflow's protocol and nothing more."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from runstone.entities import Applied, Entry, Refusal
from runstone.errors import BackendError, NotFound, RunDeleted, RunNotFound, RunstoneError
from runstone.stores.base import TrackingStore
from runstone.stores.journals import Entries, changes_run, checked, neighbours, refusal
from runstone.stores.lineage import LineageStore

# What MLflow's protocol takes in one batch: 100 params, 100 tags, 1000 values of all kinds.
_MOST_PARAMS = _MOST_TAGS = 100
_MOST_VALUES = 1000


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
        if len(together) > 1 and not _is_refused(store, run_id, together):
            continue
        for entry in together:
            try:
                _take(store, run_id, entry)
            except (BackendError, RunNotFound, RunDeleted):
                raise
            except RunstoneError as error:
                refused.append(refusal(entry.n, error))
    return Applied(applied=read[-1].n, refused=sorted(refused, key=lambda told: told.n))


def _is_refused(store: _Store, run_id: str, entries: Sequence[Entry]) -> bool:
    """Log them together; whether that was refused, so that each is to be tried by itself."""
    try:
        for batch in _batches(entries):
            store.log_batch(run_id, metrics=batch.metrics, params=batch.params, tags=batch.tags)
    except (BackendError, RunNotFound, RunDeleted):
        raise
    except RunstoneError:
        return True
    return False


def _take(store: _Store, run_id: str, entry: Entry) -> None:
    for batch in _batches([entry]):
        store.log_batch(run_id, metrics=batch.metrics, params=batch.params, tags=batch.tags)
    if entry.datasets or entry.model_inputs:
        store.log_inputs(run_id, datasets=entry.datasets or (), models=entry.model_inputs or ())
    if entry.model_outputs:
        store.log_outputs(run_id, entry.model_outputs)
    if entry.deleted_tag:
        with suppress(NotFound):
            store.delete_tag(run_id, entry.deleted_tag)
    if changes_run(entry):
        store.update_run(run_id, status=entry.status, end_time=entry.end_time, run_name=entry.run_name or None)


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
