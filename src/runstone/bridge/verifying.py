"""Whether a run that was brought is in the store as the source has it."""

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby, zip_longest
from math import isnan
from types import MappingProxyType

from runstone.bridge.marks import LACKS_FILES
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.entities import Metric, Run
from runstone.entities.tag import RUN_NAME


def differences(
    source: Source, run: Run, target: StoreSource, models: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """What a run in the store has otherwise than the source: params, tags, models, and every value of every metric.

    Values are compared to the last bit; one that a source has twice is once in a store. In memory are those of one
    metric, and of one in the order of a store some thousand.

    Args:
        source: Where the run was brought from.
        run: The run, as the source tells it.
        target: The store that it was brought into, under the same id.
        models: Ids of the logged models that are there, by their ids in the source.
    """
    found = target.run(run.info.run_id)
    for did, wanted, there in (
        ("read", run.inputs.model_inputs, found.inputs.model_inputs),
        ("made", run.outputs.model_outputs, found.outputs.model_outputs),
    ):
        ids = {each.model_id for each in there}
        lost = [each.model_id for each in wanted if each.model_id in models and models[each.model_id] not in ids]
        yield from (f"it is not said that it {did} the logged model {model}" for model in lost)
    yield from _of_texts("param", run.data.params, found.data.params)
    yield from _of_texts(
        "tag",
        {key: value for key, value in run.data.tags.items() if key not in {RUN_NAME, LACKS_FILES}},
        found.data.tags,
    )
    missing = {metric.key for metric in found.data.metric_list}
    others = set()
    for key, values in groupby(source.metrics(run.info.run_id), key=lambda metric: metric.key):
        missing.discard(key)
        if not _are_equal(values, target.values(run.info.run_id, key)):
            others.add(key)
    if others:
        yield from _of_values(source, run, target, others)
    for key in sorted(missing):
        yield f"the metric {key!r} is there alone"


def _of_values(source: Source, run: Run, target: StoreSource, keys: Collection[str]) -> Iterator[str]:
    """What differs in metrics whose values are not there, or in another order, as a folder has them."""
    for key, values in groupby(source.metrics(run.info.run_id), key=lambda metric: metric.key):
        if key not in keys:
            continue
        wanted, there = _points(values), _points(target.values(run.info.run_id, key))
        if wanted != there:
            others = f", and {len(there - wanted):,} others" if there - wanted else ""
            yield f"of the metric {key!r} {len(wanted & there):,} of {len(wanted):,} values are there{others}"


def _of_texts(what: str, wanted: dict[str, str], there: dict[str, str]) -> Iterator[str]:
    for key, value in wanted.items():
        if there.get(key) != value:
            yield f"the {what} {key!r} differs"


def _are_equal(wanted: Iterable[Metric], there: Iterable[Metric]) -> bool:
    """Whether values are the same in the same order, where one that comes several times in a row counts once."""
    once = ((place for place, _ in groupby(map(_place, values))) for values in (wanted, there))
    return all(one == other for one, other in zip_longest(*once))


def _points(metrics: Iterable[Metric]) -> set[int]:
    """Values with time and step, as numbers that are equal where all three are, and else, but for chance, are not."""
    return {hash(_place(metric)) for metric in metrics}


def _place(metric: Metric) -> tuple[bytes, int, int]:
    value = float(metric.value)
    return b"nan" if isnan(value) else struct.pack("<d", value), metric.timestamp, metric.step
