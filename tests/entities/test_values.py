"""Metrics, params and tags take good values as they are and refuse the rest where they are made."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.entities import Metric, ModelTag, NonFinite, Param, RunMetric, Tag
from runstone.entities.names import (
    MAX_TIME,
    canonical_name,
    check_alias,
    check_int64,
    check_time,
    model_name,
    shown,
)
from runstone.errors import InvalidValue

GOOD_KEYS = ["loss", "val/loss", "a b", "train.acc", "λ", "50_%".replace("%", "x"), "a:b-c", "x" * 250, "..a", "a..b"]
BAD_KEYS: list[Any] = [
    "",
    "x" * 251,
    "a;b",
    "a\nb",
    "50%",
    "/a",
    "a/",
    "a//b",
    "a/../b",
    "..",
    ".",
    "a/./b",
    "a\x00",
    "a\\b",
    None,
    5,
    b"a",
]


@pytest.mark.parametrize("kind", [lambda key: Metric(key, 1.0, 0), Param, Tag])
@pytest.mark.parametrize("key", GOOD_KEYS)
def test_plain_names_are_taken(kind: Any, key: str) -> None:
    assert kind(key).key == key


@pytest.mark.parametrize("kind", [lambda key: Metric(key, 1.0, 0), Param, Tag])
@pytest.mark.parametrize("key", BAD_KEYS)
def test_other_names_are_refused(kind: Any, key: Any) -> None:
    with pytest.raises(InvalidValue, match="name"):
        kind(key)


class Scalar:
    """Like a numpy or torch scalar: no float, but can become one."""

    def __float__(self) -> float:
        return 2.5


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1, 1.0),
        (True, 1.0),
        (Scalar(), 2.5),
        (Decimal("0.5"), 0.5),
        (Fraction(1, 4), 0.25),
        (-0.0, -0.0),
        (5e-324, 5e-324),
    ],
)
def test_metric_takes_what_can_be_a_float(value: Any, kept: float) -> None:
    metric = Metric("m", value, 0)

    assert type(metric.value) is float
    assert (metric.value, math.copysign(1, metric.value)) == (kept, math.copysign(1, kept))


@pytest.mark.parametrize("value", ["1.0", b"1", None, [1.0], 1j, 10**400, object()])
def test_metric_refuses_what_is_no_number(value: Any) -> None:
    with pytest.raises(InvalidValue, match="the metric 'm' is a number"):
        Metric("m", value, 0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_metric_keeps_values_that_are_not_finite(value: float) -> None:
    metric = Metric("m", value, 0)
    of_run = RunMetric("m", value, 0, 0, "r")

    for kept in (metric.value, of_run.value):
        assert isinstance(kept, NonFinite)
        assert kept == value or (math.isnan(kept) and math.isnan(value))


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_metric_keeps_every_finite_value_time_and_step(value: float, timestamp: int, step: int) -> None:
    metric = Metric("m", value, timestamp, step)

    assert (metric.value, metric.timestamp, metric.step) == (value, timestamp, step)


@pytest.mark.parametrize(
    ("timestamp", "step"),
    [
        (-1, 0),
        (2**63, 0),
        (float("nan"), 0),
        ("1", 0),
        (True, 0),
        (0, 2**63),
        (0, -(2**63) - 1),
        (0, 0.5),
        (0, False),
        (0, None),
    ],
)
def test_metric_refuses_times_and_steps_that_are_no_int64(timestamp: Any, step: Any) -> None:
    with pytest.raises(InvalidValue, match="of a metric is"):
        Metric("m", 1.0, timestamp, step)


@pytest.mark.parametrize("value", [5, 1.5, None, [1], {"a": 1}, True])
def test_params_and_tags_turn_values_into_text(value: Any) -> None:
    assert Param("p", value).value == Tag("t", value).value == str(value)


def test_text_up_to_the_limit_is_taken_and_no_more() -> None:
    assert len(Param("p", "x" * 6000).value) == 6000
    assert len(Tag("t", "x" * 8000).value) == 8000
    with pytest.raises(InvalidValue, match=r"at most 6000 characters; got 6001: .*\(6003 characters\)"):
        Param("p", "x" * 6001)
    with pytest.raises(InvalidValue, match="at most 8000"):
        Tag("t", "x" * 8001)


@pytest.mark.parametrize("kind", [Param, Tag, ModelTag])
@pytest.mark.parametrize(("text", "reason"), [("a\0b", "holds no NUL character"), ("a\ud800", "half a character")])
def test_text_that_no_database_keeps_is_refused_by_name(kind: Any, text: str, reason: str) -> None:
    with pytest.raises(InvalidValue, match=f"the value of the (param|tag) 'k' .*{reason}"):
        kind("k", text)


def test_names_are_kept_in_canonical_form() -> None:
    assert canonical_name("the name", "Cafe\u0301", 10) == "Café"


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\nb", "x" * 11, None, 5])
def test_names_that_cannot_be_shown_are_refused(name: Any) -> None:
    with pytest.raises(InvalidValue, match="the name"):
        canonical_name("the name", name, 10)


def test_integers_are_checked_against_their_bounds() -> None:
    check_int64("n", 0, least=0)
    with pytest.raises(InvalidValue, match=r"between 0 and \d+; got -1"):
        check_int64("n", -1, least=0)


class Frame:
    """What shows itself as polars does."""

    def __repr__(self) -> str:
        return "shape: (1, 1)\n| a |"


def test_long_values_are_cut_in_messages() -> None:
    assert shown(Frame()) == "shape: (1, 1) ..."
    assert shown("a" * 100).endswith("... (102 characters)")
    assert shown("a") == "'a'"


def test_value_of_a_models_tag_is_text_of_a_largest_length() -> None:
    assert ModelTag("a", 5).value == "5"  # type: ignore[arg-type]  # anything is turned into text
    assert len(ModelTag("a", "x" * 100_000).value) == 100_000
    with pytest.raises(InvalidValue, match="at most 100000 characters"):
        ModelTag("a", "x" * 100_001)
    with pytest.raises(InvalidValue, match="not allowed"):
        ModelTag("a;b", "x")


@pytest.mark.parametrize("name", ["a/b", "a:b", ".", "..", "", " ", "x" * 257, "a\nb"])
def test_name_of_a_model_that_breaks_a_rule_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="the name of a registered model"):
        model_name(name)


def test_name_of_a_model_is_put_into_canonical_form() -> None:
    assert model_name("cafe\u0301") == "caf\u00e9"


@pytest.mark.parametrize("alias", ["champion", "2", "a-b_c", "Älteste", "v", "latest2"])
def test_good_alias_is_taken(alias: str) -> None:
    check_alias(alias)


@pytest.mark.parametrize("alias", ["", "a b", "a.b", "LATEST", "v1", "x" * 256, 5])
def test_bad_alias_is_refused(alias: Any) -> None:
    with pytest.raises(InvalidValue, match="alias"):
        check_alias(alias)


@pytest.mark.parametrize("value", [-1, MAX_TIME + 1, 2**63, True, 1.0, "1"])
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="the start"):
        check_time("the start", value)


@pytest.mark.parametrize("value", [0, MAX_TIME])
def test_times_from_1970_to_the_end_of_9999_are_taken(value: int) -> None:
    check_time("the start", value)


class _Name(str):
    """A text of a class of its own, as numpy's."""


def test_name_of_a_class_of_its_own_becomes_plain_text() -> None:
    named: list[Any] = [
        Metric(_Name("n"), 1.0, 0, 0),
        Param(_Name("n"), "v"),
        Tag(_Name("n"), "v"),
        ModelTag(_Name("n"), "v"),
    ]

    assert [type(each.key) for each in named] == [str] * 4
    assert {each.key for each in named} == {"n"}
