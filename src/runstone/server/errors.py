"""Errors to answers: the only place that knows HTTP status codes of errors."""

import logging

from runstone.errors import BackendError, MethodNotAllowed, RunstoneError, TooLarge
from runstone.schemas import wire
from runstone.schemas.errors import ErrorBody

_log = logging.getLogger("runstone.server")

STATUS = {
    "BAD_REQUEST": 400,
    "INVALID_PARAMETER_VALUE": 400,
    "INVALID_STATE": 400,  # MLflow answers 500 here, on which its own clients try again and again
    "RESOURCE_ALREADY_EXISTS": 400,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "INTERNAL_ERROR": 500,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
}
_STATUS_OF_KIND: dict[type[RunstoneError], int] = {MethodNotAllowed: 405, TooLarge: 413}


def status_of(error: RunstoneError) -> int:
    """The HTTP status that an error is answered with."""
    return _STATUS_OF_KIND.get(type(error)) or STATUS[error.code]


def headers_of(error: Exception) -> list[tuple[bytes, bytes]]:
    """What the answer to an error says besides: by which methods a path is served, as RFC 9110 (15.5.6) demands."""
    return [(b"allow", error.allowed.encode())] if isinstance(error, MethodNotAllowed) else []


def answer(error: Exception, *, request_id: str = "") -> tuple[int, bytes]:
    """Status and JSON body for an error; what is not a ``RunstoneError`` is a fault of ours and only logged whole.

    Args:
        error: The error.
        request_id: Finds the line of the log.
    """
    if not isinstance(error, RunstoneError):
        facts = {"request_id": request_id}
        _log.error("a request failed for a reason nobody foresaw", exc_info=error, extra=facts)
        which = f" (request {request_id})" if request_id else ""
        error = BackendError(f"the server met an error that it did not foresee; its log says which{which}")
    body = ErrorBody(error.code, error.message, type(error).__name__, error.facts or None)
    return status_of(error), wire.encode(body)
