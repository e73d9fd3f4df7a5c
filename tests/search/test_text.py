"""Tree to text and back."""

import math

import pytest
from hypothesis import given

from runstone.search import Filter, Order, filter_text, order_text, parse_filter, parse_order
from runstone.search.ast import Comparison, Field, Kind, Operator
from tests.search import trees


@given(trees.filters)
def test_filter_written_and_read_again_is_the_same(tree: Filter) -> None:
    text = filter_text(tree)

    again = parse_filter(text)

    assert again == tree
    assert filter_text(again) == text


@given(trees.orders)
def test_order_written_and_read_again_is_the_same(order: Order) -> None:
    text = order_text(order)

    again = parse_order(text)

    assert again == order


@pytest.mark.parametrize(
    ("value", "text"), [(math.inf, "1e999"), (-math.inf, "-1e999"), (math.nan, "NaN"), (-0.0, "-0.0")]
)
def test_number_beyond_the_usual_is_written_as_it_is_read(value: float, text: str) -> None:
    written = filter_text(Comparison(Field(Kind.METRIC, "a"), Operator.EQUAL, value))

    assert written.endswith(f" = {text}")
    assert filter_text(parse_filter(written)) == written
