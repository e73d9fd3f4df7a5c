"""Metrics of many steps stay within a budget."""

from typing import Any

import pytest

import runstone
from runstone.autologging import curves
from runstone.autologging.curves import Curves
from runstone.autologging.guard import Guard
from runstone.autologging.logbook import Logbook
from runstone.autologging.options import Options
from runstone.client import context


class Clock:
    """Time as a test wants it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(curves, "monotonic", made)
    return made


def steps_of(count: int, clock: Clock, *, seconds: float, every: int | None = None) -> list[int]:
    """The steps that are logged of so many, each of which takes so long; a dip and a peak are among them."""
    with runstone.start_run() as run:
        opened = context.active()
        assert opened is not None
        kept = Curves(Logbook(opened, "test", Options(), Guard("test", silent=False)), every=every)
        for step in range(count):
            clock.now += seconds
            kept.add(step, {"loss": -7.0 if step == count - 3 else 9.0 if step == count - 5 else step / count})
        kept.close()
    return [point.step for point in runstone.Client().get_metric_history(run.info.run_id, "loss")]


def test_few_steps_are_all_logged(clock: Clock) -> None:
    assert steps_of(400, clock, seconds=0.0) == list(range(400))


def test_many_steps_are_logged_ever_more_rarely_with_both_extremes_and_the_last(clock: Clock) -> None:
    steps = steps_of(20_000, clock, seconds=1.0)

    assert steps[:500] == list(range(500))
    assert len(steps) < 3000
    assert {19_995, 19_997, 19_999} <= set(steps)


def test_fast_loop_is_logged_at_a_pace(clock: Clock) -> None:
    steps = steps_of(5_000, clock, seconds=0.001)

    assert len(steps) < 500 + 500 + 10
    assert {4_995, 4_997, 4_999} <= set(steps)


def test_steps_that_the_user_wants_are_all_logged(clock: Clock) -> None:
    steps = steps_of(3_000, clock, seconds=0.0, every=3)

    assert set(range(0, 3_000, 3)) <= set(steps)
    assert set(steps) - set(range(0, 3_000, 3)) == {2_995, 2_999}


def test_step_that_is_told_of_again_is_logged_once() -> None:
    with runstone.start_run() as run:
        opened = context.active()
        assert opened is not None
        kept = Curves(Logbook(opened, "test", Options(), Guard("test", silent=False)))
        for step in [0, 0, 1, 1, 1, 2]:
            kept.add(step, {"loss": 1.0})
        kept.close()

    assert [point.step for point in runstone.Client().get_metric_history(run.info.run_id, "loss")] == [0, 1, 2]


def test_what_is_no_number_is_neither_low_nor_high(clock: Clock) -> None:
    with runstone.start_run() as run:
        opened = context.active()
        assert opened is not None
        kept: Any = Curves(Logbook(opened, "test", Options(), Guard("test", silent=False)), every=100)
        for step, value in enumerate([float("nan"), 3.0, 1.0, 2.0, float("nan")]):
            kept.add(step, {"loss": value})
        kept.close()

    history = runstone.Client().get_metric_history(run.info.run_id, "loss")
    assert sorted(point.step for point in history) == [0, 1, 2, 4]
