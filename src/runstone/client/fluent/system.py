"""Whether and how runs log how busy the machine is; all of it is settings, which programs started from here inherit."""

from runstone import config
from runstone.client import arguments
from runstone.entities.names import check_key


def enable_system_metrics_logging() -> None:
    """Log system metrics with every run that starts from now on, unless ``start_run(log_system_metrics=False)``.

    The setting ``RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING`` does the same. They need psutil:
    ``pip install "runstone[system]"``.
    """
    config.ENABLE_SYSTEM_METRICS_LOGGING.put(True)


def disable_system_metrics_logging() -> None:
    """Log no system metrics with runs that start from now on, unless ``start_run(log_system_metrics=True)``."""
    config.ENABLE_SYSTEM_METRICS_LOGGING.put(False)


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Set how often system metrics are sampled, in runs that start from now on.

    Args:
        interval: Seconds between two samples, above 0; ``None`` goes back to 10.

    Raises:
        InvalidValue: It is no such number.
    """
    config.SYSTEM_METRICS_SAMPLING_INTERVAL.put(interval)


def set_system_metrics_samples_before_logging(samples: int | None) -> None:
    """Set how many samples of system metrics are taken before their mean is logged.

    Args:
        samples: The number, at least 1; ``None`` goes back to 1.

    Raises:
        InvalidValue: It is no such number.
    """
    config.SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.put(samples)


def set_system_metrics_node_id(node_id: str | None) -> None:
    """Set the name of this machine in the names of system metrics, where a run uses several machines.

    Args:
        node_id: The name; the metrics are ``system/NODE/...`` then, and ``system/...`` if ``None``.

    Raises:
        InvalidValue: It cannot be part of the name of a metric.
    """
    if node_id is not None:
        check_key("metric", arguments.text("the id of a node", node_id))
    config.SYSTEM_METRICS_NODE_ID.put(node_id)
