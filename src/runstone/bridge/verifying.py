"""Whether a run that was brought is in the store as the source has it."""

import struct
from collections.abc import Iterable, Iterator
from itertools import groupby
from math import isnan

from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.entities import Metric, Run
from runstone.entities.tag import RUN_NAME


def differences(source: Source, run: Run, target: StoreSource) -> Iterator[str]:
    """What a run in the store has otherwise than the source: params, tags, and every value of every metric.

    Values are compared to the last bit; one that a source has twice is once in a store. In memory are those of one
    metric.

    Args:
        source: Where the run was brought from.
        run: The run, as the source tells it.
        target: The store that it was brought into, under the same id.
    """
    found = target.run(run.info.run_id)
    yield from _of_texts("param", run.data.params, found.data.params)
    yield from _of_texts(
        "tag", {key: value for key, value in run.data.tags.items() if key != RUN_NAME}, found.data.tags
    )
    missing = {metric.key for metric in found.data.metric_list}
    for key, values in groupby(source.metrics(run.info.run_id), key=lambda metric: metric.key):
        wanted, there = _points(values), _points(target.values(run.info.run_id, key))
        missing.discard(key)
        if wanted != there:
            others = f", and {len(there - wanted):,} others" if there - wanted else ""
            yield f"of the metric {key!r} {len(wanted & there):,} of {len(wanted):,} values are there{others}"
    for key in sorted(missing):
        yield f"the metric {key!r} is there alone"


def _of_texts(what: str, wanted: dict[str, str], there: dict[str, str]) -> Iterator[str]:
    for key, value in wanted.items():
        if there.get(key) != value:
            yield f"the {what} {key!r} differs"


def _points(metrics: Iterable[Metric]) -> set[int]:
    """Values with time and step, as numbers that are equal where all three are, and else, but for chance, are not."""
    return {hash((_bits(float(metric.value)), metric.timestamp, metric.step)) for metric in metrics}


def _bits(value: float) -> bytes:
    return b"nan" if isnan(value) else struct.pack("<d", value)
