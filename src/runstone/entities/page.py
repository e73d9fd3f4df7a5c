"""A page of a longer answer."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


class Page(list[T]):
    """Some of the things that were asked for, and the token that asks for the next ones.

    A list, as MLflow's users expect.

    Attributes:
        token: Pass it to the same search to get the next page; ``None`` after the last, as in MLflow.
    """

    def __init__(self, items: Iterable[T] = (), token: str = "") -> None:
        super().__init__(items)
        self.token = token or None


def all_pages(ask: Callable[[int, str], Page[T]], *, at_once: int, most: int | None = None) -> Iterator[T]:
    """What all pages hold, one after the other, each asked for when those before it were taken.

    Args:
        ask: Gives a page of at most so many things, by its token; empty text stands for the first.
        at_once: Length of a page.
        most: So many things are given at most; all if ``None``.

    Example:
        >>> pages = {"": Page("ab", "2"), "2": Page("c")}
        >>> list(all_pages(lambda size, token: pages[token], at_once=2))
        ['a', 'b', 'c']
    """
    token = ""
    while most is None or most > 0:
        page = ask(at_once if most is None else min(at_once, most), token)
        yield from page
        most = None if most is None else most - len(page)
        if page.token is None:
            return
        token = page.token
