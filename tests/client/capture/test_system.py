"""How busy the machine is becomes metrics of the run, with MLflow's names, units and steps."""

import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

import runstone
from runstone import config
from runstone.client import Client
from runstone.client.capture import part, system
from runstone.client.capture.part import Subject
from runstone.client.capture.system import SystemMetrics
from runstone.entities import Run
from runstone.errors import BackendUnavailable, InvalidValue, Unsupported

NAMES = {
    "cpu_utilization_percentage",
    "disk_available_megabytes",
    "disk_usage_megabytes",
    "disk_usage_percentage",
    "network_receive_megabytes",
    "network_transmit_megabytes",
    "system_memory_usage_megabytes",
    "system_memory_usage_percentage",
}


def history(client: Client, run_id: str, name: str = "system/cpu_utilization_percentage") -> list[int]:
    """The steps of a metric so far."""
    return [metric.step for metric in client.get_metric_history(run_id, name)]


def wait_for(client: Client, run_id: str, step: int) -> None:
    while step not in history(client, run_id):
        threading.Event().wait(0.02)


@pytest.fixture
def quick() -> None:
    runstone.set_system_metrics_sampling_interval(0.02)


def test_run_that_asks_for_it_logs_the_machine_from_step_zero_on(chosen: Client, quick: None) -> None:
    with runstone.start_run(log_system_metrics=True) as run:
        wait_for(chosen, run.info.run_id, 2)

    metrics = chosen.get_run(run.info.run_id).data.metrics
    steps = history(chosen, run.info.run_id)
    assert {name.removeprefix("system/") for name in metrics if "gpu" not in name} == NAMES
    assert steps == list(range(len(steps)))
    assert 0 < metrics["system/system_memory_usage_megabytes"] < psutil.virtual_memory().total / 1e6
    assert 0 < metrics["system/disk_usage_percentage"] <= 100


def test_run_that_goes_on_counts_its_steps_on(chosen: Client, quick: None) -> None:
    with runstone.start_run(log_system_metrics=True) as run:
        wait_for(chosen, run.info.run_id, 1)
    before = history(chosen, run.info.run_id)
    with runstone.start_run(run.info.run_id, log_system_metrics=True):
        wait_for(chosen, run.info.run_id, before[-1] + 1)

    steps = history(chosen, run.info.run_id)
    assert steps == list(range(len(steps)))


def test_settings_and_functions_switch_it_for_runs_that_say_nothing(chosen: Client, quick: None) -> None:
    runstone.enable_system_metrics_logging()
    with runstone.start_run() as enabled:
        wait_for(chosen, enabled.info.run_id, 0)
    with runstone.start_run(log_system_metrics=False) as declined:
        threading.Event().wait(0.1)
    runstone.disable_system_metrics_logging()
    with runstone.start_run() as disabled:
        threading.Event().wait(0.1)

    assert history(chosen, declined.info.run_id) == history(chosen, disabled.info.run_id) == []


def test_node_and_number_of_samples_are_chosen(chosen: Client, quick: None) -> None:
    runstone.set_system_metrics_node_id("node_0")
    runstone.set_system_metrics_samples_before_logging(3)
    with runstone.start_run(log_system_metrics=True) as run:
        while "system/node_0/disk_usage_megabytes" not in chosen.get_run(run.info.run_id).data.metrics:
            threading.Event().wait(0.02)

    assert not any(name in chosen.get_run(run.info.run_id).data.metrics for name in NAMES)


def test_nothing_given_goes_back_to_the_default() -> None:
    runstone.set_system_metrics_sampling_interval(3)
    runstone.set_system_metrics_samples_before_logging(2)
    runstone.set_system_metrics_node_id("a")
    chosen = (
        config.SYSTEM_METRICS_SAMPLING_INTERVAL.get(),
        config.SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.get(),
        config.SYSTEM_METRICS_NODE_ID.get(),
    )

    runstone.set_system_metrics_sampling_interval(None)
    runstone.set_system_metrics_samples_before_logging(None)
    runstone.set_system_metrics_node_id(None)

    assert chosen == (3.0, 2, "a")
    assert config.SYSTEM_METRICS_SAMPLING_INTERVAL.get() == 10.0
    assert config.SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.get() == 1
    assert config.SYSTEM_METRICS_NODE_ID.get() is None


def test_settings_of_mlflow_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in (config.ENABLE_SYSTEM_METRICS_LOGGING, config.SYSTEM_METRICS_SAMPLING_INTERVAL):
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "false")
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "2.5")

    assert not system.is_wanted(None)
    assert config.SYSTEM_METRICS_SAMPLING_INTERVAL.get() == 2.5


@pytest.mark.parametrize(
    ("call", "given"),
    [
        (runstone.set_system_metrics_sampling_interval, 0),
        (runstone.set_system_metrics_sampling_interval, "often"),
        (runstone.set_system_metrics_samples_before_logging, 0),
        (runstone.set_system_metrics_samples_before_logging, 1.5),
        (runstone.set_system_metrics_node_id, "a:b\n"),
        (runstone.set_system_metrics_node_id, 3),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(call: Any, given: object) -> None:
    before = config.SYSTEM_METRICS_SAMPLING_INTERVAL.get(), config.SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.get()

    with pytest.raises(InvalidValue):
        call(given)

    after = config.SYSTEM_METRICS_SAMPLING_INTERVAL.get(), config.SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.get()
    assert after == before


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What was warned of, in a process that has warned of nothing before."""
    part._warned.clear()
    return lambda: [record.getMessage() for record in caplog.records]


def test_what_fails_once_is_told_at_once_and_measured_again(
    chosen: Client, quick: None, monkeypatch: pytest.MonkeyPatch, warnings: Callable[[], list[str]]
) -> None:
    real, calls = psutil.net_io_counters, list[int]()

    def fails_once() -> Any:
        calls.append(1)
        if len(calls) in {1, 3}:
            raise PermissionError(13, "Permission denied")
        return real()

    def fails() -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(psutil, "virtual_memory", fails)
    monkeypatch.setattr(psutil, "net_io_counters", fails_once)
    with runstone.start_run(log_system_metrics=True) as run:
        while len(history(chosen, run.info.run_id, "system/network_receive_megabytes")) < 3:
            threading.Event().wait(0.02)
        told = warnings()

    run_id = run.info.run_id
    assert history(chosen, run_id, "system/disk_usage_megabytes")[:3] == [0, 1, 2]
    assert history(chosen, run_id) == []
    assert sorted(told) == [
        f"the run {run_id} goes on without its system metrics of {name}: [Errno 13] Permission denied"
        for name in ("the network", "the processor")
    ]


class Hesitant(Client):
    """A handle whose store does not answer the first time."""

    has_hesitated = False

    def get_run(self, run_id: str) -> Run:
        if not self.has_hesitated:
            self.has_hesitated = True
            raise BackendUnavailable("try again")
        return super().get_run(run_id)


def test_resumed_run_whose_steps_the_store_does_not_tell_asks_again(
    address: str, run_id: str, quick: None, warnings: Callable[[], list[str]]
) -> None:
    measuring = SystemMetrics(Subject(Hesitant(address), run_id, is_resumed=True))

    measuring.start()
    wait_for(Client(address), run_id, 1)
    measuring.stop()

    assert warnings() == [f"the run {run_id} goes on without its system metrics: try again"]


def test_node_that_no_metric_can_have_is_told_at_the_start(
    client: Client, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_SYSTEM_METRICS_NODE_ID", "gpu#1")

    with pytest.raises(InvalidValue, match="RUNSTONE_SYSTEM_METRICS_NODE_ID='gpu#1' cannot be part of the name"):
        SystemMetrics(Subject(client, run_id)).start()


def test_where_psutil_is_missing_only_who_has_asked_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    monkeypatch.delenv("RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING")
    unasked = system.is_wanted(None)
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "true")

    assert (unasked, system.is_wanted(None), system.is_wanted(True)) == (False, True, True)
    with pytest.raises(
        Unsupported, match=r"psutil is not installed; install it with: pip install 'runstone\[system\]'"
    ):
        SystemMetrics(Subject(client, "0" * 32)).start()


class Nvml:
    """A machine with two GPUs, of which the second tells nothing of its power; as ``pynvml`` has it."""

    class NVMLError(Exception):
        """What the library raises."""

    def nvmlInit(self) -> None: ...

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return SimpleNamespace(used=8_000_000_000, total=32_000_000_000)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        return SimpleNamespace(gpu=40 + handle)

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        if handle == 1:
            raise self.NVMLError
        return 75_000

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: int) -> int:
        return 300_000


def test_gpus_are_measured_as_far_as_they_tell() -> None:
    sample = system.nvidia(Nvml())

    assert sample() == {
        "gpu_0_memory_usage_percentage": 25.0,
        "gpu_0_memory_usage_megabytes": 8000.0,
        "gpu_0_utilization_percentage": 40,
        "gpu_0_power_usage_watts": 75.0,
        "gpu_0_power_usage_percentage": 25.0,
        "gpu_1_memory_usage_percentage": 25.0,
        "gpu_1_memory_usage_megabytes": 8000.0,
        "gpu_1_utilization_percentage": 41,
    }


def test_gpu_that_tells_of_no_memory_and_no_limit_has_no_percentages() -> None:
    class Virtual(Nvml):
        def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
            return SimpleNamespace(used=0, total=0)

        def nvmlDeviceGetEnforcedPowerLimit(self, handle: int) -> int:
            return 0

    assert {name.removeprefix("gpu_0_") for name in system.nvidia(Virtual())() if name.startswith("gpu_0_")} == {
        "memory_usage_megabytes",
        "utilization_percentage",
        "power_usage_watts",
    }


def test_mean_of_the_samples_is_logged_and_the_last_of_what_counts_up() -> None:
    samples = [{"cpu": 10.0, "network_receive_megabytes": 1.0}, {"cpu": 15.07, "network_receive_megabytes": 4.123}]

    logged = system._metrics(samples, "system/", 7)

    assert [(metric.key, metric.value, metric.step) for metric in logged] == [
        ("system/cpu", 12.5, 7),
        ("system/network_receive_megabytes", 4.123, 7),
    ]
