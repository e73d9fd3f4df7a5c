"""The verb of ``Client`` that empties the trash."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from runstone.artifacts import resolve as artifacts
from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.entities.names import shown
from runstone.entities.trash import Emptied, seconds_of
from runstone.errors import Unsupported
from runstone.stores.trash import Leftovers, TrashStore, sweep


class TrashVerbs(Connection):
    """Remove for good what was deleted."""

    def empty_trash(
        self,
        older_than: str | None = None,
        experiment_ids: Sequence[str] | None = None,
        run_ids: Sequence[str] | None = None,
        dry_run: bool = False,
    ) -> Emptied:
        """Remove for good what is in the trash, files included: all of it, unless some is named.

        Args:
            older_than: How long a thing must have been there, as ``"30d"`` or ``"1d12h"``.
            experiment_ids: Only these experiments, with all their runs, and the runs that are named.
            run_ids: Only these runs, and the experiments that are named.
            dry_run: Whether to only say what would go.

        Returns:
            What is gone, or would be.

        Raises:
            InvalidState: What is named is not in the trash, or not as long as asked.
            InvalidValue: An argument cannot be read, or a list names nothing.
            NotFound: There is no such experiment or run.
            Unsupported: The store's trash cannot be emptied.

        Example:
            >>> from runstone.client import Client
            >>> Client("sqlite:///runstone.db").empty_trash("30d", dry_run=True).run_ids
            []
        """
        store = self._store
        if not isinstance(store, TrashStore):
            raise Unsupported(f"the trash of what is kept at {shown(self._tracking_uri)} cannot be emptied")
        emptied = store.empty_trash(
            older_than_s=seconds_of(None if older_than is None else arguments.text("older_than", older_than)),
            experiment_ids=_named("an experiment", experiment_ids),
            run_ids=_named("a run", run_ids),
            dry_run=dry_run,
        )
        if dry_run or not isinstance(store, Leftovers):
            return emptied
        remove = partial(artifacts.remove, tracking_uri=self._tracking_uri)
        return replace(emptied, left=sweep(store, remove))


def _named(what: str, ids: Sequence[str] | None) -> list[str] | None:
    return None if ids is None else arguments.identifiers(f"the id of {what}", ids)
