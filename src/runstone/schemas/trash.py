"""Request, response and endpoint of emptying the trash."""

from typing import Any

from msgspec import Struct

from runstone.entities.trash import Emptied
from runstone.schemas.endpoint import Endpoint


class EmptyTrash(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks to remove for good what is in the trash: all of it, unless some is named.

    ``older_than`` is an age, such as ``30d``.
    """

    older_than: str | None = None
    experiment_ids: list[str] | None = None
    run_ids: list[str] | None = None
    dry_run: bool = False


EMPTY = Endpoint(
    "POST",
    "/api/runstone/v1/gc",
    EmptyTrash,
    Emptied,
    "Remove for good what is in the trash, files included, or only say what that would be.",
    repeatable=False,
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (EMPTY,)
