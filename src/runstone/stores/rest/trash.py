"""The trash of a server."""

from collections.abc import Sequence

from runstone.entities.trash import Emptied
from runstone.schemas import trash
from runstone.stores.rest.calls import Calls


class RestTrash(Calls):
    """The trash of a server; does what ``TrashStore`` says. The server removes the files as well."""

    def empty_trash(
        self,
        *,
        older_than_s: float = 0,
        experiment_ids: Sequence[str] | None = None,
        run_ids: Sequence[str] | None = None,
        dry_run: bool = False,
    ) -> Emptied:
        """Remove for good what is in the trash."""
        age = f"{older_than_s:f}s" if older_than_s else None
        request = trash.EmptyTrash(age, _listed(experiment_ids), _listed(run_ids), dry_run)
        return self._call(trash.EMPTY, request)


def _listed(ids: Sequence[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)
