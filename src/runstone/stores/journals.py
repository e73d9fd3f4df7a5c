"""What a store does with the journals of runs. The cases of ``runstone.testing.journal_cases`` are this in tests."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from operator import ge
from typing import Annotated, Any, Protocol, cast, runtime_checkable

from msgspec import Meta, Raw, Struct

from runstone.entities import Applied, Entry, Refusal
from runstone.errors import InvalidValue, RunstoneError
from runstone.schemas import wire
from runstone.schemas.sealing import all_opened

# Entries, or the JSON of each, which another program wrote and nobody has checked: the line of a journal, or one like
# it without a checksum.
Entries = Sequence[Entry] | Sequence[Raw]

# Values that are written together at most: bounds what a refusal makes the store do again.
_TOGETHER = 5000


class JournalStore(Protocol):
    """Takes what runs have logged elsewhere, each entry once."""

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        """Apply entries of one writer's journal of a run, each once; all of it is one transaction.

        An entry that breaks a rule, of its own or of the store, is left out, whole; the others are applied. The refusal
        is kept, and told each time that the entry is sent, so that an answer which is lost loses no error.

        A run that gave a sign of life before gives another by this.

        Args:
            run_id: A run in use.
            writer: Whose numbers these are: 1 to 64 of the characters ``A-Z a-z 0-9 . _ -``.
            entries: By number, which rises. Those up to the number that was applied are passed over. None of them only
                asks how far the store is. JSON that is no entry is refused like an entry that breaks a rule.
            follows: Number of the entry that stands before the first of these in the journal; 0 for none. Where the
                store has not come so far, because it was restored from an older copy, nothing is applied.

        Raises:
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash; nothing was applied.
            InvalidValue: The numbers do not rise, one is missing, a checksum is another one or does not end its entry,
                or the writer is none.
        """
        ...

    def journal_refusals(self, run_id: str) -> list[Refusal]:
        """What was refused of the journals of a run, by writer and number.

        Raises:
            RunNotFound: There is no such run.
        """
        ...


@runtime_checkable
class BufferedStore(Protocol):
    """A store that acknowledges what survives any end of the process, and a loss of power only when it is asked."""

    def make_durable(self) -> None:
        """Let all that was acknowledged survive a loss of power.

        Raises:
            BackendError: The disk did not take it.
        """
        ...


class _Together(Struct):
    entries: list[Entry]


class _Numbered(Struct):
    n: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    crc: Any = None


def checked(entries: Entries) -> list[Entry | Refusal]:
    """The entries, and in the place of each that breaks a rule of its own why it is none.

    Raises:
        InvalidValue: The numbers do not rise, one is missing, or a checksum is another one or does not end its entry.
    """
    read: list[Entry | Refusal] = []
    if entries and isinstance(entries[0], Raw):
        read += _read_all(all_opened([bytes(text) for text in cast("Sequence[Raw]", entries)]))
    else:
        read += cast("Sequence[Entry]", entries)
    numbers = [entry.n for entry in read]
    if any(map(ge, numbers, numbers[1:])):
        before, behind = next(pair for pair in pairwise(numbers) if pair[1] <= pair[0])
        raise InvalidValue(f"the numbers of entries rise; got {behind} behind {before}")
    return read


def _read_all(texts: Sequence[bytes]) -> Sequence[Entry | Refusal]:
    """All at once, which takes two thirds of the time; one by one only where one of them is none."""
    with suppress(InvalidValue):
        together = wire.decode(b'{"entries":[%b]}' % b",".join(texts), _Together).entries
        if len(together) == len(texts):
            return together
    return [_read(text, place) for place, text in enumerate(texts, 1)]


def _read(text: bytes, place: int) -> Entry | Refusal:
    try:
        return wire.decode(text, Entry)
    except InvalidValue as error:
        broken = InvalidValue(wire.reason(error, "the entry"))
    try:
        found = wire.decode(text, _Numbered)
    except InvalidValue:
        raise InvalidValue(
            f"each entry has its number 'n', 1 or more; the one at place {place} has none: {broken.message}"
        ) from None
    if found.crc is not None:  # what it was made of was written in other words since, perhaps by a proxy
        raise InvalidValue(
            f"the entry at place {place} has a checksum that does not end it as in a journal; send it as it stands "
            "there, or without its checksum"
        )
    return refusal(found.n, broken)


def refusal(n: int, error: RunstoneError) -> Refusal:
    """What is kept and told of an entry that was refused.

    Args:
        n: Number of the entry.
        error: Why.
    """
    return Refusal(
        n=n, error_code=error.code, message=error.message, error=type(error).__name__, facts=error.facts or None
    )


def changes_run(entry: Entry) -> bool:
    """Whether an entry changes what is known of the run, besides what it logged."""
    return entry.status is not None or entry.end_time is not None or bool(entry.run_name)


def neighbours(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Neighbours that only log, together: they may be written as one batch; all others by themselves."""
    together: list[Entry] = []
    size = 0
    for entry in entries:
        size += len(entry.metrics)
        if entry.params or entry.tags:
            size += len(entry.params) + len(entry.tags)
        is_alone = (
            entry.datasets
            or entry.model_inputs
            or entry.model_outputs
            or entry.deleted_tag
            or entry.run_name
            or entry.status is not None
            or entry.end_time is not None
        )  # what changes_run says among it: its call would cost as much as all of this
        if together and (is_alone or size > _TOGETHER):
            yield together
            together, size = [], 0
        together.append(entry)
        if is_alone:
            yield together
            together, size = [], 0
    if together:
        yield together
