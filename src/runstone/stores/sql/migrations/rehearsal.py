"""An upgrade that is tried on the data as they are, and leaves the database as it is."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from runstone.errors import RunstoneError
from runstone.stores.sql import backups
from runstone.stores.sql.database import path_of
from runstone.stores.sql.migrations import checks, upgrades
from runstone.stores.sql.migrations.commands import current
from runstone.stores.sql.migrations.upgrades import Step
from runstone.stores.sql.opening import is_postgres, postgres
from runstone.stores.sql.revisions import HEAD, REVISIONS


class Rehearsal(Struct, frozen=True):
    """How an upgrade would go.

    Attributes:
        revision: The revision of the database; empty for before the first.
        steps: The steps that were done, up to one that failed.
        problems: What stops the upgrade, or what is wrong after it: a sentence each.
    """

    revision: str
    steps: list[Step]
    problems: list[str]


def rehearse(uri: str) -> Rehearsal | None:
    """Upgrade and check a copy of a file, or on PostgreSQL the database itself in a transaction that is undone.

    The copy is made in the temporary folder, and needs as much room as the database there; others may write to the file
    meanwhile. On PostgreSQL others wait for the tables that a step changes.

    Returns:
        How it went; ``None`` where the database is up to date.

    Raises:
        BackendError: It is not there, or cannot be read or copied.
        SchemaMismatch: It is not Runstone's, is damaged, or was made by a newer Runstone.
        InvalidValue: The URI cannot be read.
        Unsupported: What the database's driver needs is not installed.
    """
    revision = current(uri)
    if revision == HEAD:
        return None
    if is_postgres(uri):
        server = postgres("server").PostgresServer(uri)
        return _observed(revision, partial(postgres("schema").rehearse, server))
    path = path_of(uri)
    with TemporaryDirectory(prefix="runstone-rehearsal-") as folder:
        copy = Path(folder) / path.name
        backups.copy(path, copy)
        return _observed(revision, partial(_on_a_copy, copy, path))


def _observed(revision: str, upgrade: Callable[[list[Step]], list[str]]) -> Rehearsal:
    steps: list[Step] = []
    try:
        problems = upgrade(steps)
    except RunstoneError as error:
        done = steps[-1].revision if steps else revision
        left = REVISIONS[REVISIONS.index(done) + 1 :] if done else REVISIONS
        problems = [f"the step {left[0]} fails: {error.message}" if left else error.message]
    return Rehearsal(revision, steps, problems)


def _on_a_copy(copy: Path, path: Path, steps: list[Step]) -> list[str]:
    for step in upgrades.rehearse_file(copy, path):
        steps.append(step)  # noqa: PERF402  # those before one that fails count
    return checks.of_file(copy)
