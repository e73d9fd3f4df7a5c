"""Searches and long histories, by the genuine package on our server."""

from pathlib import Path
from typing import Any

import pytest

from runstone.stores.rest.tracking import RestStore
from tests.peers.genuine import run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]

RUNS = 23
NAMES = [f"run-{number:02}" for number in range(RUNS)]
LOSSES = {name: (number * 7) % RUNS / 10 for number, name in enumerate(NAMES) if number % 5}


@pytest.fixture(scope="module")
def seen(address: str, folder: Path) -> Any:
    return run_script("searches", address, folder)


def by_loss(*, falling: bool) -> list[str]:
    """The order by loss: those without one last, the newest of them first."""
    without = [name for name in reversed(NAMES) if name not in LOSSES]
    return [*sorted(LOSSES, key=lambda name: LOSSES[name], reverse=falling), *without]


def test_table_has_a_row_for_each_run_and_a_column_for_each_name(seen: Any) -> None:
    table = seen["table"]

    assert table["rows"] == RUNS
    assert set(table["columns"]) == {
        *("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"),
        *("metrics.loss", "params.lr", "params.with space", "tags.team"),
    }
    assert table["loss"] == [LOSSES.get(name) for name in NAMES]
    assert table["lr"] == [f"0.{number % 3}" for number in range(RUNS)]
    assert table["status"] == ["FINISHED" if number % 4 else "FAILED" for number in range(RUNS)]
    assert table["start_type"].startswith("datetime64[")
    assert table["start"] == ["1970-01-01 00:00:01+00:00", "1970-01-01 00:00:01.001000+00:00"]


def test_newest_runs_come_first(seen: Any) -> None:
    assert seen["newest_first"] == NAMES[:-4:-1]


def test_filters_find_what_they_say(seen: Any) -> None:
    losing = sorted((name for name, loss in LOSSES.items() if loss > 1.5), key=lambda name: -LOSSES[name])
    small = [name for number, name in enumerate(NAMES) if number % 3 == 1 and LOSSES.get(name, 1) < 1]

    assert seen["metric"] == losing
    assert seen["param"] == small
    assert seen["quoted"] == ["run-07"]
    assert seen["backticks"] == ["run-08"]
    assert seen["tag"] == []
    assert seen["like"] == NAMES[19:9:-1]
    assert seen["ilike"] == NAMES[:10]
    assert seen["in"] == ["run-03", "run-04"]
    assert seen["not_in"] == ["run-22", "run-21"]
    assert seen["run_ids"] == 1
    assert seen["times"] == NAMES[20:]


def test_runs_of_several_experiments_are_found_together(seen: Any) -> None:
    assert seen["two_experiments"] == ["elsewhere", *NAMES[21:0:-2]]
    assert seen["all_experiments"] == ["elsewhere"]
    assert seen["by_name"] == 1
    assert seen["as_list"] == NAMES[:2]


def test_order_by_a_metric_puts_runs_without_it_last(seen: Any) -> None:
    assert seen["metric_order"] == by_loss(falling=False)


def test_trash_is_found_when_asked_for(seen: Any) -> None:
    assert seen["active"] == 0
    assert seen["trash"] == ["run-00"]
    assert seen["all"] == 1


def test_pages_follow_the_order_and_hold_each_run_once(seen: Any) -> None:
    without = [name for name in NAMES if name not in LOSSES]  # oldest first, as asked for

    assert [len(page) for page in seen["pages"]] == [10, 10, 3]
    assert [name for page in seen["pages"] for name in page] == [*by_loss(falling=True)[: len(LOSSES)], *without]


def test_long_history_comes_back_whole_and_in_order(seen: Any, store: RestStore) -> None:
    ours = store.metric_history(seen["long_run"], "long")

    assert seen["history"] == {"points": 30_000, "ordered": True}
    assert [point.value for point in ours] == [step * 0.5 for step in range(30_000)]


@pytest.mark.parametrize("call", ["bad_filter", "bad_entity", "bad_order", "bad_page", "too_many"])
def test_refusal_has_its_code_and_a_sentence(seen: Any, call: str) -> None:
    found, sentence = seen[call]

    assert found == "INVALID_PARAMETER_VALUE"
    assert len(sentence.removeprefix(f"{found}: ").split()) >= 4
