"""Any search of any small store answers what plain Python says, on one page or on many."""

from collections.abc import Sequence
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import Connection, Engine

from runstone.entities import Page, Run, ViewType
from runstone.search import Order, filter_text, order_text
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
)
from runstone.search.fields import DATASET_FIELDS, RUNS, FieldType
from runstone.stores.sql.postgres.server import PostgresServer
from runstone.stores.sql.search import search_runs
from runstone.stores.sql.selection import USUAL_WALK, Walk
from tests.stores.small_store import SmallExperiment, SmallRun, SmallStore, artifact_uri_of, connected

KEYS = ["a", "b c", "never logged"]
TEXTS = [
    "",
    "x",
    "X",
    "xy",
    "é",
    "É",
    "10",
    "9",
    "1e1",
    " 10 ",
    "10.0",
    "9007199254740993",
    "abc",
    "%",
    "*x",
    "[x]",
    "FAILED",
]
PATTERNS = ["", "%", "_", "x%", "%Y", "É%", "é", "[x]", "*x", "1_", "F%D"]
EXPRESSIONS = [
    "^x",
    "[0-9]+$",
    "(?i)É",
    "a|b",
    ".",
    r"^\w+$",
    r"[^a-z]\s",
    "(?i)[X-Z]$",
    r"^(?:1|\D{2})?0*$",
]
NUMBERS = [-inf, -1, -0.0, 0, 0.5, 9, 10, 10.0, 9007199254740993, 1000, 2000, inf]
MOMENTS = [-5, 0, 1000, 2000, 2**40]
STATUSES = ["RUNNING", "FINISHED", "FAILED"]

SIGNS = [operator for operator in Operator if "LIKE" not in operator]
LIKES = [Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE]

keys = st.sampled_from(KEYS)
texts = st.sampled_from(TEXTS)
numbers = st.sampled_from(NUMBERS)
now_values = st.sampled_from([Now(0), Now(-5000), Now(5000)])

runs = st.builds(
    SmallRun,
    uuid=st.integers(0, 99).map(lambda number: f"{number:032x}"),
    experiment_id=st.sampled_from([1, 2]),
    name=texts,
    user_id=texts,
    status=st.sampled_from(STATUSES),
    start_time=st.sampled_from(MOMENTS),
    end_time=st.none() | st.sampled_from(MOMENTS),
    stage=st.sampled_from([0, 0, 0, 1]),
    metrics=st.dictionaries(st.sampled_from([*KEYS[:2], "a.max"]), st.sampled_from([*map(float, NUMBERS), nan])),
    earlier=st.dictionaries(st.sampled_from(KEYS[:2]), st.sampled_from([*map(float, NUMBERS), nan])),
    params=st.dictionaries(st.sampled_from(KEYS[:2]), texts),
    datasets=st.dictionaries(texts.filter(bool), st.none() | texts, max_size=2),
    tags=st.dictionaries(st.sampled_from(KEYS[:2]), texts),
)
stores = st.lists(runs, min_size=2, max_size=12, unique_by=lambda run: run.uuid)
# Where values may be missing or NaN is where a search goes wrong, hence twice.
fields = st.one_of(
    st.builds(Field, st.just(Kind.METRIC), keys, st.sampled_from(Aggregate)),
    st.sampled_from([Field(Kind.METRIC, "a"), Field(Kind.ATTRIBUTE, "end_time"), Field(Kind.PARAM, "a")]),
    st.builds(Field, st.sampled_from([Kind.METRIC, Kind.PARAM, Kind.TAG]), keys),
    st.sampled_from([Field(Kind.ATTRIBUTE, name) for name in RUNS.attributes]),
)
searched_fields = fields | st.sampled_from([Field(Kind.DATASET, name) for name in DATASET_FIELDS])
orders = st.lists(st.builds(Order, fields, st.booleans()), max_size=3, unique_by=lambda order: order.field)


@st.composite
def conditions(draw: st.DrawFn) -> Filter:
    field = draw(searched_fields)
    kind = RUNS.type_of(field)
    form = draw(st.integers(0, 5))
    if form == 0:
        return Missing(field, draw(st.booleans()))
    is_text = kind is FieldType.TEXT or (kind is FieldType.NUMBER_OR_TEXT and draw(st.booleans()))
    if form == 1:
        values = texts if is_text else numbers | now_values if kind is FieldType.TIME else numbers
        return OneOf(field, tuple(draw(st.lists(values, min_size=1, max_size=3))), draw(st.booleans()))
    if is_text:
        operator = draw(
            st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL, *LIKES, Operator.RLIKE, Operator.NOT_RLIKE])
        )
        if operator in {Operator.RLIKE, Operator.NOT_RLIKE}:
            return Comparison(field, operator, draw(st.sampled_from(EXPRESSIONS)))
        return Comparison(field, operator, draw(st.sampled_from(PATTERNS)) if operator in LIKES else draw(texts))
    if kind is FieldType.NUMBER and draw(st.integers(0, 5)) == 0:
        return Comparison(field, draw(st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL])), nan)
    value = numbers | now_values if kind is FieldType.TIME else numbers
    return Comparison(field, draw(st.sampled_from(SIGNS)), draw(value))


def joined(children: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    terms = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, children), st.builds(All, terms), st.builds(AnyOf, terms))


filters = st.just(All()) | st.recursive(conditions(), joined, max_leaves=4)


def filled(connection: Connection, found: Sequence[SmallRun]) -> SmallStore:
    store = SmallStore(connection, [SmallExperiment(1), SmallExperiment(2, "other", artifact_location="s3://b/x")])
    for run in found:
        store.add(run)
    return store


def ids(page: Page[Run]) -> list[str]:
    return [run.info.run_id for run in page]


class Searched(Struct, frozen=True):
    """A search, and what is searched."""

    found: list[SmallRun]
    tree: Filter
    order: list[Order]
    view_type: ViewType
    experiments: set[int]
    size: int
    walk: Walk


searches = st.builds(
    Searched,
    stores,
    filters,
    orders,
    st.sampled_from(ViewType),
    st.sets(st.sampled_from([1, 2, 3])),
    st.integers(1, 4),
    # Short walks along an index, and lists, which small stores would not be worth by themselves.
    st.sampled_from([USUAL_WALK, Walk(1, 1, 1), Walk(1, 1, 3, 0), Walk(1, 100, passed=1)]),
)


def check_search(connection: Connection, searched: Searched) -> None:
    """Search by pages, and compare with what Python says."""
    store = filled(connection, searched.found)
    pages: list[str] = []
    token = ""
    now = 1000

    while True:
        page = search_runs(
            connection,
            [str(number) for number in searched.experiments],
            artifact_uri_of=artifact_uri_of,
            filter_string=filter_text(searched.tree),
            view_type=searched.view_type,
            max_results=searched.size,
            order_by=[order_text(item) for item in searched.order],
            page_token=token,
            now=now,
            walk=searched.walk,
        )
        pages += ids(page)
        token = page.token or ""
        if not token:
            break

    expected = store.search(sorted(searched.experiments), searched.tree, searched.view_type, searched.order, now)
    assert pages == expected


@pytest.mark.no_cover  # other tests have gone there once
@settings(max_examples=200, deadline=None)
@given(searches)
def test_search_answers_what_python_says_on_pages_of_any_size(searched: Searched) -> None:
    with connected() as connection:
        check_search(connection, searched)


@pytest.fixture(scope="module")
def postgres_engine(module_postgres_uri: str) -> Engine:
    return PostgresServer(module_postgres_uri).open_engine(durable=True)


@pytest.mark.no_cover  # other tests have gone there once
@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(searched=searches)
def test_search_on_postgres_answers_the_same(postgres_engine: Engine, searched: Searched) -> None:
    with connected(postgres_engine) as connection:
        check_search(connection, searched)


@pytest.mark.no_cover  # other tests have gone there once
@settings(deadline=None)
@given(stores, orders, runs)
def test_pages_skip_and_repeat_nothing_while_runs_are_added(
    found: list[SmallRun], order: list[Order], late: SmallRun
) -> None:
    with connected() as connection:
        store = filled(connection, found)
        before = store.search([1, 2], All(), ViewType.ALL, order, 0)
        pages: list[str] = []
        token = ""

        for turn in range(len(found) + 2):
            page = search_runs(
                connection,
                ["1", "2"],
                artifact_uri_of=artifact_uri_of,
                view_type=ViewType.ALL,
                max_results=2,
                order_by=[order_text(item) for item in order],
                page_token=token,
            )
            pages += ids(page)
            token = page.token or ""
            if turn == 0 and late.uuid not in before:
                store.add(late)
            if not token:
                break

        assert [uuid for uuid in pages if uuid != late.uuid] == [uuid for uuid in before if uuid != late.uuid]
        assert pages.count(late.uuid) <= 1


@pytest.mark.parametrize(
    "order", ["metrics.a", "metrics.a DESC", "params.a", "tags.a DESC", "end_time", "duration DESC"]
)
def test_key_that_is_first_logged_between_two_pages_breaks_nothing(order: str) -> None:
    with connected() as connection:
        store = filled(connection, [SmallRun(f"{number:032x}") for number in range(3)])
        first = search_runs(connection, ["1"], artifact_uri_of=artifact_uri_of, max_results=1, order_by=[order])
        store.add(SmallRun("f" * 32, metrics={"a": 1.0}, params={"a": "x"}, tags={"a": "x"}, end_time=1))

        second = search_runs(
            connection,
            ["1"],
            artifact_uri_of=artifact_uri_of,
            max_results=9,
            order_by=[order],
            page_token=first.token or "",
        )

        assert ids(second) == [f"{number:032x}" for number in (1, 2)]
