"""Routes of the journals of runs."""

from runstone.entities import Applied
from runstone.schemas import journals as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.route import AnyRoute, Route, Stores


def append(stores: Stores, request: schema.AppendUnchecked) -> Applied:
    """Apply entries of a run's journal, each once."""
    return stores.tracking.append_journal(request.run_id, request.writer, request.entries, follows=request.follows)


def refusals(stores: Stores, request: schema.OfJournals) -> schema.Refusals:
    """What was refused of the journals of a run."""
    return schema.Refusals(stores.tracking.journal_refusals(request.run_id))


def beat(stores: Stores, request: schema.Beat) -> Empty:
    """Hear that these runs are alive."""
    stores.tracking.beat(request.run_ids)
    return Empty()


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.APPEND, append, writes=True, unchecked=schema.AppendUnchecked),
    Route(schema.REFUSALS, refusals),
    Route(schema.BEAT, beat, writes=True),
)
