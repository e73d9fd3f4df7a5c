"""The route of runs by columns."""

from runstone.entities import RunTable
from runstone.entities.states import view_type
from runstone.schemas import run_tables as schema
from runstone.schemas.endpoint import Binary
from runstone.server import arrow
from runstone.server.routes.route import AnyRoute, Route, Stores


def search(stores: Stores, request: schema.SearchRunTable) -> RunTable | Binary:
    """Search runs, by columns."""
    table = stores.tracking.search_run_table(
        request.experiment_ids,
        filter_string=request.filter or "",
        view_type=view_type(request.run_view_type),
        max_results=request.max_results,
        order_by=request.order_by or (),
        page_token=request.page_token or "",
    )
    return arrow.run_stream(table) if request.format is schema.TableFormat.ARROW else table


ROUTES: tuple[AnyRoute, ...] = (Route(schema.SEARCH_TABLE, search),)
