"""Searches of five runs whose answers a genuine MLflow 3.17 gives too, and of what it does not have."""

from collections.abc import Iterator
from math import inf, nan

import pytest
from sqlalchemy import event

from runstone.entities import Page, Run, ViewType
from runstone.errors import InvalidFilter, InvalidPageToken, InvalidValue
from runstone.stores.sql.search import MAX_ORDER, search_experiments, search_runs
from runstone.stores.sql.tables import DELETED
from tests.stores.small_store import SmallExperiment, SmallRun, SmallStore, artifact_uri_of, connected

DAY = 86_400_000
NOW = 100 * DAY

RUNS = [
    SmallRun(
        "0c" * 16,
        name="A",
        user_id="anna",
        start_time=1000,
        end_time=2000,
        metrics={"m": 0.5, "n.x": 1.0, "a b": 2.0},
        params={"p": "10", "q": "Ab%c", "r": "é"},
        tags={"t t": "x", "u": "Hello", "mlflow.runName": "A"},
    ),
    SmallRun(
        "0a" * 16,
        name="B",
        user_id="anna",
        status="RUNNING",
        start_time=2000,
        metrics={"m": nan},
        params={"p": "9", "q": "abXc", "r": "É"},
        tags={"u": "hello", "mlflow.runName": "B"},
    ),
    SmallRun(
        "0d" * 16,
        name="C",
        status="FAILED",
        start_time=3000,
        end_time=4000,
        metrics={"m": inf},
        params={"p": "abc", "q": "a_c"},
        tags={"u": "it's", "mlflow.runName": "C"},
    ),
    SmallRun("0f" * 16, name="D", status="RUNNING", start_time=3000, metrics={"m": -inf}, tags={"u": 'say "hi"'}),
    SmallRun("0e" * 16, name="E", status="RUNNING", start_time=3000, params={"p": ""}),
]


@pytest.fixture
def store() -> Iterator[SmallStore]:
    with connected() as connection:
        store = SmallStore(connection)
        for run in RUNS:
            store.add(run)
        yield store


def names(page: Page[Run]) -> str:
    return " ".join(run.info.run_name for run in page)


# In MLflow's order: the latest start first, then by id.
SHARED = [
    ("", "C E D B A"),
    ("metrics.m = 0.5", "A"),
    ("metrics.m != 0.5", "C D B"),
    ("metrics.m > 0", "C A"),
    ("metrics.m < 0", "D"),
    ("metrics.m >= -1e400", "C D A"),
    ("metrics.m > 1e3", "C"),
    ('metrics."a b" = 2', "A"),
    ("metrics.n.x = 1", "A"),
    ("metrics.zzz > 0", ""),
    ("params.p = '10'", "A"),
    ("params.p != '10'", "C E B"),
    ("params.p LIKE '1%'", "A"),
    ("params.p ILIKE 'A%'", "C"),
    ("params.q LIKE 'ab%'", "B"),
    ("params.q LIKE 'Ab%'", "A"),
    ("params.q ILIKE 'AB%'", "B A"),
    ("params.q LIKE 'a_c'", "C"),
    ("params.q LIKE 'Ab\\%c'", ""),
    ("params.p IS NULL", "D"),
    ("params.p IS NOT NULL", "C E B A"),
    ("params.p = ''", "E"),
    ("tags.`t t` = 'x'", "A"),
    ('tags.u = "it\'s"', "C"),
    ("tags.u LIKE '%hi%'", "D"),
    ("tags.u IS NULL", "E"),
    ("tags.zzz IS NULL", "C E D B A"),
    ("tags.zzz != 'x'", ""),
    ("tags.mlflow.runName = 'A'", "A"),
    ("attributes.`Run name` = 'A'", "A"),
    ("run_name LIKE 'a%'", ""),
    ("run_name ILIKE 'a%'", "A"),
    ("status = 'finished'", ""),
    ("status != 'FINISHED'", "C E D B"),
    ("status LIKE 'FIN%'", "A"),
    (f"run_id IN ('{'0c' * 16}', '{'0d' * 16}')", "C A"),
    (f"run_id NOT IN ('{'0c' * 16}')", "C E D B"),
    ("user_id = 'anna'", "B A"),
    ("artifact_uri LIKE '%artifacts'", "C E D B A"),
    ("start_time > 1500", "C E D B"),
    ("start_time != 3000", "B A"),
    ("start_time > 1500.5", "C E D B"),
    ("created > 1500", "C E D B"),
    ("end_time > 1", "C A"),
    ("end_time != 2000", "C"),
    ("metrics.m > 0 AND params.p = 'abc'", "C"),
]
# What MLflow refuses, or answers otherwise.
OURS = [
    ("metrics.m = NaN", "B"),
    ("metrics.m != NaN", "C D A"),
    ("metrics.m = inf", "C"),
    ("metrics.m IN (0.5, -inf)", "D A"),
    ("metrics.m NOT IN (0.5)", "C D B"),
    ("metrics.m IS NULL", "E"),
    ("metrics.m IS NOT NULL", "C D B A"),
    ("NOT metrics.m > 0", "E D B"),
    ("params.p > 5", "B A"),
    ("params.p = 10.0", "A"),
    ("params.p != 10", "B"),
    ("params.p IN (9, 10)", "B A"),
    ("params.p NOT IN (9)", "A"),
    ("params.p IN ('10', '9')", "B A"),
    ("params.p NOT IN ('10', '9')", "C E"),
    ("params.p NOT LIKE '1%'", "C E B"),
    ("params.p RLIKE '^[0-9]+$'", "B A"),
    ("params.p NOT RLIKE '^[0-9]+$'", "C E"),
    ("params.r ILIKE 'É%'", "B A"),
    (f"params.r ILIKE '%{'é' * 190}'", ""),
    ("NOT params.p = '10'", "C E D B"),
    ("run_name IN ('A', 'B')", "B A"),
    ("lifecycle_stage = 'active' AND experiment_id = '1'", "C E D B A"),
    ("end_time IS NULL", "E D B"),
    ("NOT end_time > 2000", "E D B A"),
    ("end_time NOT IN (2000)", "C"),
    ("duration = 1s", "C A"),
    ("duration > 1000", ""),
    ("NOT duration > 0", "E D B"),
    ("metrics.m > 0 OR params.p = '9'", "C B A"),
    ("(metrics.m > 0 OR params.p = '9') AND NOT run_name = 'C'", "B A"),
    ("start_time <= '1970-01-01T00:00:01Z'", "A"),
    ("start_time > now() - 100d + 1s", "C E D B"),
    ("start_time IN (2000, now() - 100d)", "B"),
]


@pytest.mark.parametrize(("text", "wanted"), SHARED)
def test_filter_answers_as_mlflow_does(store: SmallStore, text: str, wanted: str) -> None:
    page = search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string=text)

    assert names(page) == wanted


@pytest.mark.parametrize(("text", "wanted"), OURS)
def test_filter_that_mlflow_does_not_have_answers(store: SmallStore, text: str, wanted: str) -> None:
    page = search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string=text, now=NOW)

    assert names(page) == wanted


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        (["metrics.m"], "D A C B E"),
        (["metrics.m DESC"], "C A D B E"),
        (["params.p"], "E A B C D"),
        (["params.p DESC"], "C B A E D"),
        (["params.r"], "B A C E D"),
        (["tags.u"], "A B C D E"),
        (["tags.u DESC"], "D C B A E"),
        (["start_time"], "A B C E D"),
        (["attributes.start_time DESC"], "C E D B A"),
        (["end_time"], "A C E D B"),
        (["end_time DESC"], "C A E D B"),
        (["status"], "C A E D B"),
        (["run_name DESC"], "E D C B A"),
        (["run_id"], "B A C E D"),
        (["artifact_uri"], "B A C E D"),
        (["metrics.zzz", "run_name ASC"], "A B C D E"),
        (["duration", "metrics.m"], "A C D B E"),
        (["metrics.m", "metrics.m DESC"], "D A C B E"),
        (["experiment_id", "lifecycle_stage DESC"], "C E D B A"),
    ],
)
def test_order_puts_missing_last_and_nan_before_it_and_breaks_ties_by_start(
    store: SmallStore, items: list[str], wanted: str
) -> None:
    page = search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, order_by=items)

    assert names(page) == wanted


def test_view_type_chooses_between_use_and_trash(store: SmallStore) -> None:
    store.add(SmallRun("ff" * 16, name="gone", stage=DELETED))

    found = {
        view: names(search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, view_type=view))
        for view in ViewType
    }

    assert found == {
        ViewType.ACTIVE_ONLY: "C E D B A",
        ViewType.DELETED_ONLY: "gone",
        ViewType.ALL: "C E D B A gone",
    }


@pytest.mark.parametrize("experiment_ids", [[], ["2"], ["-1"], ["9" * 30]])
def test_unknown_experiments_have_no_runs(store: SmallStore, experiment_ids: list[str]) -> None:
    page = search_runs(store.connection, experiment_ids, artifact_uri_of=artifact_uri_of, order_by=["artifact_uri"])

    assert page == []
    assert page.token is None


def test_experiment_named_twice_is_searched_once(store: SmallStore) -> None:
    page = search_runs(store.connection, ["1", "2", "1"], artifact_uri_of=artifact_uri_of)

    assert names(page) == "C E D B A"


def test_forty_thousand_experiments_can_be_searched_at_once(store: SmallStore) -> None:
    ids = [str(number) for number in range(40_000)]

    page = search_runs(
        store.connection, ids, artifact_uri_of=artifact_uri_of, filter_string="artifact_uri LIKE '%/1/%'"
    )

    assert len(page) == len(RUNS)


def test_experiment_id_that_is_no_number_is_refused(store: SmallStore) -> None:
    with pytest.raises(InvalidValue, match="whole number"):
        search_runs(store.connection, ["abc"], artifact_uri_of=artifact_uri_of)


@pytest.mark.parametrize("size", [0, -1, 50_001, True])
def test_page_size_out_of_range_is_refused(store: SmallStore, size: int) -> None:
    with pytest.raises(InvalidValue, match="a page has 1 to 50000 results"):
        search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, max_results=size)


def test_order_of_too_many_items_is_refused(store: SmallStore) -> None:
    items = [f"metrics.m{number}" for number in range(MAX_ORDER + 1)]

    with pytest.raises(InvalidValue, match="at most 20 items; got 21"):
        search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, order_by=items)


def test_order_of_the_most_items_is_taken(store: SmallStore) -> None:
    keys = [f"m{number}" for number in range(MAX_ORDER)]
    store.add(SmallRun("ff" * 16, name="F", start_time=0, metrics=dict.fromkeys(keys, 1.0)))

    page = search_runs(
        store.connection,
        ["1"],
        artifact_uri_of=artifact_uri_of,
        order_by=[f"metrics.{key}" for key in keys],
        max_results=5,
    )

    assert names(page) == "F C E D B"
    assert page.token


def test_bad_filter_and_bad_order_are_refused(store: SmallStore) -> None:
    with pytest.raises(InvalidFilter):
        search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string="loss > 1")

    with pytest.raises(InvalidFilter):
        search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, order_by=["loss"])


def test_values_reach_the_database_beside_the_statement_not_in_it(store: SmallStore) -> None:
    seen: list[str] = []
    event.listen(store.connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
    attack = "x'' OR 1=1; DROP TABLE run --"

    page = search_runs(
        store.connection,
        ["1"],
        artifact_uri_of=artifact_uri_of,
        filter_string=f"params.p = '{attack}' OR tags.`{attack}` LIKE '{attack}' OR run_name RLIKE '{attack}'",
        order_by=[f"params.`{attack}`"],
    )

    assert page == []
    assert not [statement for statement in seen if "DROP" in statement]


@pytest.mark.parametrize("word", ["OR", "AND"])
def test_filter_of_the_greatest_length_is_answered(store: SmallStore, word: str) -> None:
    text = f" {word} ".join(["params.p = 9"] * 600)[:9999].rpartition(f" {word} ")[0]

    page = search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string=text)

    assert names(page) == "B"


@pytest.mark.parametrize(
    ("opening", "closing", "wanted"),
    [
        ("NOT " * 100, "", "B"),
        ("(" * 100, ")" * 100, "B"),
        ("(params.p IS NULL OR " * 100, ")" * 100, "D B"),
        ("(run_name = 'A' OR NOT (run_name = 'A' OR " * 6, "))" * 6, "B A"),
        ("(run_name = 'A' OR (params.p IS NULL OR run_name != 'A') AND " * 5, ")" * 5, "B A"),
    ],
)
def test_filter_of_the_greatest_depth_is_answered(store: SmallStore, opening: str, closing: str, wanted: str) -> None:
    listed = ", ".join(str(number) for number in range(-200, 10))
    text = f"{opening}params.p IN ({listed}){closing}"

    page = search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string=text)

    assert names(page) == wanted


def test_list_of_hundreds_of_values_is_answered(store: SmallStore) -> None:
    values = ", ".join(str(number) for number in range(1500))

    page = search_runs(
        store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string=f"params.p IN ({values})"
    )

    assert names(page) == "B A"


def test_values_of_very_many_runs_are_found_like_those_of_few(store: SmallStore) -> None:
    for number in range(600):
        store.add(SmallRun(f"{number:032x}", metrics={"m": 7.0}, params={"p": "often"}, tags={"t": "often"}))
    wanted = {
        "metrics.m = 7": 600,
        "metrics.m > 1 AND params.p = 'often'": 600,
        "NOT params.p = 'often'": 5,
        "params.p IN ('often', '10')": 601,
        "params.p = '10' OR tags.t = 'often'": 601,
        "NOT metrics.m <= 7 AND metrics.m IS NOT NULL": 2,
    }

    found = {
        text: len(search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string=text))
        for text in wanted
    }

    assert found == wanted


def test_runs_of_a_strict_condition_are_found_page_by_page_like_those_of_a_loose_one(store: SmallStore) -> None:
    for number in range(60):
        text = "rare-\U0010ffff" if number % 20 == 0 else "\ud7ffoften"
        store.add(SmallRun(f"{number:032x}", start_time=number, metrics={"x": number / 10}, tags={"t": text}))
    wanted = {
        "tags.t LIKE 'rare%'": [40, 20, 0],
        "tags.t LIKE 'rare-\U0010ffff%' AND metrics.x > 1": [40, 20],
        "tags.t LIKE '\ud7ff%' AND metrics.x >= 5.7": [59, 58, 57],
        "tags.t LIKE 'rare%' OR metrics.x > 5.8": [59, 40, 20, 0],
        "NOT tags.t LIKE 'rare%' AND metrics.x < 0.3 AND tags.t != 'x'": [2, 1],
    }

    for text, numbers in wanted.items():
        found: list[str] = []
        token = ""
        while token or not found:
            page = search_runs(
                store.connection,
                ["1"],
                artifact_uri_of=artifact_uri_of,
                filter_string=text,
                max_results=1,
                page_token=token,
            )
            found += [run.info.run_id for run in page]
            token = page.token or ""
            if not token:
                break
        assert found == [f"{number:032x}" for number in numbers]


def test_now_means_the_same_on_every_page(store: SmallStore) -> None:
    wanted = {"filter_string": "start_time >= now() - 1d", "artifact_uri_of": artifact_uri_of}
    first = search_runs(store.connection, ["1"], max_results=1, now=DAY + 2000, **wanted)  # type: ignore[arg-type]  # mixed values

    rest = search_runs(store.connection, ["1"], page_token=first.token, **wanted)  # type: ignore[arg-type]  # mixed values

    assert names(rest) == "E D B"


def test_token_goes_with_its_search_alone_in_whatever_spelling(store: SmallStore) -> None:
    first = search_runs(
        store.connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string="metric.m > 0", max_results=1
    )

    same = search_runs(
        store.connection,
        ["1"],
        artifact_uri_of=artifact_uri_of,
        filter_string=" metrics.`m`>0",
        page_token=first.token or "",
    )

    assert names(same) == "A"
    for other in ({"filter_string": "metrics.m > 1"}, {"view_type": ViewType.ALL}, {"order_by": ["run_id"]}):
        with pytest.raises(InvalidPageToken):
            search_runs(store.connection, ["1"], artifact_uri_of=artifact_uri_of, page_token=first.token or "", **other)
    with pytest.raises(InvalidPageToken):
        search_experiments(store.connection, artifact_uri_of=artifact_uri_of, page_token=first.token or "")


EXPERIMENTS = [
    SmallExperiment(1, "a", created_at=10, updated_at=40, tags={"k": "v"}),
    SmallExperiment(2, "B", created_at=20, updated_at=30, tags={"k": "V", "x y": "1"}),
    SmallExperiment(3, "c", created_at=20, updated_at=35, artifact_location="s3://bucket/c"),
    SmallExperiment(4, "gone", created_at=40, updated_at=50, stage=DELETED),
]


@pytest.mark.parametrize(
    ("text", "items", "wanted"),
    [
        ("", [], "c B a"),
        ("name LIKE '_'", [], "c B a"),
        ("name ILIKE 'b'", [], "B"),
        ("attribute.name != 'a'", [], "c B"),
        ("experiment_id IN ('1', '3')", [], "c a"),
        ("creation_time > 10", [], "c B"),
        ("last_update_time >= 35", [], "c a"),
        ("tags.k = 'v'", [], "a"),
        ("tags.k != 'v'", [], "B"),
        ("tags.k ILIKE 'v'", [], "B a"),
        ("tags.k IS NULL", [], "c"),
        ("tags.`x y` = 1", [], "B"),
        ("NOT tags.k = 'v' AND lifecycle_stage = 'active'", [], "c B"),
        ("", ["name"], "B a c"),
        ("", ["name DESC"], "c a B"),
        ("", ["experiment_id"], "a B c"),
        ("", ["last_update_time DESC"], "a c B"),
        ("", ["tags.k DESC"], "a B c"),
        ("", ["creation_time"], "a c B"),
    ],
)
def test_experiments_are_found_and_ordered(text: str, items: list[str], wanted: str) -> None:
    with connected() as connection:
        SmallStore(connection, EXPERIMENTS)
        found: list[str] = []
        token = ""

        while token or not found:
            page = search_experiments(
                connection,
                artifact_uri_of=artifact_uri_of,
                filter_string=text,
                order_by=items,
                max_results=1,
                page_token=token,
            )
            found += [experiment.name for experiment in page]
            token = page.token or ""
            if not token:
                break

        assert " ".join(found) == wanted


def test_deleted_experiments_are_found_when_asked_for() -> None:
    with connected() as connection:
        SmallStore(connection, EXPERIMENTS)

        page = search_experiments(connection, artifact_uri_of=artifact_uri_of, view_type=ViewType.DELETED_ONLY)

        assert [experiment.name for experiment in page] == ["gone"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("start_time IN (1000.0, 1e999, 0.5)", ["a"]),
        ("start_time NOT IN (1000.5, -1e999, 1e300)", ["a"]),
        ("start_time IN (-1e999)", []),
    ],
)
def test_list_of_numbers_that_no_time_can_be_is_compared_like_any_other(text: str, expected: list[str]) -> None:
    with connected() as connection:
        store = SmallStore(connection)
        store.add(SmallRun("0" * 32, name="a", start_time=1000))

        page = search_runs(connection, ["1"], artifact_uri_of=artifact_uri_of, filter_string=text)

        assert [run.info.run_name for run in page] == expected
