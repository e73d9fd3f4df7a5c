"""``runstone doctor``: what works here, and how to mend what does not."""

import platform
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

import click

from runstone.artifacts.base import ArtifactRepository
from runstone.cli.extras import DEMO, MODELS, SERVER, SKLEARN, missing_modules
from runstone.cli.options import as_json, tracking_uri
from runstone.cli.output import print_json
from runstone.cli.waiting import what_waits
from runstone.config import SETTINGS
from runstone.entities.names import without_password
from runstone.errors import BackendError, RunstoneError
from runstone.stores.base import MAX_PAGE

_PACKAGES = ("alembic", "click", "msgspec", "rich", "sqlalchemy", "urllib3")
_OLDEST = (3, 11)
_PORT = 5000
_GOOD, _BAD, _NOTED = "ok", "failed", "note"
_WRITABLE = "give this user write access to the folder, or make room on its disk"
_ANOTHER_PLACE = "mend that place, or let `runstone server --artifacts-destination PLACE` record another one"
_MARKS = {_GOOD: ("✓", "green"), _BAD: ("✗", "red"), _NOTED: ("•", "yellow")}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        state: ``ok``, ``failed``, or ``note`` for what is not needed by everyone.
        found: What was found.
        fix: What to do; empty where nothing is.
    """

    name: str
    state: str
    found: str
    fix: str = ""


@click.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, /, *, as_json: bool) -> None:
    """Check that all is well, and say how to mend what is not.

    Looks at Python, packages, settings, what waits to be sent, the store, its artifacts and the server. Nothing is
    changed, but that a small file is written to the artifacts and removed again. The exit code is 1 if a step fails.
    """
    steps = []
    for step in _examine(lambda: tracking_uri(ctx)):
        steps.append(step)
        if not as_json:
            _print(step)
    failed = [step for step in steps if step.state == _BAD]
    if as_json:
        print_json(
            {
                "ok": not failed,
                "steps": [
                    {"name": step.name, "state": step.state, "found": step.found, "fix": step.fix} for step in steps
                ],
            }
        )
    if failed:
        ctx.exit(1)


def _print(step: Step) -> None:
    mark, colour = _MARKS[step.state]
    click.echo(f"{click.style(mark, fg=colour)} {step.name}: {step.found}")
    if step.fix:
        click.echo(f"  {step.fix}")


def _examine(address: Callable[[], str]) -> Iterator[Step]:
    yield check_python(sys.version_info)
    yield check_packages(_PACKAGES)
    yield check_modules("server", SERVER, "`runstone server` and `runstone ui`")
    yield check_modules("models", MODELS, "models as folders")
    yield check_modules("sklearn", SKLEARN, "models of scikit-learn, and `runstone demo`,")
    yield check_modules("demo", DEMO, "`runstone demo`, and data frames and figures")
    settings = _settings()
    yield settings
    if settings.state == _BAD:
        return
    yield _waiting()
    uri = address()
    yield from _server(uri) if uri.startswith(("http://", "https://")) else _database(uri)
    yield check_port(_PORT)


def check_python(version_info: tuple[object, ...]) -> Step:
    """Whether this Python is new enough.

    Args:
        version_info: Its version, the largest part first.
    """
    found = f"{platform.python_version()} ({platform.system()} {platform.machine()}), {sys.executable}"
    if version_info < _OLDEST:
        return Step("Python", _BAD, found, f"use Python {'.'.join(map(str, _OLDEST))} or newer")
    return Step("Python", _GOOD, found)


def check_packages(names: Sequence[str]) -> Step:
    """Whether what every installation needs is installed.

    Args:
        names: Distributions.
    """
    found, missing = [f"runstone {version('runstone')}"], []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Step("packages", _BAD, f"missing: {', '.join(missing)}", "run: pip install --force-reinstall runstone")
    return Step("packages", _GOOD, ", ".join(found))


def check_modules(name: str, modules: Sequence[str], about: str) -> Step:
    """Whether what an extra brings is installed.

    Args:
        name: The extra.
        modules: What is imported of it.
        about: What needs it.
    """
    missing = missing_modules(modules)
    if missing:
        fix = f'only {about} need it; to have it: pip install "runstone[{name}]"'
        return Step(f"extra {name}", _NOTED, f"missing: {', '.join(missing)}", fix)
    return Step(f"extra {name}", _GOOD, "installed")


def _settings() -> Step:
    chosen = []
    for setting in SETTINGS:
        source = setting.source()
        try:
            setting.get()
        except RunstoneError as error:
            # The message shows the text, which a secret must not be; secrets are texts, and cannot be unreadable.
            return Step("settings", _BAD, error.message, f"unset {source}, or correct it")
        if source != "default":
            chosen.append(source)
    return Step("settings", _GOOD, f"set: {', '.join(chosen)}" if chosen else "all at their defaults")


def _waiting() -> Step:
    what, mend = what_waits()
    return Step("journals", _NOTED, what, mend) if what else Step("journals", _GOOD, "nothing waits to be sent")


def _server(uri: str) -> Iterator[Step]:
    from runstone.artifacts import resolve
    from runstone.stores.rest.tracking import RestStore
    from runstone.transport import Transport

    try:
        transport = Transport(uri)
        transport.send("GET", "/health")
        told = transport.send("GET", "/version").decode(errors="replace").strip()
    except RunstoneError as error:
        fix = "start it, correct the address, or unset RUNSTONE_TRACKING_URI to keep runs in this folder"
        yield Step("server", _BAD, error.message, fix)
        return
    yield Step("server", _GOOD, f"{without_password(uri)} answers, version {told[:40]}")
    try:
        store = RestStore(uri)
        count = len(store.search_experiments(max_results=MAX_PAGE))
        store.close()
    except RunstoneError as error:
        yield Step("store", _BAD, error.message, "see what the server writes to its log")
        return
    yield Step("store", _GOOD, _count(count))
    try:
        _write_once(lambda: resolve.repository("mlflow-artifacts:/", tracking_uri=uri))
    except RunstoneError as error:
        fix = "see what the server writes to its log; with --no-serve-artifacts clients keep artifacts themselves"
        yield Step("artifacts", _BAD, error.message, fix)
        return
    yield Step("artifacts", _GOOD, "the server takes files, and gives them back")


def _database(uri: str) -> Iterator[Step]:
    from runstone.artifacts import resolve
    from runstone.stores import resolve as stores
    from runstone.stores.sql.database import path_of
    from runstone.stores.sql.migrations import commands
    from runstone.stores.sql.opening import is_postgres

    try:
        path = path_of(uri) if stores.scheme_of(uri) == "sqlite" else None
        if path is not None and not path.exists():
            yield _missing(path)
            return
        if is_postgres(uri) and _is_empty(uri):
            yield Step("store", _GOOD, f"{without_password(uri)} is empty yet; the first run makes its tables")
            return
        problems = commands.check(uri) if path is not None or is_postgres(uri) else []
        if problems:
            yield Step("store", _BAD, problems[0], "see `runstone db check` for all, `runstone db upgrade` to upgrade")
            return
        store = stores.open_store(uri)
    except RunstoneError as error:
        yield Step("store", _BAD, error.message, "the setting RUNSTONE_TRACKING_URI or --tracking-uri names the store")
        return
    try:
        count = len(store.search_experiments(max_results=MAX_PAGE))
        yield Step("store", _GOOD, f"{without_password(uri)} is sound, with {_count(count)}")
        root = store.get_experiment("0").artifact_location.rpartition("/")[0]
    finally:
        store.close()
    try:
        _write_once(lambda: resolve.repository(root))
    except RunstoneError as error:
        yield Step("artifacts", _BAD, error.message, _WRITABLE if isinstance(error, BackendError) else _ANOTHER_PLACE)
        return
    yield Step("artifacts", _GOOD, f"{root} can be written")


def _is_empty(uri: str) -> bool:
    """Whether a database on PostgreSQL has no tables."""
    from runstone.stores.sql.opening import postgres

    return postgres("schema").revision_of(postgres("server").PostgresServer(uri)) is None


def _missing(path: Path) -> Step:
    """A database that is made by the first run, if it can be."""
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    probe = folder / f".runstone-{uuid4().hex}.part"
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        found = f"{path} is not there and cannot be made: {error.strerror}"
        return Step("store", _BAD, found, f"give this user write access to {folder}, or name another database")
    return Step("store", _GOOD, f"{path} is not there yet; the first run makes it")


def _write_once(open_repository: Callable[[], ArtifactRepository]) -> None:
    """Write a file, read it and remove it.

    Raises:
        RunstoneError: One of these failed.
    """
    from runstone.entities import ArtifactPath

    repository = open_repository()
    path, body = ArtifactPath(f"runstone-doctor-{uuid4().hex}.txt"), b"written and read by `runstone doctor`\n"
    repository.write(path, [body])
    read = b"".join(repository.read(path))
    repository.delete(path)
    if read != body:
        raise BackendError(f"a file of {len(body)} bytes came back changed, with {len(read)} bytes")


def check_port(port: int) -> Step:
    """Whether a port of this machine is free.

    Args:
        port: The port.
    """
    name = f"port {port}"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return Step(name, _NOTED, f"not free: {error.strerror}", "give `runstone server` another --port")
    return Step(name, _GOOD, "free for `runstone server`")


def _count(experiments: int) -> str:
    return f"{experiments} experiment{'' if experiments == 1 else 's'} in use"
