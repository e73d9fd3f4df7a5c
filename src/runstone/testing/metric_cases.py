"""Cases of the tracking store's contract: metrics, their latest values and their histories."""

import struct
from itertools import permutations
from math import inf, isnan, nan

import pytest

from runstone.entities import Metric, Page, Series
from runstone.errors import InvalidPageToken, InvalidValue, RunNotFound
from runstone.stores.base import MAX_PAGE, TrackingStore
from runstone.testing.run_cases import UNKNOWN_RUNS, new_run

TINY = 5e-324
INT64 = [-(2**63), -(2**53) - 1, -1, 0, 1, 2**53 + 1, 2**63 - 1]
EXACT = [0.0, -0.0, 1.5, 0.1, -TINY, TINY, 2.2250738585072014e-308, 1.7976931348623157e308, inf, -inf, nan]


def same_bits(value: float) -> bytes:
    """What tells two values apart, -0.0 from 0.0 included; every NaN is the same."""
    return struct.pack("<d", nan if isnan(value) else value)


def in_tuples(history: list[Metric]) -> list[tuple[int, int, bytes]]:
    """Time, step and value of each point."""
    return [(metric.timestamp, metric.step, same_bits(metric.value)) for metric in history]


class MetricCases:
    """What the verbs of metrics do."""

    @pytest.mark.parametrize("value", EXACT)
    def test_value_is_kept_to_the_last_bit(self, store: TrackingStore, value: float) -> None:
        run = new_run(store)

        store.log_batch(run, metrics=[Metric("m", value, 1, 2)])

        [metric] = store.metric_history(run, "m")
        assert (metric.key, metric.timestamp, metric.step) == ("m", 1, 2)
        assert same_bits(metric.value) == same_bits(value)

    @pytest.mark.parametrize("value", [value for value in EXACT if value != 0.0])
    def test_latest_value_is_kept_to_the_last_bit(self, store: TrackingStore, value: float) -> None:
        run = new_run(store)

        store.log_batch(run, metrics=[Metric("m", value, 1, 2)])

        [metric] = store.get_run(run).data.metric_list
        assert (metric.key, metric.timestamp, metric.step) == ("m", 1, 2)
        assert same_bits(metric.value) == same_bits(value)

    @pytest.mark.parametrize("step", INT64)
    def test_step_is_any_64_bit_integer(self, store: TrackingStore, step: int) -> None:
        run = new_run(store)

        store.log_batch(run, metrics=[Metric("m", 1.0, 2**63 - 1, step)])

        [metric] = store.metric_history(run, "m")
        assert (metric.step, metric.timestamp) == (step, 2**63 - 1)
        assert store.get_run(run).data.metric_list == [metric]

    @pytest.mark.parametrize(
        ("points", "latest"),
        [
            ([(1.0, 9, 1), (2.0, 1, 2), (7.0, 1, 1)], 2.0),
            ([(1.0, 9, 1), (3.0, 1, 1), (2.0, 8, 1)], 1.0),
            ([(1.0, 1, 1), (3.0, 1, 1), (2.0, 1, 1)], 3.0),
            ([(1.0, 1, -5), (2.0, 1, -6)], 1.0),
            ([(inf, 1, 1), (1e308, 1, 1), (-inf, 1, 1)], inf),
            ([(nan, 1, 1), (-5.0, 1, 1)], nan),
            ([(nan, 1, 1), (0.0, 1, 1), (-0.0, 1, 1)], nan),
            ([(nan, 1, 1), (TINY, 1, 1)], TINY),
            ([(nan, 1, 2), (5.0, 1, 1)], nan),
        ],
    )
    def test_latest_is_of_the_highest_step_then_time_then_value(
        self, store: TrackingStore, points: list[tuple[float, int, int]], latest: float
    ) -> None:
        metrics = [Metric("m", *point) for point in points]

        found = []
        for order in permutations(metrics):
            together, apart = new_run(store), new_run(store)
            store.log_batch(together, metrics=order)
            for metric in order:
                store.log_batch(apart, metrics=[metric])
            found += [store.get_run(run).data.metrics["m"] for run in (together, apart)]

        assert {same_bits(value) for value in found} == {same_bits(latest)}

    def test_history_is_ordered_by_time_then_step_then_value(self, store: TrackingStore) -> None:
        run = new_run(store)
        points = [(3.0, 1, 1), (7.0, 1, 1), (2.0, 1, 2), (1.0, 9, 1), (-4.0, 1, -3)]

        for value, timestamp, step in points:
            store.log_batch(run, metrics=[Metric("m", value, timestamp, step)])

        history = store.metric_history(run, "m")
        assert [metric.value for metric in history] == [-4.0, 3.0, 7.0, 2.0, 1.0]
        assert history.token is None

    def test_nan_stands_just_above_zero_in_a_history(self, store: TrackingStore) -> None:
        run = new_run(store)

        store.log_batch(run, metrics=[Metric("m", value, 1, 1) for value in (nan, 1.0, 0.0, -1.0, -0.0, TINY)])

        values = [metric.value for metric in store.metric_history(run, "m")]
        assert [same_bits(value) for value in values] == [
            same_bits(value) for value in (-1.0, -0.0, 0.0, nan, TINY, 1.0)
        ]

    def test_point_that_is_there_already_is_kept_once(self, store: TrackingStore) -> None:
        run = new_run(store)
        metrics = [Metric("m", value, 1, 1) for value in (1.0, nan, 0.0, -0.0, 1.0, nan)]

        store.log_batch(run, metrics=metrics)
        store.log_batch(run, metrics=metrics)

        assert len(store.metric_history(run, "m")) == 4

    def test_histories_of_runs_and_keys_are_apart(self, store: TrackingStore) -> None:
        one, other = new_run(store), new_run(store)

        store.log_batch(one, metrics=[Metric("a", 1.0, 1), Metric("b", 2.0, 1), Metric("a", 3.0, 2)])
        store.log_batch(other, metrics=[Metric("a", 4.0, 1)])

        assert [metric.value for metric in store.metric_history(one, "a")] == [1.0, 3.0]
        assert [metric.value for metric in store.metric_history(one, "b")] == [2.0]
        assert [metric.value for metric in store.metric_history(other, "a")] == [4.0]

    def test_metric_that_was_never_logged_has_an_empty_history(self, store: TrackingStore) -> None:
        one, other = new_run(store), new_run(store)
        store.log_batch(one, metrics=[Metric("a", 1.0, 1)])

        assert store.metric_history(other, "a") == []
        assert store.metric_history(other, "never named before") == []

    @pytest.mark.parametrize("id", UNKNOWN_RUNS)
    def test_history_of_an_unknown_run_is_not_found(self, store: TrackingStore, id: str) -> None:
        with pytest.raises(RunNotFound):
            store.metric_history(id, "m")

    def test_history_of_a_deleted_run_is_readable(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("m", 1.0, 1)])
        store.delete_run(run)

        assert len(store.metric_history(run, "m")) == 1

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 12, 13, 50])
    def test_pages_of_a_history_make_the_whole(self, store: TrackingStore, size: int) -> None:
        run = new_run(store)
        values = [0.5, nan, 0.0, -0.0, inf, -inf]
        store.log_batch(run, metrics=[Metric("m", value, time, 3) for time in (1, 2) for value in values])

        pages: list[Page[Metric]] = [store.metric_history(run, "m", max_results=size)]
        while pages[-1].token:
            pages.append(store.metric_history(run, "m", max_results=size, page_token=pages[-1].token))

        whole = store.metric_history(run, "m")
        assert len(whole) == 12
        assert in_tuples([metric for page in pages for metric in page]) == in_tuples(whole)
        assert all(len(page) == size for page in pages[:-1])
        assert pages[-1]

    def test_page_token_survives_points_that_come_meanwhile(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("m", 1.0, time) for time in (10, 20, 30)])
        first = store.metric_history(run, "m", max_results=2)
        store.log_batch(run, metrics=[Metric("m", 1.0, time) for time in (5, 25)])

        second = store.metric_history(run, "m", max_results=2, page_token=first.token or "")

        assert [metric.timestamp for metric in second] == [25, 30]

    @pytest.mark.parametrize("token", ["x", "!!", "AAAA", "W10", "e30", "bnVsbA", "\N{SNOWMAN}", "=" * 9, "WzEsMiwzXQ"])
    def test_foreign_page_token_of_a_history_is_refused(self, store: TrackingStore, token: str) -> None:
        run = new_run(store)

        with pytest.raises(InvalidPageToken):
            store.metric_history(run, "m", max_results=2, page_token=token)

    def test_page_token_of_another_history_is_refused(self, store: TrackingStore) -> None:
        one, other = new_run(store), new_run(store)
        store.log_batch(one, metrics=[Metric("m", 1.0, time) for time in range(3)])
        token = store.metric_history(one, "m", max_results=1).token or ""

        with pytest.raises(InvalidPageToken):
            store.metric_history(other, "m", max_results=1, page_token=token)
        with pytest.raises(InvalidPageToken):
            store.metric_history(one, "n", max_results=1, page_token=token)

    @pytest.mark.parametrize("size", [0, -1, MAX_PAGE + 1])
    def test_page_size_of_a_history_has_bounds(self, store: TrackingStore, size: int) -> None:
        run = new_run(store)

        with pytest.raises(InvalidValue):
            store.metric_history(run, "m", max_results=size)

    def test_histories_come_by_run_then_step_then_time(self, store: TrackingStore) -> None:
        one, other, without = (new_run(store) for _ in range(3))
        store.log_batch(one, metrics=[Metric("m", 1.0, 9, 1), Metric("m", 2.0, 1, 2), Metric("m", 3.0, 1, 1)])
        store.log_batch(other, metrics=[Metric("m", 4.0, 1, 1), Metric("n", 5.0, 1, 1)])

        found = store.metric_histories([other, "no such run", without, one], "m")

        assert [(metric.run_id, metric.value) for metric in found] == [(other, 4.0), (one, 3.0), (one, 1.0), (one, 2.0)]
        assert {metric.key for metric in found} == {"m"}

    def test_histories_of_no_run_are_empty(self, store: TrackingStore) -> None:
        assert store.metric_histories([], "m") == []

    @pytest.mark.parametrize(
        ("start", "end", "steps"),
        [(None, None, [-2, 0, 1, 5]), (0, None, [0, 1, 5]), (None, 0, [-2, 0]), (0, 1, [0, 1]), (2, 4, []), (5, 0, [])],
    )
    def test_histories_lie_between_two_steps_both_included(
        self, store: TrackingStore, start: int | None, end: int | None, steps: list[int]
    ) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("m", 1.0, 1, step) for step in (5, -2, 0, 1)])

        found = store.metric_histories([run], "m", start_step=start, end_step=end)

        assert [metric.step for metric in found] == steps

    @pytest.mark.parametrize("points", [4, 5, 10, 99, 100, 101])
    def test_thinned_history_keeps_its_ends_and_extremes(self, store: TrackingStore, points: int) -> None:
        run = new_run(store)
        values = [float(step % 7) for step in range(100)]
        values[31], values[62] = 99.0, -99.0
        store.log_batch(run, metrics=[Metric("m", value, step, step) for step, value in enumerate(values)])

        found = store.metric_histories([run], "m", points=points)

        assert len(found) <= points
        assert {0, 31, 62, 99} <= {metric.step for metric in found}
        assert [metric.step for metric in found] == sorted({metric.step for metric in found})
        assert all(metric.value == values[metric.step] for metric in found)

    def test_each_run_is_thinned_by_itself(self, store: TrackingStore) -> None:
        long, short = new_run(store), new_run(store)
        store.log_batch(long, metrics=[Metric("m", float(step), step, step) for step in range(100)])
        store.log_batch(short, metrics=[Metric("m", float(step), step, step) for step in range(3)])

        found = store.metric_histories([long, short], "m", points=10)

        assert sum(metric.run_id == long for metric in found) == 10
        assert sum(metric.run_id == short for metric in found) == 3

    def test_thinning_to_fewer_than_four_points_is_refused(self, store: TrackingStore) -> None:
        with pytest.raises(InvalidValue):
            store.metric_histories([new_run(store)], "m", points=3)

    def test_series_come_by_run_then_key_as_asked_for(self, store: TrackingStore) -> None:
        one, other, without = (new_run(store) for _ in range(3))
        store.log_batch(one, metrics=[Metric("m", 1.0, 9, 1), Metric("m", 2.0, 1, 2), Metric("m", 3.0, 1, 1)])
        store.log_batch(other, metrics=[Metric("m", 4.0, 1, 1), Metric("n", 5.0, 2, 3)])

        for points in (None, 4):
            found = store.metric_series([other, "no such run", without, one], ["n", "m", "no such key"], points=points)

            assert found == [
                Series(other, "n", [3], [2], [5.0]),
                Series(other, "m", [1], [1], [4.0]),
                Series(one, "m", [1, 1, 2], [1, 9, 1], [3.0, 1.0, 2.0]),
            ]

    @pytest.mark.parametrize("points", [None, 100])
    def test_series_keeps_values_to_the_last_bit(self, store: TrackingStore, points: int | None) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("m", value, 1, step) for step, value in enumerate(EXACT)])

        [series] = store.metric_series([run], ["m"], points=points)

        assert [same_bits(value) for value in series.values] == [same_bits(value) for value in EXACT]

    def test_series_lies_between_two_steps_and_is_thinned(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, metrics=[Metric("m", float(step % 7), step, step) for step in range(100)])

        [series] = store.metric_series([run], ["m"], start_step=10, end_step=89, points=20)

        assert len(series.steps) == 20
        assert (series.steps[0], series.steps[-1]) == (10, 89)
        assert store.metric_series([run], ["m"], start_step=200, points=20) == []

    def test_series_of_nothing_are_none(self, store: TrackingStore) -> None:
        assert store.metric_series([], ["m"]) == []
        assert store.metric_series([new_run(store)], [], points=4) == []

    @pytest.mark.parametrize("steps", [{"start_step": 2**63}, {"end_step": 2**63}, {"start_step": -(2**63) - 1}])
    def test_series_between_steps_that_no_point_can_have_are_refused(
        self, store: TrackingStore, steps: dict[str, int]
    ) -> None:
        with pytest.raises(InvalidValue, match="step"):
            store.metric_series([new_run(store)], ["m"], **steps, points=4)

    def test_series_of_fewer_than_four_points_are_refused(self, store: TrackingStore) -> None:
        with pytest.raises(InvalidValue):
            store.metric_series([new_run(store)], ["m"], points=3)
