"""The rules that names and values obey, each written once."""

import re
import unicodedata
from functools import lru_cache

from runstone.errors import InvalidValue

MAX_KEY = 250
MAX_PARAM_VALUE = 6000
MAX_TAG_VALUE = 8000
MAX_EXPERIMENT_NAME = 500
MAX_MODEL_NAME = 256
MAX_MODEL_TAG_VALUE = 100_000
MAX_MODEL_DESCRIPTION = 100_000
MAX_MODEL_SOURCE = 8000
MAX_MODEL_ALIAS = 255
MAX_ID = 500  # of a run or a logged model that need not be there; MLflow has 36 characters
MAX_RUN_NAME = 5000  # kept as the tag mlflow.runName by MLflow, hence below the tag's limit
MAX_ARTIFACT_LOCATION = 500
MAX_INT64 = 2**63 - 1
MAX_TIME = 253_402_300_799_999  # the last millisecond of the year 9999, which is as far as calendars go

# MLflow's alphabet for metric, param and tag names: word characters of any script, dash, dot, space, colon, slash.
_KEY = re.compile(r"[/\w.\- :]+")
_ALIAS = re.compile(r"[\w\-]+")
_RESERVED_ALIAS = re.compile(r"latest|v\d+", re.IGNORECASE)
_SHOWN = 80
# User and password of an address, also where its scheme is missing or half written; what is a port is none. A password
# may hold every character, even those that an address forbids.
_PASSWORD = re.compile(r"((?:^/{0,2}|:/{1,2})[^/:\[]*:)(?!/|[0-9]+[/?#]).+@", re.DOTALL)
_PASSWORD_FIELD = re.compile(r"([?&](?:ssl)?password=)[^&]*", re.IGNORECASE)
# Halves of a character, which no encoding can write.
_SURROGATE = re.compile("[\ud800-\udfff]")


def shown(value: object) -> str:
    """A value for use in a message: quoted, and cut when long; of what shows itself in several lines the first."""
    text, *more = repr(value).strip().splitlines()
    if more:
        return f"{text[:_SHOWN].rstrip()} ..."
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def a_class(value: object) -> str:
    """The class of a value with its article.

    Example:
        >>> a_class(7), a_class("seven")
        ('an int', 'a str')
    """
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIO' or name == 'ndarray' else 'a'} {name}"


def writable(text: str) -> str:
    r"""A text with what no store keeps, half characters and NUL, written as Python writes it.

    Example:
        >>> print(writable("bad\0"))
        bad\x00
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def without_password(address: str) -> str:
    """An address with stars in place of its password.

    Example:
        >>> without_password("https://ada:open-sesame@runs.example")
        'https://ada:***@runs.example'
    """
    return _PASSWORD_FIELD.sub(r"\1***", _PASSWORD.sub(r"\1***@", address))


def shown_address(address: object) -> str:
    """An address for use in a message: without its password, quoted, and cut when long."""
    return shown(without_password(address) if isinstance(address, str) else address)


def plain(text: str) -> str:
    """A text as Python's own: of numpy, say, and of an enum of texts, come classes that no encoder knows."""
    return text if type(text) is str else str.__str__(text)


def check_key(kind: str, key: object) -> str:
    """Check the name of a metric, a param or a tag.

    Args:
        kind: ``"metric"``, ``"param"`` or ``"tag"``; stands in the message.
        key: The name.

    Returns:
        The name, as Python's own text.

    Raises:
        InvalidValue: It is not a string, is empty, longer than 250 characters, holds a character out of
            MLflow's alphabet, or reads as a path that leaves its folder.
    """
    if not isinstance(key, str):
        raise InvalidValue(f"the name of a {kind} is a string; got {shown(key)}, {a_class(key)}")
    key = plain(key)
    _check_key(kind, key)
    return key


# The same few names come again and again: with every batch, and with every run that is read.
@lru_cache(maxsize=16384)
def _check_key(kind: str, key: str) -> None:
    if not 1 <= len(key) <= MAX_KEY:
        raise InvalidValue(f"the name of a {kind} has 1 to {MAX_KEY} characters; got {len(key)}: {shown(key)}")
    if not _KEY.fullmatch(key):
        raise InvalidValue(
            f"the {kind} name {shown(key)} holds a character that is not allowed; wanted: letters, digits, "
            "underscores, dashes, dots, spaces, colons and slashes"
        )
    if key.startswith("/") or any(part in {"", ".", ".."} for part in key.split("/")):
        raise InvalidValue(
            f"the {kind} name {shown(key)} is not a plain path: no leading, doubled or final slash, no dots alone"
        )


def check_length(what: str, value: object, most: int) -> None:
    """Check that a value is a string of at most ``most`` characters.

    Raises:
        InvalidValue: It is longer, no string, or holds a NUL character, which not every database keeps, or half a
            character (a lone surrogate).
    """
    if not isinstance(value, str):
        raise InvalidValue(f"{what} is a string; got {shown(value)}, {a_class(value)}")
    if len(value) > most:
        raise InvalidValue(f"{what} has at most {most} characters; got {len(value)}: {shown(value)}")
    if "\0" in value:
        raise InvalidValue(f"{what} holds no NUL character; got {shown(value)}: take it out")
    if not value.isascii() and _SURROGATE.search(value):
        raise InvalidValue(f"{what} is valid Unicode; got half a character in {shown(value)}")


def canonical_name(what: str, name: object, most: int) -> str:
    """The form in which a name is stored and compared: Unicode NFC, no control characters.

    Args:
        what: Stands in the message, for example ``"the name of an experiment"``.
        name: The name as it was given.
        most: Largest length, in characters.

    Raises:
        InvalidValue: It is no string, is empty or blank, is longer, or holds a control character.
    """
    check_length(what, name, most)
    assert isinstance(name, str)
    if not name.strip():
        raise InvalidValue(f"{what} is not empty; got {shown(name)}")
    if any(unicodedata.category(letter) == "Cc" for letter in name):
        raise InvalidValue(f"{what} holds no control characters; got {shown(name)}")
    return unicodedata.normalize("NFC", name)


def model_name(name: object) -> str:
    """The form in which the name of a registered model is stored and compared.

    Raises:
        InvalidValue: It breaks a rule of ``canonical_name``, holds a slash or a colon, which have a meaning in
            ``models:/`` addresses, or is dots alone.
    """
    wanted = canonical_name("the name of a registered model", name, MAX_MODEL_NAME)
    check_model_name(wanted)
    return wanted


def check_model_name(name: str) -> None:
    """Check that a text can be the name of a registered model as far as addresses go.

    Raises:
        InvalidValue: It is blank, holds a slash or a colon, or is dots alone.
    """
    if not name.strip():
        raise InvalidValue(f"the name of a registered model is not empty; got {shown(name)}")
    if "/" in name or ":" in name:
        raise InvalidValue(f"the name of a registered model holds neither '/' nor ':'; got {shown(name)}")
    if name in {".", ".."}:
        raise InvalidValue(f"the name of a registered model is not dots alone; got {shown(name)}")


def check_alias(alias: object) -> None:
    """Check a name that is to stand for a version of a registered model.

    Raises:
        InvalidValue: It is no string, is empty, over 255 characters, holds a character that is not allowed, or reads
            as ``latest`` or as a version, such as ``v2``.
    """
    check_alias_text(alias)
    assert isinstance(alias, str)
    if _RESERVED_ALIAS.fullmatch(alias):
        raise InvalidValue(
            f"the alias {shown(alias)} is reserved: it reads as a version; choose another, as 'champion'"
        )


def check_alias_text(alias: object) -> None:
    """Check that a text is an alias but for those that are reserved.

    Raises:
        InvalidValue: It is no string, is empty, over 255 characters, or holds a character that is not allowed.
    """
    check_length("an alias", alias, MAX_MODEL_ALIAS)
    assert isinstance(alias, str)
    if not _ALIAS.fullmatch(alias):
        raise InvalidValue(f"an alias has letters, digits, underscores and dashes, at least one; got {shown(alias)}")


def check_int64(what: str, value: object, *, least: int = -(2**63)) -> None:
    """Check that a value is an integer that a 64-bit column holds.

    Raises:
        InvalidValue: It is no integer, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValue(f"{what} is an integer; got {shown(value)}, {a_class(value)}")
    if not least <= value <= MAX_INT64:
        raise InvalidValue(f"{what} is between {least} and {MAX_INT64}; got {value}")


def check_time(what: str, value: object) -> None:
    """Check that a value is a time in milliseconds since the Unix epoch, UTC, from 1970 up to the year 9999.

    Raises:
        InvalidValue: It is no integer, or no such time.
    """
    check_int64(what, value)
    assert isinstance(value, int)
    if not 0 <= value <= MAX_TIME:
        raise InvalidValue(f"{what} is between 0 and {MAX_TIME} milliseconds since 1970 (UTC); got {value}")
