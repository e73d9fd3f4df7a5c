"""What a store does with the journals of runs. The cases of ``runstone.testing.journal_cases`` are this in tests."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from runstone.entities import Applied, Entry, Refusal

# Values that are written together at most: bounds what a refusal makes the store do again.
_TOGETHER = 5000


class JournalStore(Protocol):
    """Takes what runs have logged elsewhere, each entry once."""

    def append_journal(self, run_id: str, writer: str, entries: Sequence[Entry], *, follows: int = 0) -> Applied:
        """Apply entries of one writer's journal of a run, each once; all of it is one transaction.

        An entry that the store's rules refuse is left out, whole; the others are applied. The refusal is kept, and told
        each time that the entry is sent, so that an answer which is lost loses no error.

        Args:
            run_id: A run in use.
            writer: Whose numbers these are: 1 to 64 of the characters ``A-Z a-z 0-9 . _ -``.
            entries: By number, which rises. Those up to the number that was applied are passed over. None of them only
                asks how far the store is.
            follows: Number of the entry that stands before the first of these in the journal; 0 for none. Where the
                store has not come so far, because it was restored from an older copy, nothing is applied.

        Raises:
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash; nothing was applied.
            InvalidValue: The numbers do not rise, or the writer is none.
        """
        ...

    def journal_refusals(self, run_id: str) -> list[Refusal]:
        """What was refused of the journals of a run, by writer and number.

        Raises:
            RunNotFound: There is no such run.
        """
        ...


def changes_run(entry: Entry) -> bool:
    """Whether an entry changes what is known of the run, besides what it logged."""
    return entry.status is not None or entry.end_time is not None or bool(entry.run_name)


def neighbours(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Neighbours that only log, together: they may be written as one batch; all others by themselves."""
    for only_logs, group in groupby(entries, key=lambda entry: not entry.deleted_tag and not changes_run(entry)):
        together: list[Entry] = []
        size = 0
        for entry in group:
            size += len(entry.metrics) + len(entry.params) + len(entry.tags)
            if together and (size > _TOGETHER or not only_logs):
                yield together
                together, size = [], 0
            together.append(entry)
        yield together
