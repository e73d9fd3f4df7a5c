"""How busy the machine is while a run goes on, as metrics with MLflow's names."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from runstone import config, forking
from runstone.client.capture.part import Subject
from runstone.client.runs import now_ms
from runstone.entities import Metric
from runstone.entities.names import check_key
from runstone.errors import InvalidValue, Unsupported

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
        self._thread = threading.Thread(target=self._serve, name="runstone-system-metrics", daemon=True)

    def start(self) -> None:
        """Begin to measure.

        Raises:
            Unsupported: psutil is not installed.
            InvalidValue: A setting cannot be what it is.
        """
        if not is_installed():
            raise Unsupported("psutil is not installed; install it with: pip install 'runstone[system]'")
        self._interval = config.SYSTEM_METRICS_SAMPLING_INTERVAL.required()
        self._count = config.SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.required()
        self._prefix = _prefix()
        self._thread.start()

    def detach(self) -> None:
        """Measure no longer."""
        self._is_over.set()

    def stop(self, last_words: str = "") -> None:  # noqa: ARG002  # they are for the console
        """Measure no longer; what was measured is logged."""
        self.detach()
        if self._thread.ident is not None:
            self._thread.join()

    def keep(self, last_words: str = "") -> None:
        """Nothing is left to do: each sample is logged at once, by the journal."""

    def _serve(self) -> None:
        makers: Mapping[str, Callable[[], Probe]] = {}
        probes: dict[str, Probe] = {}
        with self._going_on("system metrics"):
            makers = parts()
        self._sample(makers, probes)  # what counts up, counts from now on
        samples: list[Sample] = []
        step: int | None = None
        while not self._is_over.wait(self._interval):
            samples.append(self._sample(makers, probes))
            if len(samples) == self._count:
                with self._going_on("system metrics"):
                    step = self._first_step() if step is None else step  # asked again where the store did not say
                    metrics = _metrics(samples, self._prefix, step)
                    self._subject.client.log_batch(self._subject.run_id, metrics=metrics)
                    step += 1
                samples.clear()

    def _sample(self, makers: Mapping[str, Callable[[], Probe]], probes: dict[str, Probe]) -> Sample:
        """What the probes say; one that could not be made is tried again."""
        sample: Sample = {}
        for name, make in makers.items():
            with self._going_on(f"system metrics of {name}"):
                if name not in probes:
                    probes[name] = make()
                sample.update(probes[name]())
        return sample

    @contextmanager
    def _going_on(self, name: str) -> Iterator[None]:
        """What fails may be well the next time: it is told, and the rest goes on."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with it, training goes on
            self._subject.goes_on_without(name, error)

    def _first_step(self) -> int:
        if not self._subject.is_resumed:
            return 0
        known = self._subject.client.get_run(self._subject.run_id).data.metric_list
        return max((metric.step + 1 for metric in known if metric.key.startswith(PREFIX)), default=0)


def _prefix() -> str:
    setting = config.SYSTEM_METRICS_NODE_ID
    node = setting.get()
    if not node:
        return PREFIX
    try:
        check_key("metric", node)
    except InvalidValue as error:
        raise InvalidValue(f"{setting.source()}={node!r} cannot be part of the name of a metric: {error}") from None
    return f"{PREFIX}{node}/"


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


def parts() -> dict[str, Callable[[], Probe]]:
    """What can be measured on this machine: a name, and what prepares the probe."""
    with forking.held_off():
        import psutil

    found: dict[str, Callable[[], Probe]] = {
        "the processor": partial(processor, psutil),
        "the disk": partial(disk, psutil),
        "the network": partial(network, psutil),
    }
    if find_spec("pynvml") is not None:
        found["the GPUs"] = gpus
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


def gpus() -> Probe:
    """The GPUs of this machine; nothing where it has none."""
    with forking.held_off():
        import pynvml

    try:
        return nvidia(pynvml)
    except pynvml.NVMLError:  # no such driver here
        return dict


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
        yield "memory_usage_megabytes", memory.used / 1e6
        if memory.total:
            yield "memory_usage_percentage", memory.used / memory.total * 100
    with suppress(nvml.NVMLError):
        yield "utilization_percentage", nvml.nvmlDeviceGetUtilizationRates(handle).gpu
    with suppress(nvml.NVMLError):
        watts = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
        yield "power_usage_watts", watts
        limit = nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000
        if limit:
            yield "power_usage_percentage", watts / limit * 100


def _metrics(samples: Sequence[Sample], prefix: str, step: int) -> list[Metric]:
    """The mean of the samples; of what counts up, the last."""
    now = now_ms()
    values = {}
    for key in {key: None for sample in samples for key in sample}:
        known = [sample[key] for sample in samples if key in sample]
        values[key] = known[-1] if key.startswith("network_") else round(sum(known) / len(known), 1)
    return [Metric(prefix + key, value, now, step) for key, value in values.items()]
