"""System metrics of the genuine package and of ours: the same names, units and steps."""

import json
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

import runstone
from runstone.client import Client, context
from runstone.stores.rest.tracking import RestStore
from tests.peers import genuine

pytestmark = [pytest.mark.peer, pytest.mark.slow]

DISK = "system/disk_usage_megabytes"


@pytest.fixture(scope="module")
def theirs(address: str, folder: Path) -> Any:
    library = folder / "library"
    library.mkdir()
    (library / "psutil").symlink_to(Path(psutil.__file__).parent)
    told = folder / "system.json"
    genuine.run(genuine.SCRIPTS / "system.py", told, library, address=address, folder=folder)
    return json.loads(told.read_text(encoding="utf-8"))


@pytest.fixture
def ours(address: str, store: RestStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The same two passages of a run."""
    monkeypatch.chdir(tmp_path)
    context.forget_choices()
    runstone.set_tracking_uri(address)
    runstone.set_system_metrics_sampling_interval(0.05)
    runstone.set_system_metrics_samples_before_logging(2)
    run_id = None
    for step in (1, 3):
        with runstone.start_run(run_id, log_system_metrics=True) as run:
            run_id = run.info.run_id
            while step not in steps(Client(address), run_id):
                threading.Event().wait(0.05)
    context.forget_choices()
    assert run_id is not None
    return run_id


def steps(store: Client | RestStore, run_id: str) -> list[int]:
    if isinstance(store, Client):
        return [metric.step for metric in store.get_metric_history(run_id, DISK)]
    return [metric.step for metric in store.metric_history(run_id, DISK)]


def without_gpus(metrics: dict[str, float]) -> dict[str, float]:
    """Only our environment has the library that reads them."""
    return {name: value for name, value in metrics.items() if "gpu" not in name}


def test_names_and_units_are_the_same(theirs: Any, ours: str, store: RestStore) -> None:
    their_values = without_gpus(store.get_run(theirs["run_id"]).data.metrics)
    our_values = without_gpus(store.get_run(ours).data.metrics)

    assert set(our_values) == set(their_values)
    for name in ("system/disk_usage_megabytes", "system/disk_usage_percentage", "system/disk_available_megabytes"):
        assert our_values[name] == pytest.approx(their_values[name], rel=0.5)
    for name in ("system/system_memory_usage_megabytes", "system/system_memory_usage_percentage"):
        assert 0.1 < our_values[name] / their_values[name] < 10  # other things run on this machine
    assert all(value == round(value, 1) for name, value in our_values.items() if "network" not in name)


def test_steps_count_up_and_go_on_in_a_resumed_run(theirs: Any, ours: str, store: RestStore) -> None:
    for run_id in (theirs["run_id"], ours):
        counted = sorted(steps(store, run_id))

        assert counted == list(range(len(counted)))
        assert len(counted) >= 4


def test_node_stands_before_the_name(theirs: Any, store: RestStore) -> None:
    metrics = store.get_run(theirs["named"]).data.metrics

    assert metrics
    assert {name.split("/")[1] for name in metrics} == {"node_0"}
