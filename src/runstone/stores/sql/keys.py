"""Names of metrics, params and tags, and the small integers that stand for them in the tables."""

import sqlite3
from collections.abc import Iterable

_MOST = 100_000


class Keys:
    """Ids of names, remembered once a commit has made them lasting.

    Ids never change and names are never removed, so that what is remembered stays right, whichever process made it.
    """

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._fresh: dict[str, int] = {}

    def ids(self, driver: sqlite3.Connection, names: Iterable[str]) -> dict[str, int]:
        """The id of each name, made where there is none. Needs an open transaction that may write."""
        known = self._known
        found: dict[str, int] = {}
        for name in names:
            number = known.get(name)
            found[name] = self._look_up(driver, name) if number is None else number
        return found

    def _look_up(self, driver: sqlite3.Connection, name: str) -> int:
        number = self._fresh.get(name)
        if number is None:
            number = find(driver, name)
            if number is None:
                number = int(driver.execute("INSERT INTO key (name) VALUES (?) RETURNING id", (name,)).fetchone()[0])
            self._fresh[name] = number
        return number

    def keep(self) -> None:
        """Remember the ids that were made or found since the last commit; called after one."""
        if self._fresh:
            if len(self._known) + len(self._fresh) > _MOST:
                self._known = {}
            self._known.update(self._fresh)
            self._fresh = {}

    def forget(self) -> None:
        """Forget the ids that were made or found since the last commit; called when a change was undone."""
        self._fresh = {}


def find(driver: sqlite3.Connection, name: str) -> int | None:
    """The id of a name, or ``None`` where nothing has it."""
    row = driver.execute("SELECT id FROM key WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])
