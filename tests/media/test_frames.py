"""Runs as a frame of pandas."""

import pytest

from runstone.entities import LifecycleStage, Run, RunData, RunInfo, RunStatus
from runstone.media import frames

pd = pytest.importorskip("pandas")


def run_of(start: int, end: int) -> Run:
    """A run that ended, with its times in milliseconds."""
    info = RunInfo(
        run_id="a" * 32,
        run_uuid="a" * 32,
        run_name="r",
        experiment_id="0",
        user_id="",
        status=RunStatus.FINISHED,
        start_time=start,
        ended_at=end,
        artifact_uri="file:///a",
        lifecycle_stage=LifecycleStage.ACTIVE,
    )
    return Run(info=info, data=RunData())


@pytest.mark.parametrize("odd", [2**62, -(2**62), 2**63 - 1, -(2**63)])
def test_time_that_no_calendar_has_is_missing_from_a_frame(odd: int) -> None:
    runs = [run_of(odd, odd), run_of(1000, 2000)]

    frame = frames.of_runs(runs)

    assert frame["start_time"].isna().tolist() == [True, False]
    assert frame["end_time"].isna().tolist() == [True, False]
    assert frame["start_time"][1] == pd.Timestamp(1000, unit="ms", tz="UTC")


def test_frame_takes_the_last_time_that_a_run_may_have() -> None:
    frame = frames.of_runs([run_of(0, 253_402_300_799_999), run_of(1000, 2000)])

    assert frame["end_time"][1] == pd.Timestamp(2000, unit="ms", tz="UTC")
