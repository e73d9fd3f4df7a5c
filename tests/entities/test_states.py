"""States by their words, and by the numbers that protobuf gives them."""

from collections.abc import Callable

import pytest

from runstone.entities import RunStatus, ViewType
from runstone.entities.states import model_stage, run_status, view_type
from runstone.errors import InvalidValue


@pytest.mark.parametrize("word", ["FAILED", 4, "4"])
def test_status_is_known_by_word_and_number(word: object) -> None:
    assert run_status(word) is RunStatus.FAILED


@pytest.mark.parametrize("word", [None, "", "ACTIVE_ONLY", 1])
def test_view_is_of_things_in_use_where_nothing_is_said(word: object) -> None:
    assert view_type(word) is ViewType.ACTIVE_ONLY


@pytest.mark.parametrize("which", [run_status, view_type, model_stage])
@pytest.mark.parametrize("word", ["SOME", 9])
def test_word_that_stands_for_nothing_is_refused(which: Callable[[object], object], word: object) -> None:
    with pytest.raises(InvalidValue, match=f"is one of .*; got {word!r}"):
        which(word)
