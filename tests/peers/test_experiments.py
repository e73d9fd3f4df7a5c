"""Experiments, by the genuine client on our server: what it sees, and what our own client sees after it."""

from pathlib import Path
from typing import Any

import pytest

from runstone.entities import LifecycleStage, ViewType
from runstone.stores.rest.tracking import RestStore
from tests.peers.genuine import run, run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]

UNICODE = "Größe · 麦"


@pytest.fixture(scope="module")
def seen(address: str, folder: Path) -> Any:
    return run_script("experiments", address, folder)


def test_created_experiment_reads_back(seen: Any) -> None:
    got = seen["got"]

    assert got["name"] == "wheat"
    assert got["tags"] == {"crop": "grain", "year": "2024"}
    assert got["stage"] == "active"
    assert got["times"]
    assert got["location"] == f"mlflow-artifacts:/{seen['ids'][0]}"
    assert seen["location"] == "mlflow-artifacts:/barley"


def test_ids_are_texts_of_rising_numbers(seen: Any) -> None:
    first, second, third = map(int, seen["ids"])

    assert first < second < third


def test_name_of_any_script_is_found_again(seen: Any, store: RestStore) -> None:
    ours = store.get_experiment_by_name(UNICODE)

    assert seen["unicode"] == seen["again"] == seen["ids"][2]
    assert ours is not None
    assert ours.experiment_id == seen["unicode"]
    assert seen["nobody"]


def test_filters_find_what_they_say(seen: Any) -> None:
    assert seen["by_tag"] == ["barley", "wheat"]
    assert seen["by_name"] == ["wheat"]
    assert seen["by_both"] == ["barley"]
    assert seen["by_case"] == ["wheat"]
    assert seen["newest_first"] == [UNICODE, "barley", "wheat"]


def test_pages_hold_each_experiment_once(seen: Any) -> None:
    names = [name for page in seen["pages"] for name in page]

    assert all(len(page) <= 2 for page in seen["pages"])
    assert len(names) == len(set(names))
    assert {"Default", "wheat", "barley", UNICODE} <= set(names)


def test_name_and_tags_change(seen: Any, store: RestStore) -> None:
    ours = store.get_experiment(seen["ids"][0])

    assert seen["renamed"] == {"name": "spelt", "tags": {"year": "2025"}}
    assert ours.name == "spelt"
    assert ours.tags == {"year": "2025"}


def test_deleted_experiment_takes_its_runs_along_and_comes_back_with_them(seen: Any, store: RestStore) -> None:
    experiment_id = seen["ids"][0]

    runs = store.search_runs([experiment_id], view_type=ViewType.ALL)

    assert seen["deleted"] == seen["run_of_deleted"] == "deleted"
    assert seen["active_names"] == []
    assert seen["deleted_names"] == seen["all_names"] == ["spelt"]
    assert seen["restored"] == seen["run_of_restored"] == "active"
    assert store.get_experiment(experiment_id).lifecycle_stage is LifecycleStage.ACTIVE
    assert [each.data.metrics for each in runs] == [{"yield": 7.5}]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("taken", "RESOURCE_ALREADY_EXISTS"),
        ("unknown", "RESOURCE_DOES_NOT_EXIST"),
        ("no_digits", "INVALID_PARAMETER_VALUE"),
        ("bad_filter", "INVALID_PARAMETER_VALUE"),
        ("bad_page", "INVALID_PARAMETER_VALUE"),
        ("too_many", "INVALID_PARAMETER_VALUE"),
        ("long_name", "INVALID_PARAMETER_VALUE"),
        ("into_deleted", "INVALID_PARAMETER_VALUE"),
    ],
)
def test_refusal_has_its_code_and_a_sentence(seen: Any, call: str, code: str) -> None:
    found, sentence = seen[call]

    assert found == code
    assert sentence.startswith(f"{code}: ")
    assert len(sentence.removeprefix(f"{code}: ").split()) >= 4


def test_command_line_lists_experiments_and_runs(seen: Any, store: RestStore, address: str, folder: Path) -> None:
    [run_of_it] = store.search_runs([seen["ids"][0]])

    experiments = run("-m", "mlflow", "experiments", "search", address=address, folder=folder)
    runs = run("-m", "mlflow", "runs", "list", "--experiment-id", seen["ids"][0], address=address, folder=folder)

    assert "barley" in experiments
    assert UNICODE in experiments
    assert run_of_it.info.run_id in runs
    assert len(runs.strip().splitlines()) == 3
