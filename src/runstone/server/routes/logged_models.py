"""Routes of logged models: a search that finds none, which clients make before they read artifacts."""

from runstone.schemas import logged_models as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.route import AnyRoute, Route, Stores


def search(stores: Stores, request: schema.SearchLoggedModels) -> Empty:  # noqa: ARG001  # a handler's signature
    """Search logged models; there are none."""
    return Empty()


ROUTES: tuple[AnyRoute, ...] = (Route(schema.SEARCH, search),)
