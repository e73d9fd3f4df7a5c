"""How busy the machine is while a run goes on, as metrics with MLflow's names."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from runstone import config, forking
from runstone.client.capture.part import Subject
from runstone.client.runs import now_ms
from runstone.entities import Metric
from runstone.errors import Unsupported

PREFIX = "system/"

Sample = dict[str, float]
"""Values by the name of a metric, without the prefix."""

Probe = Callable[[], Sample]
"""Takes a sample of one part of the machine."""


class SystemMetrics:
    """Logs how busy the machine is, in a thread: the mean of some samples, a step each time, from one interval on.

    A run that ends before the first interval has passed gets none. A run that goes on counts its steps on.
    """

    def __init__(self, subject: Subject) -> None:
        """Prepare; nothing is measured yet."""
        self._subject = subject
        self._is_over = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._serve, name="runstone-system-metrics", daemon=True)

    def start(self) -> None:
        """Begin to measure.

        Raises:
            Unsupported: psutil is not installed.
        """
        if not is_installed():
            raise Unsupported("psutil is not installed; install it with: pip install 'runstone[system]'")
        self._thread.start()

    def detach(self) -> None:
        """Measure no longer."""
        self._is_over.set()

    def stop(self, last_words: str = "") -> None:  # noqa: ARG002  # they are for the console
        """Measure no longer.

        Raises:
            Exception: What has ended the measuring before.
        """
        self.detach()
        if self._thread.ident is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def keep(self, last_words: str = "") -> None:
        """Nothing is left to do: each sample is logged at once, by the journal."""

    def _serve(self) -> None:
        try:
            self._measure(probes())
        except Exception as error:  # noqa: BLE001  # told at the end; training goes on
            self._failure = error

    def _measure(self, of_machine: Sequence[Probe]) -> None:
        interval = config.SYSTEM_METRICS_SAMPLING_INTERVAL.required()
        count = config.SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.required()
        node = config.SYSTEM_METRICS_NODE_ID.get()
        prefix = PREFIX + (f"{node}/" if node else "")
        client, run_id = self._subject.client, self._subject.run_id
        step = self._first_step()
        samples: list[Sample] = []
        while not self._is_over.wait(interval):
            samples.append({key: value for probe in of_machine for key, value in probe().items()})
            if len(samples) == count:
                client.log_batch(run_id, metrics=_metrics(samples, prefix, step))
                samples.clear()
                step += 1

    def _first_step(self) -> int:
        if not self._subject.is_resumed:
            return 0
        known = self._subject.client.get_run(self._subject.run_id).data.metric_list
        return max((metric.step + 1 for metric in known if metric.key.startswith(PREFIX)), default=0)


def is_installed() -> bool:
    """Whether the library that measures is there."""
    return find_spec("psutil") is not None


def is_wanted(log_system_metrics: bool | None) -> bool:
    """Whether a run is to be measured: as it says, else as the settings do.

    Where nobody has asked for it, a missing library is no reason to warn.
    """
    if log_system_metrics is not None:
        return log_system_metrics
    setting = config.ENABLE_SYSTEM_METRICS_LOGGING
    return setting.required() and (is_installed() or setting.source() != "default")


def probes() -> list[Probe]:
    """What can be measured on this machine."""
    with forking.held_off():
        import psutil

    found: list[Probe] = [processor(psutil), disk(psutil), network(psutil)]
    if find_spec("pynvml") is not None:
        with forking.held_off():
            import pynvml

        with suppress(pynvml.NVMLError):  # no such driver here
            found.append(nvidia(pynvml))
    return found


def processor(psutil: ModuleType) -> Probe:
    """Processor and memory of the whole machine."""
    psutil.cpu_percent()  # each call tells what was since the one before

    def sample() -> Sample:
        memory = psutil.virtual_memory()
        return {
            "cpu_utilization_percentage": psutil.cpu_percent(),
            "system_memory_usage_megabytes": memory.used / 1e6,
            "system_memory_usage_percentage": memory.used / memory.total * 100,
        }

    return sample


def disk(psutil: ModuleType) -> Probe:
    """The disk that the root of the file system is on."""

    def sample() -> Sample:
        usage = psutil.disk_usage(os.sep)
        return {
            "disk_usage_percentage": usage.percent,
            "disk_usage_megabytes": usage.used / 1e6,
            "disk_available_megabytes": usage.free / 1e6,
        }

    return sample


def network(psutil: ModuleType) -> Probe:
    """What all interfaces have received and sent since now."""
    begin = psutil.net_io_counters()

    def sample() -> Sample:
        now = psutil.net_io_counters()
        if now is None or begin is None:
            return {}  # a machine without interfaces
        return {
            "network_receive_megabytes": (now.bytes_recv - begin.bytes_recv) / 1e6,
            "network_transmit_megabytes": (now.bytes_sent - begin.bytes_sent) / 1e6,
        }

    return sample


def nvidia(nvml: Any) -> Probe:
    """Memory, load and power of each GPU of NVIDIA, as far as it tells.

    Args:
        nvml: The module ``pynvml``.
    """
    nvml.nvmlInit()
    handles = [nvml.nvmlDeviceGetHandleByIndex(n) for n in range(nvml.nvmlDeviceGetCount())]

    def sample() -> Sample:
        return {f"gpu_{n}_{key}": value for n, handle in enumerate(handles) for key, value in _of_gpu(nvml, handle)}

    return sample


def _of_gpu(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    with suppress(nvml.NVMLError):
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        yield "memory_usage_percentage", memory.used / memory.total * 100
        yield "memory_usage_megabytes", memory.used / 1e6
    with suppress(nvml.NVMLError):
        yield "utilization_percentage", nvml.nvmlDeviceGetUtilizationRates(handle).gpu
    with suppress(nvml.NVMLError):
        watts = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
        limit = nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000
        yield "power_usage_watts", watts
        yield "power_usage_percentage", watts / limit * 100


def _metrics(samples: Sequence[Sample], prefix: str, step: int) -> list[Metric]:
    """The mean of the samples; of what counts up, the last."""
    now = now_ms()
    values = {}
    for key, last in samples[-1].items():
        known = [sample[key] for sample in samples if key in sample]
        values[key] = last if key.startswith("network_") else round(sum(known) / len(known), 1)
    return [Metric(prefix + key, value, now, step) for key, value in values.items()]
