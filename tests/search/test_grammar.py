"""Filters and orders: the cases of ``spec/search``, and what must hold of any text."""

import json
from collections.abc import Callable
from math import inf, isnan, nan
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runstone.errors import InvalidFilter
from runstone.search import (
    EXPERIMENTS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Subject,
    filter_text,
    order_text,
    parse_filter,
    parse_order,
)
from runstone.search.ast import AnyOf, Comparison, Filter, Operator, Order

SPEC = Path(__file__).parents[2] / "spec" / "search"
SUBJECTS = {
    "runs": RUNS,
    "experiments": EXPERIMENTS,
    "registered models": REGISTERED_MODELS,
    "model versions": MODEL_VERSIONS,
}
# Pieces that texts are made of, so that many of them are almost filters.
WORDS = """metrics. params. tags. loss depth start_time status duration run_id and or not in is null like ilike rlike
now() = == != > >= < <= ( ) , + - . ; 1 2.5 7d 1e9 nan inf 'x' "x" `x` ' " ` '' é \\ $ #"""
PIECES = st.sampled_from([*WORDS.split(), "\n"])


def position_of_refusal(parse: Callable[[str, Subject], object], text: str, subject: Subject) -> int | None:
    try:
        parse(text, subject)
    except InvalidFilter as error:
        return error.position
    return None


def cases(name: str) -> list[Any]:
    found = json.loads((SPEC / f"{name}.json").read_text())["cases"]
    return [pytest.param(case, id=f"{case['subject']}: {case['text'][:60]}") for case in found]


@pytest.mark.parametrize("case", cases("filters"))
def test_filter_of_the_specification_has_its_tree(case: dict[str, Any]) -> None:
    subject = SUBJECTS[case["subject"]]

    tree = parse_filter(case["text"], subject)

    assert tree == msgspec.convert(case["tree"], Filter)
    assert filter_text(tree) == case["spelling"]


@pytest.mark.parametrize("case", cases("bad-filters"))
def test_bad_filter_of_the_specification_is_refused_at_its_position(case: dict[str, Any]) -> None:
    subject = SUBJECTS[case["subject"]]

    with pytest.raises(InvalidFilter) as caught:
        parse_filter(case["text"], subject)

    assert caught.value.position == case["position"]


@pytest.mark.parametrize("case", cases("orders"))
def test_order_of_the_specification_has_its_tree(case: dict[str, Any]) -> None:
    subject = SUBJECTS[case["subject"]]

    order = parse_order(case["text"], subject)

    assert order == msgspec.convert(case["tree"], Order)
    assert order_text(order) == case["spelling"]


@pytest.mark.parametrize("case", cases("bad-orders"))
def test_bad_order_of_the_specification_is_refused_at_its_position(case: dict[str, Any]) -> None:
    subject = SUBJECTS[case["subject"]]

    with pytest.raises(InvalidFilter) as caught:
        parse_order(case["text"], subject)

    assert caught.value.position == case["position"]


@given(st.text() | st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join))
@example("params.a RLIKE '((((((((((((((((((((((((a))))))))))))))))))))))))'")
@example("start_time > now() - 9999999999999999999999999999999999w")
@example("start_time > '9999-12-31T23:59:59.999999-23:59'")
@example("metrics.a > " + "9" * 5000)
def test_any_text_is_read_or_refused_at_a_position_within_it(text: str) -> None:
    for subject in SUBJECTS.values():
        in_filter = position_of_refusal(parse_filter, text, subject)
        in_order = position_of_refusal(parse_order, text, subject)

        assert in_filter is None or 0 <= in_filter <= len(text)
        assert in_order is None or 0 <= in_order <= len(text)


def test_nan_is_compared_by_equality_alone() -> None:
    tree = parse_filter("metrics.loss = nan")

    assert isinstance(tree, Comparison)
    assert isinstance(tree.value, float)
    assert isnan(tree.value)


@pytest.mark.parametrize(("word", "value"), [("inf", inf), ("-Infinity", -inf), ("1e999", inf)])
def test_infinity_has_words_and_numbers(word: str, value: float) -> None:
    tree = parse_filter(f"metrics.loss < {word}")

    assert isinstance(tree, Comparison)
    assert tree.value == value


@pytest.mark.parametrize("operator", [operator for operator in Operator if "LIKE" not in operator])
def test_number_may_be_compared_in_every_way(operator: Operator) -> None:
    tree = parse_filter(f"params.depth {operator} 3")

    assert isinstance(tree, Comparison)
    assert tree.operator is operator


def test_long_list_of_conditions_is_flat() -> None:
    text = " or ".join(["metrics.a > 1"] * 500)

    tree = parse_filter(text)

    assert isinstance(tree, AnyOf)
    assert len(tree.terms) == 500


def test_filter_of_ten_thousand_characters_is_read_and_one_more_is_refused() -> None:
    text = "params.a = '" + "x" * 9987 + "'"

    tree = parse_filter(text)

    assert isinstance(tree, Comparison)
    with pytest.raises(InvalidFilter, match=r"at most 10,000 characters; got 10,001") as caught:
        parse_filter(text + " ")
    assert caught.value.position == 10_000


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("not ", "")])
def test_filter_may_be_nested_a_hundred_deep_and_no_deeper(opening: str, closing: str) -> None:
    deep = f"{opening * 100}metrics.a > 1{closing * 100}"

    parse_filter(deep)

    with pytest.raises(InvalidFilter, match="at most 100 deep"):
        parse_filter(opening + deep + closing)


def test_brackets_beside_each_other_are_not_nested() -> None:
    text = " and ".join(["(metrics.a > 1)"] * 150)

    tree = parse_filter(text)

    assert len(filter_text(tree)) == len(text) - 2 * 150


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_characters_that_no_database_takes_are_refused(character: str) -> None:
    text = f"params.a = '{character}'"

    with pytest.raises(InvalidFilter, match="is text") as caught:
        parse_filter(text)

    assert caught.value.position == 12


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runName = 'a'", "is run_name meant?"),
        ("Metrics.loss > 1", "is metrics meant?"),
        ("loss > 1", "What was logged is written tags.NAME, metrics.NAME and params.NAME"),
        ("metrics = 1", "as in metrics.NAME"),
        ("params.learning-rate = '1'", "between backticks: params.`a-b`"),
        ("params.depth > '3'", "write the number without quotes"),
        ("params.depth = abc", "text is written 'abc'"),
        ("metrics.loss > 1; metrics.loss < 2", "join conditions with AND or OR"),
        ("start_time > '31.1.2026'", "a date such as '2026-01-31'"),
        ("metrics.loss > -x", "wanted a number after -, found the word x"),
        ("metrics.loss IN (1, NaN)", "a list holds no NaN"),
        ("duration > 99999999999w", "is too long"),
        ("start_time > now() - 100000w" + " - 100000w" * 74, "that time is too far away"),
    ],
)
def test_refusal_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(text)

    assert message in str(caught.value)


def test_refusal_shows_the_text_with_a_caret_below() -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse_filter("metrics.loss >\tx")

    assert str(caught.value).splitlines()[1:] == ["  metrics.loss > x", "                 ^"]


def test_refusal_shows_of_a_long_text_what_stands_around() -> None:
    text = " or ".join(["metrics.a > 1"] * 20) + " x"

    with pytest.raises(InvalidFilter) as caught:
        parse_filter(text)

    _, line, caret = str(caught.value).splitlines()
    assert line.startswith("  ...")
    assert line[caret.index("^")] == "x"


def test_nan_in_a_tree_reads_back_as_nan() -> None:
    text = filter_text(parse_filter(f"metrics.loss != {nan}"))

    assert text == "metrics.loss != NaN"
