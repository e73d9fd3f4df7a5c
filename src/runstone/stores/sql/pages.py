"""Page tokens: where the last page ended, and of which search it was one."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence

from msgspec import Struct

from runstone.errors import InvalidPageToken, InvalidValue
from runstone.stores.base import MAX_PAGE
from runstone.stores.sql.ordering import Key

_VERSION = 1
# Longer than any that is made: an order has at most 20 items of at most 8000 characters.
_MAX_LENGTH = 4_000_000


class Bookmark(Struct, frozen=True):
    """Where a page ended.

    Attributes:
        now: Time of the first page's search, which ``now()`` means on each page.
        keys: What the last row is sorted by.
    """

    now: int
    keys: list[Key]


def check_page_size(max_results: int, most: int = MAX_PAGE) -> None:
    """Check the size of a page.

    Raises:
        InvalidValue: It is outside 1 to ``most``.
    """
    if type(max_results) is not int or not 1 <= max_results <= most:
        raise InvalidValue(f"a page has 1 to {most} results; got max_results={max_results!r}")


def fingerprint(parts: Sequence[str]) -> str:
    """A short word that stands for a search; another search has another."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def token_of(search: str, bookmark: Bookmark) -> str:
    """The token of the page that follows.

    Args:
        search: Fingerprint of the search.
        bookmark: Where this page ended.
    """
    # The standard library's JSON keeps infinities and NaN, and every float to the last bit.
    text = json.dumps([_VERSION, search, bookmark.now, bookmark.keys], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def bookmark_of(search: str, token: str) -> Bookmark:
    """Read a token.

    Args:
        search: Fingerprint of the search that it comes with.
        token: The token.

    Raises:
        InvalidPageToken: It is not one of ours, or of another search.
    """
    try:
        if len(token) > _MAX_LENGTH or not token.isascii():
            raise InvalidPageToken(token)
        padded = token + "=" * (-len(token) % 4)
        version, made_for, now, keys = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise InvalidPageToken(token) from None
    if version != _VERSION or made_for != search or type(now) is not int or not isinstance(keys, list):
        raise InvalidPageToken(token)
    if not -(2**62) < now < 2**62 or not all(map(_is_key, keys)):
        raise InvalidPageToken(token)
    return Bookmark(now, keys)


def _is_key(value: object) -> bool:
    """Whether a row can be sorted by a value: no column holds a whole number of more than 64 bits."""
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, float | str)
