"""Page tokens: exact for every value, and closed to all else."""

import base64
import json
from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.errors import InvalidPageToken
from runstone.stores.sql.ordering import Key
from runstone.stores.sql.pages import Bookmark, bookmark_of, fingerprint, token_of
from runstone.stores.sql.search import search_runs
from tests.stores.small_store import SmallRun, SmallStore, artifact_uri_of, connected

KEYS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
SEARCH = fingerprint(["runs"])


def made(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(st.integers(-(2**61), 2**61), st.lists(KEYS))
def test_token_brings_back_every_key_to_the_last_bit(now: int, keys: list[Key]) -> None:
    token = token_of(SEARCH, Bookmark(now, keys))

    assert bookmark_of(SEARCH, token) == Bookmark(now, keys)


def test_token_keeps_nan() -> None:
    token = token_of(SEARCH, Bookmark(0, [nan]))

    (key,) = bookmark_of(SEARCH, token).keys

    assert isinstance(key, float)
    assert isnan(key)


def test_fingerprints_tell_parts_apart() -> None:
    assert fingerprint(["a", "b"]) != fingerprint(["a b"])
    assert fingerprint(["ab", ""]) != fingerprint(["a", "b"])


@given(st.text())
def test_any_other_text_is_refused(token: str) -> None:
    with pytest.raises(InvalidPageToken):
        bookmark_of(SEARCH, token)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        7,
        [2, SEARCH, 0, []],
        [1, "another search", 0, []],
        [1, SEARCH, 0.5, []],
        [1, SEARCH, True, []],
        [1, SEARCH, 2**63, []],
        [1, SEARCH, 0, "keys"],
        [1, SEARCH, 0, [2**63]],
        [1, SEARCH, 0, [0, -(2**63) - 1]],
        [1, SEARCH, 0, [True]],
        [1, SEARCH, 0, [[]]],
        [1, SEARCH, 0],
    ],
)
def test_token_of_another_shape_is_refused(value: object) -> None:
    with pytest.raises(InvalidPageToken):
        bookmark_of(SEARCH, made(value))


@pytest.mark.parametrize(
    "token", [made("x" * 4_000_000), "é", "====", "[" * 10, base64.b64encode(b"[" * 100_000).decode()]
)
def test_token_of_absurd_text_is_refused(token: str) -> None:
    with pytest.raises(InvalidPageToken):
        bookmark_of(SEARCH, token)


@pytest.mark.parametrize(
    ("order", "forged"),
    [
        ("metrics.m", [1, 2000, "a"]),
        ("metrics.m", ["1.0", 2000, "a"]),
        ("metrics.m", [True, 2000, "a"]),
        ("metrics.m", [1.0, None, "a"]),
        ("metrics.m", [1.0, 2**70, "a"]),
        ("metrics.m", [1.0, nan, "a"]),
        ("metrics.m", [1.0, inf, "a"]),
        ("metrics.m", [1.0, 2000]),
        ("metrics.m", [1.0, 2000, "\ud800"]),
        ("params.p", [1, 2000, "a"]),
        ("params.p", [["x"], 2000, "a"]),
    ],
)
def test_token_whose_keys_no_row_can_have_is_refused(order: str, forged: list[object]) -> None:
    with connected() as connection:
        store = SmallStore(connection)
        for number in range(2):
            store.add(SmallRun(f"{number:032x}", metrics={"m": 1.0}, params={"p": "x"}))
        first = search_runs(connection, ["1"], artifact_uri_of=artifact_uri_of, order_by=[order], max_results=1)
        version, search, now, _ = json.loads(base64.urlsafe_b64decode((first.token or "") + "=="))

        with pytest.raises(InvalidPageToken):
            search_runs(
                connection,
                ["1"],
                artifact_uri_of=artifact_uri_of,
                order_by=[order],
                page_token=made([version, search, now, forged]),
            )
