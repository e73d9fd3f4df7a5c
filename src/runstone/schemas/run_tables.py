"""Request, response and endpoint of runs by columns."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from runstone.entities import RunTable, ViewType
from runstone.schemas.endpoint import Endpoint


class TableFormat(StrEnum):
    """How a table is written: as JSON, or as a stream of Arrow."""

    JSON = "json"
    ARROW = "arrow"


class SearchRunTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for the runs that match, by columns.

    Attributes:
        experiment_ids: Experiments whose runs are looked at.
        filter: The filter.
        run_view_type: Those in use, those in the trash, or all.
        max_results: Most runs, 1 to 100,000.
        order_by: Items of the order.
        page_token: ``next_page_token`` of the former table.
        format: ``json``, or ``arrow`` for a stream of Arrow's IPC: a row for each run with the texts ``run_id``,
            ``experiment_id``, ``status`` and ``artifact_uri``, ``start_time`` and ``end_time`` in ms (int64),
            and ``metrics.NAME`` (float64), ``params.NAME`` and ``tags.NAME`` (text). It carries no token.
    """

    experiment_ids: list[str] = field(default_factory=list)
    filter: str | None = None
    run_view_type: ViewType | int | None = None
    max_results: int = 1000
    order_by: list[str] | None = None
    page_token: str | None = None
    format: TableFormat = TableFormat.JSON


SEARCH_TABLE = Endpoint(
    "POST",
    "/api/runstone/v1/runs/search-table",
    SearchRunTable,
    RunTable,
    "Search runs; the answer has a column for each fact, metric, param and tag.",
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (SEARCH_TABLE,)
