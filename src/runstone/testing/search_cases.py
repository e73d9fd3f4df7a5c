"""Cases of the tracking store's contract: searches.

What the grammar means is tested beside the grammar; here stands what a store adds: order, pages, stages, errors.
"""

from math import inf, isnan, nan

import pytest

from runstone.entities import Metric, Param, RunStatus, Tag, ViewType
from runstone.entities.run_table import one_table, table_of
from runstone.errors import InvalidFilter, InvalidPageToken, InvalidValue
from runstone.stores.base import MAX_PAGE, MAX_TABLE, TrackingStore
from runstone.testing.run_cases import new_run

BAD_SIZES = [0, -1, MAX_PAGE + 1]


def _ids_of_runs(store: TrackingStore, *, size: int = 1000, order_by: tuple[str, ...] = ()) -> list[str]:
    found: list[str] = []
    token = ""
    while True:
        page = store.search_runs(["0"], max_results=size, order_by=order_by, page_token=token)
        found += [run.info.run_id for run in page]
        token = page.token or ""
        if not token:
            return found


class SearchCases:
    """What the searches of runs and of experiments do."""

    def test_newest_experiment_comes_first(self, store: TrackingStore) -> None:
        ids = [store.create_experiment(name) for name in ("a", "b", "c")]

        found = store.search_experiments()

        assert [experiment.experiment_id for experiment in found] == [*reversed(ids), "0"]
        assert found[0] == store.get_experiment(ids[-1])

    def test_experiments_are_searched_by_stage(self, store: TrackingStore) -> None:
        gone = store.create_experiment("gone")
        store.delete_experiment(gone)

        found = {
            view: [experiment.experiment_id for experiment in store.search_experiments(view_type=view)]
            for view in ViewType
        }

        assert found == {ViewType.ACTIVE_ONLY: ["0"], ViewType.DELETED_ONLY: [gone], ViewType.ALL: [gone, "0"]}

    def test_experiments_are_searched_by_name_and_tag(self, store: TrackingStore) -> None:
        blue = store.create_experiment("churn blue", tags=[Tag("team", "blue")])
        store.create_experiment("churn red", tags=[Tag("team", "red")])

        found = store.search_experiments(filter_string="name LIKE 'churn%' AND tags.team = 'blue'")

        assert [experiment.experiment_id for experiment in found] == [blue]

    def test_experiments_are_ordered_as_asked(self, store: TrackingStore) -> None:
        for name in ("b", "c", "a"):
            store.create_experiment(name)

        found = store.search_experiments(order_by=["name ASC"])

        assert [experiment.name for experiment in found] == ["Default", "a", "b", "c"]

    @pytest.mark.parametrize("size", [1, 2, 4, 5])
    def test_pages_of_experiments_make_the_whole(self, store: TrackingStore, size: int) -> None:
        for name in ("b", "c", "a"):
            store.create_experiment(name)

        pages = [store.search_experiments(max_results=size)]
        while pages[-1].token:
            pages.append(store.search_experiments(max_results=size, page_token=pages[-1].token))

        assert [experiment for page in pages for experiment in page] == list(store.search_experiments())

    @pytest.mark.parametrize("size", BAD_SIZES)
    def test_page_size_of_a_search_has_bounds(self, store: TrackingStore, size: int) -> None:
        with pytest.raises(InvalidValue):
            store.search_experiments(max_results=size)
        with pytest.raises(InvalidValue):
            store.search_runs(["0"], max_results=size)

    @pytest.mark.parametrize("text", ["metrics.", "name ==== 'x'", "params.a = ", "(tags.a = 'b'", "nothing.a = 'b'"])
    def test_bad_filter_is_refused(self, store: TrackingStore, text: str) -> None:
        with pytest.raises(InvalidFilter):
            store.search_runs(["0"], filter_string=text)
        with pytest.raises(InvalidFilter):
            store.search_experiments(filter_string=text)

    @pytest.mark.parametrize("text", ["metrics.", "name SIDEWAYS", "nothing.a", "'name'; --"])
    def test_bad_order_is_refused(self, store: TrackingStore, text: str) -> None:
        with pytest.raises(InvalidFilter):
            store.search_runs(["0"], order_by=[text])
        with pytest.raises(InvalidFilter):
            store.search_experiments(order_by=[text])

    @pytest.mark.parametrize("token", ["x", "!!", "W10", "e30", "bnVsbA", "\N{SNOWMAN}"])
    def test_foreign_page_token_of_a_search_is_refused(self, store: TrackingStore, token: str) -> None:
        with pytest.raises(InvalidPageToken):
            store.search_runs(["0"], page_token=token)
        with pytest.raises(InvalidPageToken):
            store.search_experiments(page_token=token)

    def test_page_token_goes_with_the_same_search_only(self, store: TrackingStore) -> None:
        for _ in range(3):
            new_run(store)
        token = store.search_runs(["0"], max_results=1).token or ""

        with pytest.raises(InvalidPageToken):
            store.search_runs(["0"], max_results=1, page_token=token, order_by=["start_time ASC"])
        with pytest.raises(InvalidPageToken):
            store.search_runs(["0"], max_results=1, page_token=token, filter_string="status = 'RUNNING'")

    def test_latest_start_comes_first(self, store: TrackingStore) -> None:
        ids = [store.create_run("0", start_time=start).info.run_id for start in (2, 3, 1)]

        found = store.search_runs(["0"])

        assert [run.info.run_id for run in found] == [ids[1], ids[0], ids[2]]
        assert found[0] == store.get_run(ids[1])

    def test_runs_that_start_together_come_by_id(self, store: TrackingStore) -> None:
        ids = [store.create_run("0", start_time=1).info.run_id for _ in range(5)]

        assert _ids_of_runs(store) == sorted(ids)

    def test_runs_are_searched_by_what_they_logged(self, store: TrackingStore) -> None:
        one, other = new_run(store), new_run(store)
        store.log_batch(one, metrics=[Metric("acc", 0.95, 1)], params=[Param("model", "tree")])
        store.log_batch(other, metrics=[Metric("acc", 0.95, 1)], params=[Param("model", "line")])

        found = store.search_runs(["0"], filter_string="metrics.acc > 0.9 AND params.model = 'tree'")

        assert [run.info.run_id for run in found] == [one]

    def test_search_sees_the_latest_value_at_once(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("loss", 1.0, 1, 1)])
        store.log_batch(run, metrics=[Metric("loss", 0.1, 2, 2)])

        assert len(store.search_runs(["0"], filter_string="metrics.loss < 0.5")) == 1
        assert store.search_runs(["0"], filter_string="metrics.loss > 0.5") == []

    def test_missing_values_come_last_and_nan_before_them(self, store: TrackingStore) -> None:
        low, high, odd, without = (store.create_run("0", start_time=1).info.run_id for _ in range(4))
        for run, value in ((low, 1.0), (high, 2.0), (odd, nan)):
            store.log_batch(run, metrics=[Metric("m", value, 1)])

        assert _ids_of_runs(store, order_by=("metrics.m ASC",)) == [low, high, odd, without]
        assert _ids_of_runs(store, order_by=("metrics.m DESC",)) == [high, low, odd, without]

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
    @pytest.mark.parametrize("order_by", [(), ("metrics.m DESC",), ("params.p", "attributes.start_time ASC")])
    def test_pages_of_runs_make_the_whole(self, store: TrackingStore, size: int, order_by: tuple[str, ...]) -> None:
        for number in range(8):
            run = store.create_run("0", start_time=number % 3).info.run_id
            if number % 4:
                store.log_batch(run, metrics=[Metric("m", float(number % 2), 1)], params=[Param("p", str(number % 3))])

        assert _ids_of_runs(store, size=size, order_by=order_by) == _ids_of_runs(store, order_by=order_by)

    def test_page_token_survives_runs_that_come_meanwhile(self, store: TrackingStore) -> None:
        old = [store.create_run("0", start_time=start).info.run_id for start in (3, 2, 1)]
        first = store.search_runs(["0"], max_results=2)
        store.create_run("0", start_time=9)

        second = store.search_runs(["0"], max_results=2, page_token=first.token or "")

        assert [run.info.run_id for run in [*first, *second]] == old

    def test_runs_are_searched_by_stage(self, store: TrackingStore) -> None:
        active = store.create_run("0", start_time=2).info.run_id
        gone = store.create_run("0", start_time=1).info.run_id
        store.delete_run(gone)

        found = {view: [run.info.run_id for run in store.search_runs(["0"], view_type=view)] for view in ViewType}

        assert found == {ViewType.ACTIVE_ONLY: [active], ViewType.DELETED_ONLY: [gone], ViewType.ALL: [active, gone]}

    def test_runs_of_several_experiments_are_searched_together(self, store: TrackingStore) -> None:
        second = store.create_experiment("second")
        third = store.create_experiment("third")
        ids = [store.create_run(id, start_time=time).info.run_id for time, id in enumerate((second, "0", third))]

        found = store.search_runs(["0", second, "4711"])

        assert [run.info.run_id for run in found] == [ids[1], ids[0]]

    def test_unknown_experiments_have_no_runs(self, store: TrackingStore) -> None:
        assert store.search_runs(["4711"]) == []
        assert store.search_runs([]) == []

    def test_table_of_runs_has_the_runs_of_the_search_by_columns(self, store: TrackingStore) -> None:
        for number in range(5):
            run = store.create_run("0", start_time=number % 3, run_name=f"run {number}").info.run_id
            store.log_batch(run, metrics=[Metric(key, number / 2, 1) for key in ("m", "b")[: number % 3]])
            store.log_batch(run, params=[Param("p", str(number))][: number % 2], tags=[Tag("t", "x\ny")])
            if number == 3:
                store.log_batch(run, metrics=[Metric("odd", value, 1, step) for step, value in enumerate((nan, -inf))])
                store.update_run(run, status=RunStatus.FINISHED, end_time=9)

        for order_by in ([], ["metrics.m DESC"]):
            table = store.search_run_table(["0"], order_by=order_by)
            assert table == table_of(store.search_runs(["0"], order_by=order_by))

        assert table.metrics["odd"].count(-inf) == 1
        assert table.next_page_token == ""

    @pytest.mark.parametrize("size", [1, 2, 4, 5])
    def test_tables_of_pages_make_the_whole(self, store: TrackingStore, size: int) -> None:
        for number in range(4):
            run = store.create_run("0", start_time=number).info.run_id
            store.log_batch(run, metrics=[Metric(f"m{number % 3}", 1.5, 1)], tags=[Tag("t", "x")][number % 2 :])

        tables = [store.search_run_table(["0"], max_results=size)]
        while tables[-1].next_page_token:
            tables.append(store.search_run_table(["0"], max_results=size, page_token=tables[-1].next_page_token))

        assert one_table(tables) == store.search_run_table(["0"])

    def test_nan_is_told_from_no_value_in_a_table(self, store: TrackingStore) -> None:
        for start, value in ((2, nan), (1, None)):
            run = store.create_run("0", start_time=start).info.run_id
            store.log_batch(run, metrics=[] if value is None else [Metric("m", value, 1)])

        found, missing = store.search_run_table(["0"]).metrics["m"]

        assert found is not None
        assert isnan(found)
        assert missing is None

    def test_table_of_no_runs_is_empty(self, store: TrackingStore) -> None:
        assert store.search_run_table(["0"]) == store.search_run_table([]) == store.search_run_table(["4711"])
        assert store.search_run_table([]).run_ids == []

    @pytest.mark.parametrize("size", [0, MAX_TABLE + 1])
    def test_size_of_a_table_has_bounds(self, store: TrackingStore, size: int) -> None:
        with pytest.raises(InvalidValue):
            store.search_run_table(["0"], max_results=size)

    def test_lowest_highest_first_and_last_of_a_metric_are_searched(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("m", value, 1, step) for step, value in ((3, 2.0), (5, 9.0), (4, nan))])
        store.log_batch(run, metrics=[Metric("m", value, 1, step) for step, value in ((9, 4.0), (2, 3.0), (8, -1.0))])

        found = {
            ending: len(store.search_runs(["0"], filter_string=f"metrics.m.{ending} = {value}"))
            for ending, value in (("min", -1), ("max", 9), ("first", 3), ("last", 4))
        }

        assert found == {"min": 1, "max": 1, "first": 1, "last": 1}

    def test_lowest_of_nothing_but_nan_is_nan(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("m", nan, 1, 1)])
        before = store.search_runs(["0"], filter_string="metrics.m.min = NaN AND metrics.m.first = NaN")

        store.log_batch(run, metrics=[Metric("m", 2.0, 1, 2)])

        assert len(before) == 1
        assert len(store.search_runs(["0"], filter_string="metrics.m.min = 2 AND metrics.m.max = 2")) == 1
        assert len(store.search_runs(["0"], filter_string="metrics.m.first = NaN AND metrics.m.last = 2")) == 1

    def test_runs_are_ordered_by_the_lowest_value_of_a_metric(self, store: TrackingStore) -> None:
        one, other, without = (store.create_run("0", start_time=start).info.run_id for start in (1, 2, 3))
        for run, values in ((one, (5.0, 1.0, 7.0)), (other, (2.0, 3.0, 4.0))):
            store.log_batch(run, metrics=[Metric("m", value, 1, step) for step, value in enumerate(values)])

        assert _ids_of_runs(store, size=1, order_by=("metrics.m.min ASC",)) == [one, other, without]
        assert _ids_of_runs(store, size=1, order_by=("metrics.m.min DESC",)) == [other, one, without]

    def test_metric_whose_name_ends_like_an_aggregate_is_found_by_its_name(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("loss", 1.0, 1), Metric("loss.min", 7.0, 1)])

        assert len(store.search_runs(["0"], filter_string="metrics.loss.min = 7")) == 1
        assert store.search_runs(["0"], filter_string="metrics.loss.min = 1") == []
        assert len(store.search_runs(["0"], filter_string="metrics.`loss`.max = 1")) == 1
