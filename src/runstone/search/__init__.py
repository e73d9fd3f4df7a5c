"""Filters and orders: text to tree and back."""

from runstone.search.ast import Filter, Order
from runstone.search.fields import EXPERIMENTS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS, Subject
from runstone.search.grammar import parse_filter, parse_order
from runstone.search.text import filter_text, order_text

__all__ = [
    "EXPERIMENTS",
    "MODEL_VERSIONS",
    "REGISTERED_MODELS",
    "RUNS",
    "Filter",
    "Order",
    "Subject",
    "filter_text",
    "order_text",
    "parse_filter",
    "parse_order",
]
