"""Metrics on their way out: the values of a key, in order, by pages, thinned."""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Protocol, cast

from sqlalchemy import Connection

from runstone.entities import Metric, Page, RunMetric, Series
from runstone.entities.names import check_int64
from runstone.errors import InvalidPageToken, InvalidValue
from runstone.stores.base import LEAST_POINTS, MAX_PAGE
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.keys import find
from runstone.stores.sql.pages import Bookmark, bookmark_of, fingerprint, token_of
from runstone.stores.sql.points import Columns, Place, place
from runstone.stores.sql.runs import row_of
from runstone.stores.sql.session import Session


class _RunPoints(Protocol):
    """The points of one run: ``curves.RunPoints``, and ``tails.RunPoints`` where there is no numpy."""

    def page(self, key_id: int, *, after: Place | None, size: int | None) -> tuple[Columns, bool]: ...

    def stretches(self, key_id: int) -> Iterator[Columns]: ...

    def curve(self, key_id: int, *, start: int | None, end: int | None, points: int | None) -> Columns: ...


@cache
def reader() -> Callable[[Driver, int], _RunPoints]:
    """What reads the points of a run, wherever they lie: made of a driver and the number of the run."""
    # By name, because numpy takes longer to load than a small database to open.
    has_numpy = importlib.util.find_spec("pcodec") and importlib.util.find_spec("numpy")
    module: Any = importlib.import_module(f"runstone.stores.sql.{'curves' if has_numpy else 'tails'}")
    return cast("Callable[[Driver, int], _RunPoints]", module.RunPoints)


def one(connection: Connection, run_id: str, key: str, *, max_results: int | None, page_token: str) -> Page[Metric]:
    """The history of one metric of one run; see ``TrackingStore.metric_history``."""
    series, token = page(connection, run_id, key, max_results=max_results, page_token=page_token)
    found = zip(series.values, series.timestamps, series.steps, strict=True)
    return Page([Metric(key, value, timestamp, step) for value, timestamp, step in found], token)


def page(
    connection: Connection, run_id: str, key: str, *, max_results: int | None, page_token: str
) -> tuple[Series, str]:
    """The same as columns, with the token of the next page."""
    if max_results is not None and not 1 <= max_results <= MAX_PAGE:
        raise InvalidValue(f"a page of a history has 1 to {MAX_PAGE} values; got {max_results}")
    search = fingerprint(["history", run_id, key])
    after = _place_of(search, page_token) if page_token else None
    driver = driver_of(connection)
    number, _, _ = row_of(driver, run_id)
    key_id = find(driver, key)
    if key_id is None:
        return Series(run_id, key), ""
    (timestamps, steps, values), has_more = reader()(driver, number).page(key_id, after=after, size=max_results)
    token = ""
    if has_more:
        token = token_of(search, Bookmark(0, list(place((timestamps[-1], steps[-1], values[-1])))))
    return Series(run_id, key, timestamps=timestamps, steps=steps, values=values), token


def several(
    connection: Connection,
    run_ids: Sequence[str],
    keys: Sequence[str],
    *,
    start_step: int | None,
    end_step: int | None,
    points: int | None,
) -> list[Series]:
    """The histories of some metrics of several runs; see ``TrackingStore.metric_series``."""
    if points is not None and points < LEAST_POINTS:
        raise InvalidValue(f"a history is thinned to at least {LEAST_POINTS} points; got {points}")
    for what, step in (("the first step of a history", start_step), ("the last step of a history", end_step)):
        if step is not None:
            check_int64(what, step)
    driver = driver_of(connection)
    key_ids = {key: find(driver, key) for key in keys}
    found: list[Series] = []
    for run_id in dict.fromkeys(run_ids):
        row = driver.execute("SELECT id FROM run WHERE uuid = ?", (run_id,)).fetchone()
        if row is None:
            continue
        run_points = reader()(driver, row[0])
        for key, key_id in key_ids.items():
            if key_id is None:
                continue
            timestamps, steps, values = run_points.curve(key_id, start=start_step, end=end_step, points=points)
            if steps:
                found.append(Series(run_id, key, timestamps=timestamps, steps=steps, values=values))
    return found


def _place_of(search: str, token: str) -> Place:
    """Where the former page ended.

    Raises:
        InvalidPageToken: The token is not one of this history.
    """
    match bookmark_of(search, token).keys:
        case [int(timestamp), int(step), float(value), int(tie)]:
            return timestamp, step, value, tie
    raise InvalidPageToken(token)


class SqlHistories:
    """The values of metrics; does what ``TrackingStore`` and ``EmbeddedStore`` say."""

    _session: Session

    def metric_history(
        self, run_id: str, key: str, *, max_results: int | None = None, page_token: str = ""
    ) -> Page[Metric]:
        """Every value of a metric, by time, then step, then value; all at once if ``max_results`` is ``None``."""
        return self._session.read(
            lambda connection: one(connection, run_id, key, max_results=max_results, page_token=page_token)
        )

    def metric_stretches(self, run_id: str, key: str) -> Iterator[Series]:
        """What ``metric_history`` answers, by columns, in stretches that are read as they are asked for."""
        with self._session.reading() as connection:
            driver = driver_of(connection)
            number, _, _ = row_of(driver, run_id)
            key_id = find(driver, key)
            if key_id is None:
                return
            for timestamps, steps, values in reader()(driver, number).stretches(key_id):
                yield Series(run_id, key, timestamps=timestamps, steps=steps, values=values)

    def metric_histories(
        self,
        run_ids: Sequence[str],
        key: str,
        *,
        start_step: int | None = None,
        end_step: int | None = None,
        points: int | None = None,
    ) -> list[RunMetric]:
        """Values of one metric for several runs, by run in the order given, then step, then time."""
        series = self.metric_series(run_ids, [key], start_step=start_step, end_step=end_step, points=points)
        return [metric for one in series for metric in one.as_metrics()]

    def metric_series(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        start_step: int | None = None,
        end_step: int | None = None,
        points: int | None = None,
    ) -> list[Series]:
        """Values of some metrics of several runs by columns: by run, then key, as given, then step, then time."""
        return self._session.read(
            lambda connection: several(
                connection, run_ids, keys, start_step=start_step, end_step=end_step, points=points
            )
        )

    def metric_page(self, run_id: str, key: str, *, max_results: int | None, page_token: str) -> tuple[Series, str]:
        """What ``metric_history`` answers, by columns, and the token of the next page."""
        return self._session.read(
            lambda connection: page(connection, run_id, key, max_results=max_results, page_token=page_token)
        )
