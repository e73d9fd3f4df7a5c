"""Tree to text and back."""

from hypothesis import given

from runstone.search import Filter, Order, filter_text, order_text, parse_filter, parse_order
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
