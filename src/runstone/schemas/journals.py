"""Requests, responses and endpoints of the journals of runs."""

from collections.abc import Sequence
from typing import Any

from msgspec import Raw, Struct

from runstone.entities import Applied, Entry, Refusal
from runstone.errors import InvalidValue
from runstone.schemas.endpoint import Empty, Endpoint

MAX_ENTRIES = 10_000


def _check_size(entries: Sequence[object]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise InvalidValue(
            f"a request has at most {MAX_ENTRIES:,} entries; got {len(entries):,}: send several requests"
        )


class JournalEntry(Entry, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """An entry as its line in a journal: it may end with its checksum, which is checked.

    Attributes:
        crc: The checksum.
    """

    crc: str = ""


class AppendJournal(Struct, frozen=True, kw_only=True):
    """Sends entries of one writer's journal of a run, at most 10,000.

    ``follows`` is the number of the entry before the first of them; 0 for none.
    """

    run_id: str
    writer: str
    follows: int = 0
    entries: list[JournalEntry] = []

    def __post_init__(self) -> None:
        _check_size(self.entries)


class AppendUnchecked(Struct, frozen=True, kw_only=True):
    """The same request, whose entries nobody has checked: they may break rules, and have checksums."""

    run_id: str
    writer: str
    follows: int = 0
    entries: list[Raw] = []

    def __post_init__(self) -> None:
        _check_size(self.entries)


class OfJournals(Struct, frozen=True):
    """Names a run."""

    run_id: str


class Refusals(Struct, frozen=True):
    """What was refused of the journals of a run."""

    refused: list[Refusal] = []


_BASE = "/api/runstone/v1/journals"

APPEND = Endpoint(
    "POST",
    f"{_BASE}/append",
    AppendJournal,
    Applied,
    "Apply entries of a run's journal, each once; tells how far the store has come and what it refused.",
)
REFUSALS = Endpoint("GET", f"{_BASE}/refusals", OfJournals, Refusals, "What was refused of the journals of a run.")


class Beat(Struct, frozen=True):
    """Names runs."""

    run_ids: list[str]


BEAT = Endpoint("POST", "/api/runstone/v1/runs/beat", Beat, Empty, "Hear that these runs are alive.")

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (APPEND, REFUSALS, BEAT)
