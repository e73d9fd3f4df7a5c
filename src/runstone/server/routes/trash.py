"""The route that empties the trash."""

from msgspec.structs import replace

from runstone.entities.trash import Emptied, seconds_of
from runstone.schemas import trash as schema
from runstone.server.routes.route import AnyRoute, Route, Stores
from runstone.stores.trash import sweep


def empty(stores: Stores, request: schema.EmptyTrash) -> Emptied:
    """Remove for good what is in the trash, files included."""
    emptied = stores.tracking.empty_trash(
        older_than_s=seconds_of(request.older_than),
        experiment_ids=request.experiment_ids,
        run_ids=request.run_ids,
        dry_run=request.dry_run,
    )
    return emptied if request.dry_run else replace(emptied, left=sweep(stores.tracking, stores.remove))


ROUTES: tuple[AnyRoute, ...] = (Route(schema.EMPTY, empty, waits=True),)
