"""Two servers on one database: what one has acknowledged, the next search on the other finds."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Metric, Param, RunStatus, Tag
from runstone.server.listen import ServerOptions
from runstone.stores.base import TrackingStore
from runstone.stores.rest.tracking import RestStore
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runstone.db"


@pytest.fixture
def both(uri: str, tmp_path: Path) -> Iterator[tuple[TrackingStore, TrackingStore]]:
    options = ServerOptions(store_uri=uri, artifacts_destination=str(tmp_path / "files"))
    with (
        running_server(options) as one,
        running_server(options) as other,
        closing(RestStore(one)) as first,
        closing(RestStore(other)) as second,
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


@pytest.mark.slow
def test_walk_along_an_index_of_many_runs_answers_what_sorting_all_of_them_does(uri: str) -> None:
    chance = random.Random(5)

    def some() -> None:
        for number in range(500):
            run = store.create_run("0", start_time=number).info.run_id
            if chance.random() < 0.9:
                value = chance.choice([float("nan"), chance.randrange(40), chance.random()])
                store.log_batch(run, metrics=[Metric("m", value, 1)], params=[Param("p", str(number % 7))])

    with closing(SqlStore(uri)) as store:
        for _ in range(8):
            store.submit(some).result()
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
