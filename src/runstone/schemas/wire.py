"""Text to structs and back: the one place that decodes and encodes JSON of the protocol."""

from collections.abc import Mapping
from functools import lru_cache
from math import isnan
from typing import Any, TypeVar

import msgspec

from runstone.entities import ArtifactPath, NonFinite
from runstone.entities.names import shown
from runstone.errors import InvalidValue, MalformedRequest, RunstoneError

T = TypeVar("T", bound=msgspec.Struct)


def _foreign(value: Any) -> Any:
    if isinstance(value, NonFinite):
        if isnan(value):
            return "NaN"
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, ArtifactPath):
        return str(value)
    raise NotImplementedError(f"no JSON for a {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_foreign)


@lru_cache(maxsize=256)
def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    # Not strict: protobuf's JSON, which MLflow's clients send, writes 64-bit integers and NaN as strings.
    return msgspec.json.Decoder(kind, strict=False)


def encode(value: msgspec.Struct) -> bytes:
    """The JSON of a struct; NaN and infinities become the words ``"NaN"``, ``"Infinity"``, ``"-Infinity"``.

    Raises:
        InvalidValue: A text holds half a character (a lone surrogate), which no encoding can write.
    """
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise no_text(error) from None


def no_text(error: UnicodeEncodeError) -> InvalidValue:
    """What is said of a text that holds half a character."""
    return InvalidValue(f"text is valid Unicode; got half a character in {shown(error.object)}")


def decode(body: bytes, kind: type[T], fields: Mapping[str, str] | None = None) -> T:
    """Make a struct of a JSON body; an empty body counts as ``{}``.

    Args:
        body: The JSON.
        kind: The struct.
        fields: Fields that the path gave, which go before those of the body.

    Raises:
        MalformedRequest: The body is not JSON.
        InvalidValue: It is, but a field is missing, has the wrong type, or breaks a rule of its entity.
    """
    try:
        if fields:
            return convert({**_decoder(dict).decode(body or b"{}"), **fields}, kind)
        made: T = _decoder(kind).decode(body or b"{}")
    except msgspec.ValidationError as error:
        raise _why(error, kind) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedRequest(f"the body of the request is not JSON: {error}") from None
    except RecursionError:
        raise MalformedRequest("the body of the request is nested too deeply; no call wants that") from None
    return made


def convert(fields: dict[str, Any], kind: type[T]) -> T:
    """Make a struct of fields that are text, as the parameters of a query are.

    Raises:
        InvalidValue: A field is missing, has the wrong type, or breaks a rule of its entity.
    """
    try:
        made: T = msgspec.convert(fields, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _why(error, kind) from None
    return made


def reason(error: RunstoneError, what: str) -> str:
    """Why something is not what it should be, in words that do not speak of requests.

    Args:
        error: From ``decode``.
        what: What was decoded, for example ``"the line"``.
    """
    return error.message.removeprefix("the request cannot be read: ").replace("the body of the request", what)


def _why(error: msgspec.ValidationError, kind: type[msgspec.Struct]) -> InvalidValue:
    """The rule that an entity's constructor saw broken, else what msgspec says."""
    cause = error.__cause__
    if isinstance(cause, InvalidValue):
        return cause
    wanted = f"; it takes: {', '.join(kind.__struct_encode_fields__)}" if "unknown field" in str(error) else ""
    return InvalidValue(f"the request cannot be read: {error}{wanted}")
