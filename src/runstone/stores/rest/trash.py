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
        experiment_ids: Sequence[str] = (),
        run_ids: Sequence[str] = (),
        dry_run: bool = False,
    ) -> Emptied:
        """Remove for good what is in the trash."""
        age = f"{older_than_s:f}s" if older_than_s else None
        request = trash.EmptyTrash(age, list(experiment_ids), list(run_ids), dry_run)
        return self._call(trash.EMPTY, request)
