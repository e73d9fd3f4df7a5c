"""Dicts and lists into JSON and YAML and back."""

import json
from collections.abc import Callable
from typing import Any

from runstone.errors import InvalidValue, Unsupported

_YAML = {".yaml", ".yml"}


def encode(value: Any, suffix: str) -> bytes:
    """A document as YAML where the suffix is ``.yaml`` or ``.yml``, else as JSON.

    Numbers and arrays of numpy and the like become numbers and lists, other foreign values their text.

    Args:
        value: A dict, a list, or whatever JSON holds. NaN and infinities are written as Python's ``json`` does.
        suffix: Suffix of the file, with its dot.

    Raises:
        InvalidValue: It holds itself, has keys that are neither text nor numbers, or texts that are no Unicode.
        Unsupported: YAML is wanted and PyYAML is not installed.
    """
    try:
        data = json.dumps(value, indent=2, default=_plain, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValue(f"the document cannot be written as JSON: {error}") from None
    if suffix.lower() in _YAML:
        # By way of JSON, so that only plain values reach the YAML.
        written: str = _yaml().safe_dump(json.loads(data), sort_keys=False, allow_unicode=True)
        return written.encode()
    return data


def encode_text(text: str) -> bytes:
    """A text in UTF-8.

    Raises:
        InvalidValue: It holds half a character (a lone surrogate).
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValue(
            f"a text is valid Unicode; got half a character, {text[error.start]!r}, at {error.start}: remove it, or "
            "store the bytes with log_stream"
        ) from None


def decode(data: bytes, suffix: str) -> Any:
    """The document in the bytes of a file.

    Args:
        data: The bytes, in UTF-8.
        suffix: Suffix of the file, with its dot; ``.yaml`` and ``.yml`` are read as YAML, the rest as JSON.

    Raises:
        InvalidValue: The bytes are no such document.
        Unsupported: It is YAML and PyYAML is not installed.
    """
    if suffix.lower() in _YAML:
        yaml = _yaml()
        try:
            return yaml.safe_load(data)
        except (ValueError, yaml.YAMLError) as error:
            raise InvalidValue(f"the artifact is no YAML document: {error}") from None
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(f"the artifact is no JSON document: {error}") from None


def _plain(value: Any) -> Any:
    to_list: Callable[[], Any] | None = getattr(value, "tolist", None)
    return str(value) if to_list is None else to_list()


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise Unsupported(
            "YAML needs PyYAML, which is not installed; install it with 'pip install pyyaml', or name the file .json"
        ) from None
    return yaml
