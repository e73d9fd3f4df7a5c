"""Metrics on their way out: the values of a key, in order, by pages, thinned."""

from collections.abc import Sequence

from sqlalchemy import Connection

from runstone.entities import Metric, Page, RunMetric
from runstone.errors import InvalidPageToken, InvalidValue
from runstone.stores.base import LEAST_POINTS, MAX_PAGE
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.keys import find
from runstone.stores.sql.pages import Bookmark, bookmark_of, fingerprint, token_of
from runstone.stores.sql.points import Place, Point, in_order, place, points_of
from runstone.stores.sql.runs import row_of
from runstone.stores.sql.thinning import thin


def one(connection: Connection, run_id: str, key: str, *, max_results: int | None, page_token: str) -> Page[Metric]:
    """The history of one metric of one run; see ``TrackingStore.metric_history``."""
    if max_results is not None and not 1 <= max_results <= MAX_PAGE:
        raise InvalidValue(f"a page of a history has 1 to {MAX_PAGE} values; got {max_results}")
    search = fingerprint(["history", run_id, key])
    after = _place_of(search, page_token) if page_token else None
    number, _, _ = row_of(driver_of(connection), run_id)
    points = in_order(_load(connection, number, key))
    if after is not None:
        points = [point for point in points if place(point) > after]
    token = ""
    if max_results is not None and len(points) > max_results:
        points = points[:max_results]
        token = token_of(search, Bookmark(0, list(place(points[-1]))))
    return Page([Metric(key, value, timestamp, step) for timestamp, step, value in points], token)


def several(
    connection: Connection,
    run_ids: Sequence[str],
    key: str,
    *,
    start_step: int | None,
    end_step: int | None,
    points: int | None,
) -> list[RunMetric]:
    """The histories of one metric of several runs; see ``TrackingStore.metric_histories``."""
    if points is not None and points < LEAST_POINTS:
        raise InvalidValue(f"a history is thinned to at least {LEAST_POINTS} points; got {points}")
    driver = driver_of(connection)
    found: list[RunMetric] = []
    for run_id in dict.fromkeys(run_ids):
        row = driver.execute("SELECT id FROM run WHERE uuid = ?", (run_id,)).fetchone()
        if row is None:
            continue
        every = _load(connection, row[0], key)
        if start_step is not None:
            every = [point for point in every if point[1] >= start_step]
        if end_step is not None:
            every = [point for point in every if point[1] <= end_step]
        ordered = in_order(every, by_step=True)
        if points is not None:
            ordered = [ordered[index] for index in thin([point[2] for point in ordered], points=points)]
        found.extend(RunMetric(key, value, timestamp, step, run_id) for timestamp, step, value in ordered)
    return found


def _load(connection: Connection, number: int, key: str) -> list[Point]:
    """Every point of a metric as it was logged, repeats included."""
    driver = driver_of(connection)
    key_id = find(driver, key)
    if key_id is None:
        return []
    points: list[Point] = []
    for (packed,) in driver.execute("SELECT points FROM tail WHERE run_id = ? ORDER BY id", (number,)):
        points.extend(points_of(packed, key_id))
    return points


def _place_of(search: str, token: str) -> Place:
    """Where the former page ended.

    Raises:
        InvalidPageToken: The token is not one of this history.
    """
    match bookmark_of(search, token).keys:
        case [int(timestamp), int(step), float(value), int(tie)]:
            return timestamp, step, value, tie
    raise InvalidPageToken(token)
