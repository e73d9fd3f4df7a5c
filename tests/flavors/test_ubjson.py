"""Files of UBJSON that were cut off, or made to hurt, are told from whole ones."""

from contextlib import suppress

import pytest
import xgboost
from hypothesis import given
from hypothesis import strategies as some

from runstone.errors import InvalidValue
from runstone.flavors import ubjson

WHOLE = bytes(
    xgboost.train({}, xgboost.DMatrix([[1.0], [2.0]], [0, 1], feature_names=["height"]), num_boost_round=2).save_raw()
)


def test_file_of_the_library_is_whole() -> None:
    ubjson.check(WHOLE)


@given(some.integers(min_value=0, max_value=len(WHOLE) - 1))
def test_file_that_was_cut_off_anywhere_is_told(length: int) -> None:
    with pytest.raises(InvalidValue):
        ubjson.check(WHOLE[:length])


@given(some.binary(max_size=60))
def test_any_bytes_end_in_an_answer(content: bytes) -> None:
    with suppress(InvalidValue):
        ubjson.check(b"{" + content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[i\x01]more", "it has 8 bytes, and its value ends at byte 4"),
        (b"[#i\x02TF", None),
        (b"[SU\x02ab]", None),
        (b"[Si\xff]", "at byte 2 stands the length -1"),
        (b"[SZ]", "a length should stand, and not b'Z'"),
        (b"?", "at byte 0 stands b'?'"),
        (b"[$U#U\x09ab", "a value that ends at byte 15"),
        (b"[" * 100_000, "it is no whole UBJSON"),
    ],
)
@pytest.mark.usefixtures("no_search_for_garbage")
def test_what_is_wrong_is_said(content: bytes, message: str | None) -> None:
    if message is None:
        ubjson.check(content)
        return
    with pytest.raises(InvalidValue, match=message):
        ubjson.check(content)
