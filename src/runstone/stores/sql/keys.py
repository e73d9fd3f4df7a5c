"""Names of metrics, params and tags, and the small integers that stand for them in the tables."""

from collections.abc import Iterable, Sequence

from runstone.stores.sql.driver import Driver

_MOST = 100_000
_CHUNK = 500


class Keys:
    """Ids of names, remembered once a commit has made them lasting.

    Ids never change and names are never removed, so that what is remembered stays right, whichever process made it.
    """

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._fresh: dict[str, int] = {}

    def ids(self, driver: Driver, names: Iterable[str]) -> dict[str, int]:
        """The id of each name, made where there is none. Needs an open transaction that may write."""
        known, fresh = self._known, self._fresh
        found: dict[str, int] = {}
        unknown: list[str] = []
        for name in names:
            number = known.get(name) or fresh.get(name)
            if number is None:
                unknown.append(name)
            else:
                found[name] = number
        if unknown:
            made = _made(driver, unknown)
            fresh.update(made)
            found.update(made)
        return found

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


def _made(driver: Driver, names: Sequence[str]) -> dict[str, int]:
    found = _find(driver, names)
    missing = sorted({name for name in names if name not in found})
    if missing:
        # In one order, so that two who make the same ones do not wait for each other in a ring.
        driver.executemany(
            "INSERT INTO key (name) VALUES (?) ON CONFLICT (name) DO NOTHING", [(name,) for name in missing]
        )
        found.update(_find(driver, missing))
    return found


def _find(driver: Driver, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        signs = ", ".join("?" * len(chunk))
        found.update(driver.execute(f"SELECT name, id FROM key WHERE name IN ({signs})", chunk).fetchall())  # noqa: S608  # question marks alone
    return found


def find(driver: Driver, name: str) -> int | None:
    """The id of a name, or ``None`` where nothing has it."""
    row = driver.execute("SELECT id FROM key WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])
