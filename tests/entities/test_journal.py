"""Entries of a journal."""

import pytest

from runstone.entities import Entry
from runstone.errors import InvalidValue


@pytest.mark.parametrize("n", [0, -1, 2**63])
def test_number_of_an_entry_is_one_or_more(n: int) -> None:
    with pytest.raises(InvalidValue, match="the number of an entry is 1 or more"):
        Entry(n=n)
