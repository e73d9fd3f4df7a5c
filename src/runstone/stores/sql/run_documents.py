"""The JSON of what a run logged, kept beside the run: a search puts it into its answer as it is.

A document is never wrong: what changes a run changes its document in the same transaction, or takes it away. Metrics
alone only take it away, because they come often; params, tags and the end of the run make it. Where there is none, a
search makes one for its answer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import isinf
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct

from runstone.stores.sql.driver import Driver
from runstone.stores.sql.metrics import Latest

# A run with more values than this has no document, so that a new tag does not read and write all of them again.
MOST_VALUES = 200

# Ids in one statement.
_CHUNK = 1000
# The joins are in the order in which they are to be done, whatever the database knows about its tables.
_METRICS = """
SELECT latest.run_id, key.name, latest.value, latest.step, latest.timestamp
FROM latest CROSS JOIN key WHERE key.id = latest.key_id AND latest.run_id IN ({signs})
"""
_PARAMS = """
SELECT param.run_id, key.name, param.value
FROM param CROSS JOIN key WHERE key.id = param.key_id AND param.run_id IN ({signs})
"""
_TAGS = """
SELECT tag.run_id, key.name, tag.value
FROM tag CROSS JOIN key WHERE key.id = tag.key_id AND tag.run_id IN ({signs})
"""
_OF_RUN = "SELECT data FROM document WHERE run_id = ?"
_KEEP = """
INSERT INTO document (run_id, data) VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET data = excluded.data
"""


class _Text(Struct, gc=False):
    """A param or a tag as JSON has it; the tables hold none that breaks a rule, so that nothing is checked."""

    key: str
    value: str


class _Number(Struct, gc=False):
    """A metric as JSON has it."""

    key: str
    value: float | str
    timestamp: int
    step: int


class _Data(Struct, omit_defaults=True):
    metrics: list[_Number] = []
    params: list[_Text] = []
    tags: list[_Text] = []


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Data).decode


def of_tags(tags: Mapping[str, str]) -> bytes:
    """The document of a run that has nothing but tags."""
    return _encode(_Data(tags=[_Text(key, tags[key]) for key in sorted(tags)]))


def keep(driver: Driver, number: int, document: bytes) -> None:
    """Keep the document of a run."""
    driver.execute(_KEEP, (number, document))


def renew(driver: Driver, number: int) -> None:
    """Make the document of a run anew, from what its tables hold now."""
    _keep_if_small(driver, number, _parts(driver, [number], ending=f" LIMIT {MOST_VALUES + 1}")[number])


def _keep_if_small(driver: Driver, number: int, data: _Data) -> None:
    size = len(data.metrics) + len(data.params) + len(data.tags)
    driver.execute(_KEEP, (number, _encode(data) if size <= MOST_VALUES else None))


def extend(
    driver: Driver, number: int, *, params: Mapping[str, str], tags: Mapping[str, str], latest: Mapping[str, Latest]
) -> None:
    """Put what a batch wrote into the document of a run; where there is none, it is made.

    Args:
        driver: In the transaction that wrote it.
        number: Number of the run.
        params: Params.
        tags: Tags.
        latest: The latest of each metric in the batch.
    """
    row = driver.execute(_OF_RUN, (number,)).fetchone()
    if row is None or row[0] is None:
        renew(driver, number)
        return
    found = _decode(row[0])
    found.params = _with_texts(found.params, params)
    found.tags = _with_texts(found.tags, tags)
    metrics = {metric.key: metric for metric in found.metrics}
    for key, (value, _, step, timestamp) in latest.items():
        new, old = _Number(key, _word(value), timestamp, step), metrics.get(key)
        if old is None or _place(new) > _place(old):
            metrics[key] = new
    found.metrics = [metrics[key] for key in sorted(metrics)]
    _keep_if_small(driver, number, found)


def _with_texts(old: list[_Text], new: Mapping[str, str]) -> list[_Text]:
    if not new:
        return old
    values = {text.key: text.value for text in old} | dict(new)
    return [_Text(key, values[key]) for key in sorted(values)]


def _place(metric: _Number) -> tuple[int, int, float, bool]:
    """Where a value stands among those of its key, as the table has it: NaN counts as just above zero."""
    is_nan = metric.value == "NaN"
    return metric.step, metric.timestamp, 0.0 if is_nan else float(metric.value), is_nan


def outdate(driver: Driver, number: int) -> None:
    """Take the document of a run away, because it logged more."""
    driver.execute("UPDATE document SET data = NULL WHERE run_id = ? AND data IS NOT NULL", (number,))


def made(driver: Driver, numbers: Sequence[int]) -> dict[int, bytes]:
    """The documents of runs, made from their tables.

    Args:
        driver: In a transaction.
        numbers: Numbers of runs that exist.
    """
    found: dict[int, bytes] = {}
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        parts = _parts(driver, chunk)
        found |= {number: _encode(parts[number]) for number in chunk}
    return found


def _parts(driver: Driver, numbers: Sequence[int], *, ending: str = "") -> defaultdict[int, _Data]:
    signs = ", ".join("?" * len(numbers))
    parts: defaultdict[int, _Data] = defaultdict(_Data)
    for number, name, value, step, timestamp in _rows(driver, _METRICS, signs, numbers, ending):
        parts[number].metrics.append(_Number(name, _word(value), timestamp, step))
    for number, name, value in _rows(driver, _PARAMS, signs, numbers, ending):
        parts[number].params.append(_Text(name, value))
    for number, name, value in _rows(driver, _TAGS, signs, numbers, ending):
        parts[number].tags.append(_Text(name, value))
    return parts


def _rows(driver: Driver, query: str, signs: str, numbers: Sequence[int], ending: str) -> list[Any]:
    found = driver.execute(query.format(signs=signs) + ending, numbers).fetchall()
    found.sort(key=itemgetter(1))
    return found


def _word(value: float | None) -> float | str:
    """A value as JSON has it; the column holds null where it is NaN."""
    if value is None:
        return "NaN"
    if isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
