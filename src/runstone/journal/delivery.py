"""What goes from the journal of a run to its store, and what the store has refused of it."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

from msgspec.structs import replace

from runstone.entities import Applied, Entry
from runstone.errors import RunNotFound, RunstoneError, restore
from runstone.journal import folder as folders
from runstone.journal.creation import create, create_named_models
from runstone.journal.folder import RunFacts
from runstone.journal.settling import settle
from runstone.stores.base import TrackingStore
from runstone.stores.journals import Entries, checked

_logger = logging.getLogger("runstone")


class Delivery:
    """The store of one run, as its journal knows it; one thread at a time sends.

    Attributes:
        is_known: Whether the store has, or had, the run.
    """

    def __init__(self, facts: RunFacts, store: Callable[[], TrackingStore] | None, folder: Callable[[], Path]) -> None:
        """Prepare; nothing is opened yet.

        Args:
            facts: The run.
            store: Gives where it belongs; ``None`` where nothing is sent.
            folder: Gives the folder of the run, which may keep models.
        """
        self._facts, self._store, self._folder = facts, store, folder
        self.is_known = False
        self._models: set[str] = set()
        self._errors: list[RunstoneError] = []
        self._direct, self._direct_n = uuid4().hex, 0

    def append(self, writer: str, entries: Entries, follows: int) -> Applied:
        """Let the store have entries, and before them what was made without it: the run, and models that they name.

        Args:
            writer: Whose they are.
            entries: By number.
            follows: Number of the entry before them.

        Raises:
            RunstoneError: What the store says, or why it cannot be reached.
        """
        assert self._store is not None
        store = self._store()
        try:
            applied = self._append(store, writer, entries, follows)
        except RunNotFound:
            if not self._facts.is_new:
                raise
            create(store, self._facts)
            applied = self._append(store, writer, entries, follows)
        self.is_known = True
        self._errors += [
            restore(told.error_code, told.message, name=told.error, facts=told.facts) for told in applied.refused
        ]
        return applied

    def _append(self, store: TrackingStore, writer: str, entries: Entries, follows: int) -> Applied:
        if self.may_name_models():
            read = [entry for entry in checked(entries) if isinstance(entry, Entry)]
            create_named_models(store, self._folder(), read, self._models)
        return store.append_journal(self._facts.run_id, writer, entries, follows=follows)

    def may_name_models(self) -> bool:
        """Whether entries are to be read before they are sent: they may name models that are kept in the folder."""
        return self._facts.is_new or folders.is_kept(self._folder(), folders.MODELS)

    def append_directly(self, entry: Entry) -> Applied:
        """Let the store have an entry that no journal has room for; its number is given here.

        Raises:
            RunstoneError: As :meth:`append`.
        """
        writer, n = self._direct, self._direct_n + 1
        # Where the answer is lost, nobody knows whether the store has this number: it is not used again.
        self._direct, self._direct_n = uuid4().hex, 0
        applied = self.append(writer, [replace(entry, n=n)], n - 1)
        if applied.applied < n:  # the store was restored from an older copy
            writer, n = self._direct, 1
            applied = self.append(writer, [replace(entry, n=n)], 0)
        self._direct, self._direct_n = writer, n
        return applied

    def settle(self) -> None:
        """Let the store have for good what it has taken, so that the journal may do without.

        Raises:
            BackendError: The disk of the store did not take it.
        """
        if self.is_known and self._store is not None:
            settle(self._store())

    # What was refused.

    @property
    def has_refusals(self) -> bool:
        """Whether the store has found an error that nobody was told of."""
        return bool(self._errors)

    def raise_refused(self) -> None:
        """Raise the first error that the store has found since it was asked last; the others are logged."""
        errors, self._errors = self._errors, []
        self._tell(errors[1:])
        if errors:
            raise errors[0]

    def tell_refused(self) -> None:
        """Log the errors that the store has found since it was asked last: nobody is left to raise them to."""
        errors, self._errors = self._errors, []
        self._tell(errors)

    def _tell(self, errors: Sequence[RunstoneError]) -> None:
        for error in errors:
            _logger.warning("the run %s: %s", self._facts.run_id, error)
