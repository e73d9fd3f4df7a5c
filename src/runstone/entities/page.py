"""A page of a longer answer."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


class Page(list[T]):
    """Some of the things that were asked for, and the token that asks for the next ones.

    A list, as MLflow's users expect.

    Attributes:
        token: Pass it to the same search to get the next page; empty after the last.
    """

    def __init__(self, items: Iterable[T] = (), token: str = "") -> None:
        super().__init__(items)
        self.token = token
