"""Makes trees for the property tests: every tree that a text can have."""

from hypothesis import strategies as st

from runstone.search.ast import (
    Aggregate,
    All,
    AnyOf,
    Comparison,
    Field,
    Filter,
    Kind,
    Missing,
    Not,
    Now,
    OneOf,
    Operator,
    Order,
)
from runstone.search.fields import DATASET_FIELDS, RUNS, FieldType

EQUALITY = [Operator.EQUAL, Operator.NOT_EQUAL]
SIGNS = [*EQUALITY, Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL]
LIKES = [Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE]

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)
integers = st.integers(-(2**63), 2**63 - 1)
numbers = integers | st.floats(allow_nan=False)
times = numbers | st.builds(Now, st.integers(-(2**50), 2**50))

VALUES = {
    FieldType.TEXT: text,
    FieldType.NUMBER: numbers,
    FieldType.NUMBER_OR_TEXT: text | numbers,
    FieldType.TIME: times,
    FieldType.DURATION: numbers,
}

fields = st.one_of(
    st.builds(Field, st.just(Kind.METRIC), keys, st.sampled_from(Aggregate)),
    st.sampled_from([Field(Kind.ATTRIBUTE, name) for name in RUNS.attributes]),
    st.builds(Field, st.sampled_from([Kind.METRIC, Kind.PARAM, Kind.TAG]), keys),
    st.builds(Field, st.just(Kind.DATASET), st.sampled_from(DATASET_FIELDS)),
)


@st.composite
def tests(draw: st.DrawFn) -> Filter:
    """A field and what is asked of it."""
    field = draw(fields)
    value = VALUES[RUNS.type_of(field)]
    form = draw(st.integers(0, 3))
    if form == 0:
        return Missing(field, draw(st.booleans()))
    if form == 1:
        first = draw(value)
        others = draw(st.lists(value.filter(lambda item: isinstance(item, str) is isinstance(first, str)), max_size=2))
        return OneOf(field, (first, *others), draw(st.booleans()))
    found = draw(value)
    if isinstance(found, str):
        return Comparison(field, draw(st.sampled_from(EQUALITY + LIKES)), found)
    return Comparison(field, draw(st.sampled_from(SIGNS)), found)


def _joined(children: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    terms = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, children), st.builds(All, terms), st.builds(AnyOf, terms))


filters = st.just(All()) | st.recursive(tests(), _joined, max_leaves=8)
orders = st.builds(Order, fields.filter(lambda field: field.kind is not Kind.DATASET), st.booleans())
