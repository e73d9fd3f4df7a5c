"""Intervals hold what they promise."""

import numpy as np
import pytest

from runstone.evaluation import bootstrap
from runstone.evaluation.document import Bootstrap
from runstone.evaluation.numbers import Numbers, QuickNumbers
from runstone.evaluation.options import Options


def numbers(rows: int, seed: int = 0) -> Numbers:
    random = np.random.default_rng(seed)
    return Numbers(np.zeros(rows), random.normal(size=rows), None, is_forecast=True)


def interval(given: Numbers, drawn: Bootstrap, metric: str = "mean_error") -> tuple[float, float]:
    samples = bootstrap.resampled([given], QuickNumbers, drawn, np.arange(len(given.truth)))[0]
    found = bootstrap.interval(samples[metric], drawn.level)
    assert found is not None
    return found


def test_interval_holds_the_true_value_as_often_as_it_says() -> None:
    ends = [interval(numbers(60, seed), Bootstrap(200, 0.9, seed)) for seed in range(200)]

    held = np.mean([low <= 0 <= high for low, high in ends])
    assert 0.83 < held < 0.95


def test_interval_of_very_many_examples_is_that_of_all_though_a_part_is_drawn_from() -> None:
    given = numbers(60_000)
    drawn = bootstrap.plan(Options(resamples=300), 60_000, is_forecast=False)
    assert drawn == Bootstrap(300, 0.95, 0, 1, 20_000)

    low, high = interval(given, drawn)

    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(60_000), rel=0.15)
    assert low < given.predicted.mean() < high


def test_blocks_widen_the_interval_of_errors_that_depend_on_each_other() -> None:
    random = np.random.default_rng(3)
    errors = np.convolve(random.normal(size=1030), np.ones(30) / 30, mode="valid")[:1000]
    given = Numbers(np.zeros(1000), errors, None, is_forecast=True)

    plain, blocks = interval(given, Bootstrap(300, 0.95, 0)), interval(given, Bootstrap(300, 0.95, 0, 30))

    assert blocks[1] - blocks[0] > 3 * (plain[1] - plain[0])


def test_part_of_a_long_series_is_drawn_from_in_blocks_from_everywhere() -> None:
    drawn = bootstrap.plan(Options(resamples=20), 50_000, is_forecast=True)
    assert drawn == Bootstrap(20, 0.95, 0, 28, 20_000)

    low, high = interval(numbers(50_000), drawn)

    assert low < high


def test_metric_that_is_hardly_ever_defined_has_no_interval() -> None:
    assert bootstrap.interval(np.array([1.0, 2.0, float("nan")]), 0.95) is None


@pytest.mark.parametrize(("resamples", "rows"), [(0, 10), (None, 1)])
def test_nothing_is_drawn_where_nothing_is_to_be_gained(resamples: int | None, rows: int) -> None:
    assert bootstrap.plan(Options(resamples=resamples), rows, is_forecast=False) is None
