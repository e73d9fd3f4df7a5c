"""Requests about the journals of runs."""

import pytest

from runstone.errors import InvalidValue
from runstone.schemas import wire
from runstone.schemas.journals import MAX_ENTRIES, AppendJournal, AppendUnchecked, JournalEntry


def test_request_takes_as_many_entries_as_it_says_and_no_more() -> None:
    entries = [JournalEntry(n=n) for n in range(1, MAX_ENTRIES + 2)]

    assert len(AppendJournal(run_id="a", writer="w", entries=entries[:-1]).entries) == MAX_ENTRIES
    with pytest.raises(InvalidValue, match="at most 10,000 entries; got 10,001: send several requests"):
        AppendJournal(run_id="a", writer="w", entries=entries)


def test_unchecked_request_takes_no_more_either() -> None:
    body = b'{"run_id":"a","writer":"w","entries":[' + b",".join([b"{}"] * (MAX_ENTRIES + 1)) + b"]}"

    with pytest.raises(InvalidValue, match="at most 10,000 entries; got 10,001"):
        wire.decode(body, AppendUnchecked)
