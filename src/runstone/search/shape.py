"""How AND and OR nest in a tree, once NOT is carried to the tests."""

from collections.abc import Iterator

from runstone.search.ast import All, AnyOf, Filter, Not

# SQLite's parser has room for some twenty levels of brackets.
MAX_ALTERNATIONS = 12


def is_all(tree: All | AnyOf, *, is_negated: bool) -> bool:
    """Whether every term must hold, rather than one; to negate it is to swap these."""
    return isinstance(tree, All) is not is_negated


def flat(tree: Filter, *, wants_all: bool, is_negated: bool) -> Iterator[tuple[Filter, bool]]:
    """The terms of a tree, those of its terms that are joined likewise, and so on; with whether each is negated."""
    if isinstance(tree, Not):
        yield from flat(tree.term, wants_all=wants_all, is_negated=not is_negated)
    elif isinstance(tree, All | AnyOf) and is_all(tree, is_negated=is_negated) is wants_all:
        for term in tree.terms:
            yield from flat(term, wants_all=wants_all, is_negated=is_negated)
    else:
        yield tree, is_negated


def too_deep(tree: Filter, *, is_negated: bool = False, depth: int = 0) -> All | AnyOf | None:
    """The first AND or OR that is nested deeper than 12, each in one of the other kind; ``None`` if there is none."""
    if isinstance(tree, Not):
        return too_deep(tree.term, is_negated=not is_negated, depth=depth)
    if not isinstance(tree, All | AnyOf):
        return None
    if depth >= MAX_ALTERNATIONS:
        return tree
    terms = flat(tree, wants_all=is_all(tree, is_negated=is_negated), is_negated=is_negated)
    found = (too_deep(term, is_negated=is_opposite, depth=depth + 1) for term, is_opposite in terms)
    return next((deep for deep in found if deep is not None), None)
