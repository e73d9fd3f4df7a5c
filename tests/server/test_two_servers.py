"""Two servers, each a process, on one database: what one has acknowledged, the next search on the other finds."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Metric, Param, RunStatus, Tag
from runstone.stores.base import TrackingStore
from runstone.stores.rest.tracking import RestStore
from runstone.stores.sql.store import SqlStore
from tests.cli.processes import RunningServer
from tests.postgres import MISSING, new_database, programs


@pytest.fixture(params=["sqlite", "postgresql"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/runstone.db"
        return
    if programs() is None:
        pytest.skip(MISSING)
    with new_database() as address:
        yield address


@pytest.fixture
def both(uri: str, tmp_path: Path) -> Iterator[tuple[TrackingStore, TrackingStore]]:
    (tmp_path / "other").mkdir()
    arguments = ["server", "-p", "0", f"--backend-store-uri={uri}", f"--artifacts-destination={tmp_path / 'files'}"]
    with (
        RunningServer(arguments, tmp_path) as one,
        RunningServer(arguments, tmp_path / "other") as other,
        closing(RestStore(one.address)) as first,
        closing(RestStore(other.address)) as second,
    ):
        yield first, second


def test_each_write_on_one_is_seen_by_the_next_search_on_the_other(both: tuple[TrackingStore, TrackingStore]) -> None:
    chance = random.Random(3)
    run = both[0].create_run("0", start_time=1).info.run_id

    for number in range(40):
        writer, reader = both if chance.random() < 0.5 else (both[1], both[0])
        writer.log_batch(run, metrics=[Metric("m", number, number, number)], tags=[Tag("t", str(number))][number % 2 :])

        found = reader.search_runs(["0"], filter_string=f"metrics.m = {number}", order_by=["metrics.m DESC"])
        assert [each.data.metrics["m"] for each in found] == [number]
        assert found[0].data.tags.get("t") == str(number - number % 2)
        assert reader.search_run_table(["0"]).metrics["m"] == [number]


def test_end_and_removal_of_a_run_on_one_are_seen_on_the_other(both: tuple[TrackingStore, TrackingStore]) -> None:
    one, other = both
    run = one.create_run("0").info.run_id
    one.log_batch(run, params=[Param("p", "x")])
    before = other.search_runs(["0"], filter_string="params.p = 'x' AND status = 'RUNNING'")

    one.update_run(run, status=RunStatus.FINISHED)
    ended = other.search_runs(["0"], filter_string="status = 'FINISHED'")
    one.delete_run(run)

    assert len(before) == len(ended) == 1
    assert other.search_runs(["0"]) == []


def _log_many(store: SqlStore) -> None:
    """Log 4,000 runs; of each value of the param there are more than 500."""
    chance = random.Random(5)

    def some() -> None:
        for number in range(500):
            run = store.create_run("0", start_time=number).info.run_id
            if chance.random() < 0.9:
                value = chance.choice([float("nan"), chance.randrange(40), chance.random()])
                store.log_batch(run, metrics=[Metric("m", value, 1)], params=[Param("p", str(number % 7))])

    for _ in range(8):
        store.submit(some).result()


@pytest.mark.no_cover  # other tests have gone there once
@pytest.mark.slow
def test_conditions_on_many_runs_find_what_their_values_say(uri: str) -> None:
    with closing(SqlStore(uri)) as store:
        _log_many(store)
        all_runs = store.search_run_table(["0"], max_results=50_000)
        metrics = [float("nan") if value is None else value for value in all_runs.metrics["m"]]
        values = list(zip(all_runs.run_ids, all_runs.params["p"], metrics, strict=True))
        cases: list[tuple[str, Callable[[str | None, float], bool]]] = [
            ("metrics.m > 20 AND params.p LIKE '3%' AND params.p = '3'", lambda p, m: p == "3" and m > 20),
            ("params.p = '3' AND metrics.m = 7", lambda p, m: p == "3" and m == 7),
            ("params.p IN ('1', '2') AND metrics.m < 1", lambda p, m: p in {"1", "2"} and m < 1),
            ("NOT (params.p = '3' OR metrics.m <= 30)", lambda p, m: p != "3" and not m <= 30),
        ]

        for filter_string, passes in cases:
            found = store.search_run_table(["0"], max_results=50_000, filter_string=filter_string)

            assert found.run_ids == [run for run, p, m in values if passes(p, m)]
            assert found.run_ids


@pytest.mark.no_cover  # other tests have gone there once
@pytest.mark.slow
def test_walk_along_an_index_of_many_runs_answers_what_sorting_all_of_them_does(uri: str) -> None:
    with closing(SqlStore(uri)) as store:
        _log_many(store)
        for order in ("metrics.m DESC", "metrics.m ASC", "params.p DESC"):
            for filter_string in ("", "params.p != '3'"):
                # A page of all runs is longer than any walk.
                whole = store.search_run_table(["0"], max_results=50_000, order_by=[order], filter_string=filter_string)
                pages: list[str] = []
                token = ""
                while len(pages) < len(whole.run_ids):
                    table = store.search_run_table(
                        ["0"], max_results=700, order_by=[order], filter_string=filter_string, page_token=token
                    )
                    pages += table.run_ids
                    token = table.next_page_token

                assert pages == whole.run_ids
                assert token == ""
