"""How a call was written is read from its source."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from runstone.autologging import written

SEEN: list[tuple[str, str | None]] = []
rows, other = [1], [2]


def score(*args: Any, **kwargs: Any) -> None:
    """Note how it was called, and what its first argument, called X, is there."""
    caller = sys._getframe(1)
    value = args[0] if args else kwargs["X"]
    SEEN.append((written.text(caller, "score"), written.name(caller, "score", 0, "X", value)))


evaluate = score


class Holder:
    """Something that holds data."""

    rows = rows


def calls() -> list[tuple[Callable[[], Any], str, str | None]]:
    pair = (rows, other)
    return [
        (lambda: score(rows, 3), "score(rows, 3)", "rows"),
        (lambda: score(y=3, X=other), "score(y=3, X=other)", "other"),
        (lambda: score(Holder.rows), "score(Holder.rows)", "rows"),
        (lambda: score(rows[:1]), "score(rows[:1])", None),
        (lambda: score(*pair), "score(*pair)", None),
        (lambda: score(rows, "ä", *pair), "score(rows, 'ä', *pair)", "rows"),
        (lambda: evaluate(rows), "evaluate(rows)", "rows"),
        (
            lambda: score(
                rows,
                # what it is
                kind="x",
            ),
            "score(rows, kind='x')",
            "rows",
        ),
    ]


@pytest.mark.parametrize(("call", "text", "name"), calls())
def test_argument_has_the_name_that_it_was_written_with(call: Callable[[], Any], text: str, name: str | None) -> None:
    SEEN.clear()

    call()
    call()

    assert [(text, name)] * 2 == SEEN


def test_calls_of_one_line_are_told_apart() -> None:
    SEEN.clear()

    for each in "abab":
        score(rows) if each == "a" else score(other)

    assert SEEN == [("score(rows)", "rows"), ("score(other)", "other")] * 2


def test_call_by_another_function_has_no_text_and_the_name_of_a_variable_of_the_module() -> None:
    SEEN.clear()

    list(map(score, [rows, [7]]))

    assert SEEN == [("", "rows"), ("", None)]


def test_source_that_is_no_longer_what_runs_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    SEEN.clear()

    with monkeypatch.context() as patch:
        patch.setattr("linecache.getlines", lambda _: ["something else (\n"] * 1000)
        score([7])

    assert SEEN == [("", None)]
