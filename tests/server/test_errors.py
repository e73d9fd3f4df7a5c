"""Every error has a status, and one that nobody foresaw tells a stranger nothing."""

import json
import logging

import pytest

from runstone.errors import RunNotFound, RunstoneError, TooLarge
from runstone.server import errors


def every_kind(root: type[RunstoneError] = RunstoneError) -> list[type[RunstoneError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in every_kind(child))]


@pytest.mark.parametrize("kind", every_kind())
def test_every_error_has_a_status(kind: type[RunstoneError]) -> None:
    error = kind.__new__(kind, "why")

    assert 400 <= errors.status_of(error) <= 503


def test_too_much_is_told_apart_from_too_often() -> None:
    assert errors.status_of(TooLarge("much")) == 413


def test_known_error_is_answered_whole() -> None:
    status, body = errors.answer(RunNotFound("r"))

    assert (status, json.loads(body)["facts"]) == (404, {"run_id": "r"})


def test_unforeseen_error_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="runstone.server"):
        status, body = errors.answer(ZeroDivisionError("the secret is 42"))

    assert (status, json.loads(body)["error_code"]) == (500, "INTERNAL_ERROR")
    assert b"42" not in body
    assert "the secret is 42" in caplog.text
