"""The journals of runs behind a server's address."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from msgspec import Raw
from msgspec.structs import replace

from runstone.entities import Applied, Entry, Refusal
from runstone.errors import EndpointNotFound, TooLarge
from runstone.schemas import journals
from runstone.stores.journals import Entries, checked, refusal
from runstone.stores.rest.calls import Calls
from runstone.transport import Patience

# The sender comes again by itself, and has more to do meanwhile.
_PATIENCE = Patience(connect_s=5, read_s=60, retries=0)


class RestJournals(Calls):
    """Sends the journals of runs to a server that counts their entries; does what ``JournalStore`` says."""

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        """Apply entries of one writer's journal of a run, each once."""
        applied, refused = 0, list[Refusal]()
        for start in range(0, max(len(entries), 1), journals.MAX_ENTRIES):
            some = entries[start : start + journals.MAX_ENTRIES]
            answer = self._append(run_id, writer, some, follows)
            applied, refused = answer.applied, refused + answer.refused
            if start + len(some) < len(entries):
                follows = checked(some)[-1].n
                if applied < follows:
                    break
        return Applied(applied=applied, refused=refused)

    def _append(self, run_id: str, writer: str, entries: Entries, follows: int) -> Applied:
        """Send entries in one request, in several if it is too large; the entry that is so by itself is refused."""
        kind: Any = journals.AppendUnchecked if entries and isinstance(entries[0], Raw) else journals.AppendJournal
        request = kind(run_id=run_id, writer=writer, follows=follows, entries=list(entries))
        try:
            return self._call(journals.APPEND, request, patience=_PATIENCE)
        except TooLarge as error:
            if not entries:
                raise
            if len(entries) == 1:
                n = checked(entries)[0].n
                counted = self._append(run_id, writer, [Entry(n=n)], follows)  # so that others may follow
                return replace(counted, refused=[refusal(n, error)] if counted.applied >= n else [])
        half = len(entries) // 2
        first, between = self._append(run_id, writer, entries[:half], follows), checked(entries[:half])[-1].n
        if first.applied < between:
            return first
        second = self._append(run_id, writer, entries[half:], between)
        return replace(second, refused=[*first.refused, *second.refused])

    def beat(self, run_ids: Sequence[str]) -> None:
        """Hear that these runs are alive; a genuine MLflow server has no ear for it."""
        with suppress(EndpointNotFound):
            self._call(journals.BEAT, journals.Beat(list(run_ids)), patience=_PATIENCE)

    def journal_refusals(self, run_id: str) -> list[Refusal]:
        """What was refused of the journals of a run, by writer and number."""
        return self._call(journals.REFUSALS, journals.OfJournals(run_id)).refused
