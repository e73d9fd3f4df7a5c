"""The one call of logged models that is there before they are.

MLflow's 3.x clients ask for the models of a run whenever they list or download its artifacts by a ``runs:/`` address.
"""

from typing import Any

from msgspec import Struct, field

from runstone.schemas.endpoint import Empty, Endpoint


class SearchLoggedModels(Struct, frozen=True):
    """Asks for the logged models of experiments."""

    experiment_ids: list[str]
    filter: str | None = None
    max_results: int | None = None
    order_by: list[dict[str, Any]] = field(default_factory=list)
    page_token: str | None = None


SEARCH = Endpoint(
    "POST",
    "/api/2.0/mlflow/logged-models/search",
    SearchLoggedModels,
    Empty,
    "Search logged models. None are kept yet, so none are found.",
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (SEARCH,)
