"""Starts the server: what it serves, its socket, its worker processes."""

import gc
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import uvicorn
from uvicorn.supervisors import Multiprocess

from runstone import config
from runstone.artifacts import resolve as artifacts
from runstone.artifacts.local import LocalRepository
from runstone.entities import ViewType
from runstone.errors import BackendError, BackendUnavailable, InvalidValue, RunstoneError
from runstone.server import logs
from runstone.server.app import Application
from runstone.server.guard import Guard, check_listen_address
from runstone.server.measures import Measures, shared_by_processes
from runstone.server.routes.route import Stores
from runstone.server.watch import Watch
from runstone.stores import resolve as stores
from runstone.stores.base import MAX_PAGE, EmbeddedStore
from runstone.transport import Transport

PROXIED_ROOT = "mlflow-artifacts:/"
_BACKLOG = 2048
# After a minute of silence four questions, a quarter of a minute apart.
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
_SHUTDOWN_S = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerOptions:
    """What is served, and to whom.

    Attributes:
        store_uri: Database with experiments and runs.
        artifacts_destination: Where the server keeps files; the place recorded in the database if ``None``.
        default_artifact_root: Where clients are told to keep files themselves; through the server if ``None``.
        serves_artifacts: Whether clients may read and write files through the server.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        workers: Number of processes.
        allowed_hosts: Names that the server answers to besides this machine's own.
        insecure_no_auth: Whether other machines may reach it though there is no login.
        log_format: How it writes about itself: ``text`` or ``json``.
        log_level: What it writes: ``info`` and below has a line for each request.
    """

    store_uri: str
    artifacts_destination: str | None = None
    default_artifact_root: str | None = None
    serves_artifacts: bool = True
    host: str = "127.0.0.1"
    port: int = 5000
    workers: int = 1
    allowed_hosts: Sequence[str] = ()
    insecure_no_auth: bool = False
    log_format: str = "text"
    log_level: str = "warning"

    def opened(self) -> Stores:
        """Open the stores.

        Raises:
            BackendError: The database cannot be opened, or the folder for files cannot be written.
            InvalidValue: A URI is of a kind that the server cannot keep, the options contradict each other, or the
                files of former runs are in another place than the one that is given.
            Unsupported: The place for files needs an extra that is not installed.
        """
        if not self.serves_artifacts and not self.default_artifact_root:
            raise InvalidValue(
                "--no-serve-artifacts leaves clients without a place for files; name one that they reach themselves by "
                "--default-artifact-root"
            )
        root_uri = self.default_artifact_root or PROXIED_ROOT
        tracking = stores.open_embedded_store(self.store_uri, artifact_root=root_uri)
        kept = self.artifacts_destination or self.default_artifact_root
        try:
            if kept:
                _check_former(tracking, kept)
            if self.artifacts_destination:
                _check_place(self.artifacts_destination)
            if kept:
                tracking.record_artifact_root(kept)
            repository = artifacts.repository(tracking.artifact_root())
        except RunstoneError:
            tracking.close()
            raise
        return Stores(
            tracking=tracking,
            artifacts=repository,
            uri=self.store_uri,
            root_uri=root_uri.rstrip("/"),
            serves_artifacts=self.serves_artifacts,
        )

    def application(self) -> Watch:
        """Open the stores and put the application in front of them.

        Raises:
            BackendError: The database cannot be opened.
            InvalidValue: A URI is of a kind that the server cannot keep.
        """
        logs.configure(format=self.log_format, level=self.log_level)
        served = self.opened()
        if config.COMPACTION.required():
            served.tracking.compact_in_background()
        measures = Measures(served.tracking.activity)
        guard = Guard([*self.allowed_hosts, *_listed(config.ALLOWED_HOSTS.get() or "")])
        most = config.MAX_REQUEST_MB.required() * 1_000_000
        return Watch(Application(served, guard=guard, max_request_bytes=most, measures=measures), measures)

    def lasting_application(self) -> Watch:
        """The application of a process that serves and does nothing else.

        What is there by now stays, so that the search for garbage need not look at all of it again and again.

        Raises:
            BackendError: The database cannot be opened.
            InvalidValue: A URI is of a kind that the server cannot keep.
        """
        application = self.application()
        gc.freeze()
        return application


def _check_place(uri: str) -> None:
    """See that files can be kept at a place, before it is recorded for whoever opens the database; makes a folder.

    A bucket is not written to.

    Raises:
        BackendError: The folder cannot be written.
        InvalidValue: Nobody knows the scheme of the URI.
        Unsupported: It needs an extra that is not installed.
    """
    repository = artifacts.repository(uri)
    if not isinstance(repository, LocalRepository):
        return
    folder = repository.local_path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BackendError(
            f"no files can be kept in {folder}: {error.strerror}; give this user write access there, or name another "
            "place by --artifacts-destination"
        ) from error


def _check_former(tracking: EmbeddedStore, kept: str) -> None:
    """See that no files of former runs are left elsewhere than at the place to record: nobody would find them again."""
    former = Path(tracking.artifact_root())
    is_elsewhere = former.is_absolute() and former != Path(kept.removeprefix("file://")).absolute()
    if is_elsewhere and next(former.glob("*"), None) and _has_runs(tracking):
        raise InvalidValue(
            f"the runs of this database have their files in {str(former)!r}, not in {kept!r}; leave the option out, or "
            "move the files there first"
        )


def _has_runs(tracking: EmbeddedStore) -> bool:
    every = tracking.search_experiments(view_type=ViewType.ALL, max_results=MAX_PAGE)
    ids = [experiment.experiment_id for experiment in every]
    return bool(tracking.search_runs(ids, view_type=ViewType.ALL, max_results=1))


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; connections that wait on it are served once the server is up.

    Raises:
        BackendError: The address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sets TCP_NODELAY on each connection; without, every small answer on a kept
    # connection waits 40 ms for the other side's delayed acknowledgement.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Each connection has this too: the system asks a side that says nothing whether it is still there. A computer that
    # went to sleep while it sent a file would hold a thread and half of the file for ever.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):  # some systems have one pace for all
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    try:
        sock.bind((host, port))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise BackendError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --port, or stop what listens there"
        ) from None
    sock.set_inheritable(True)
    return sock


def address_of(sock: socket.socket) -> str:
    """The HTTP address of a listening socket, as a client on this machine reaches it."""
    host, port = sock.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def settings(options: ServerOptions, *, application: Callable[[], Watch]) -> uvicorn.Config:
    """How uvicorn runs an application that it makes in each of its processes."""
    return uvicorn.Config(
        application,
        factory=True,
        workers=options.workers,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level=options.log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,  # clients keep a connection through an epoch; each new one costs them more than us
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )


def serve(options: ServerOptions, *, announce: Callable[[str, str], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first.

    Args:
        options: What is served, and to whom.
        announce: Called once with the address and the place of the artifacts, when requests are answered.

    Raises:
        InvalidValue: The address is not a loopback one and that was not asked for.
        BackendError: The address cannot be had, or the database cannot be opened.
    """
    check_listen_address(options.host, insecure_no_auth=options.insecure_no_auth)
    place = _open_once(options)
    sock = bind(options.host, options.port)
    announcer = threading.Thread(target=_announce, args=(address_of(sock), place, announce), daemon=True)
    announcer.start()
    configuration = settings(options, application=options.lasting_application)
    if options.workers == 1:
        uvicorn.Server(configuration).run([sock])
    else:
        with shared_by_processes():
            Multiprocess(configuration, [sock]).run()


def _open_once(options: ServerOptions) -> str:
    """Make or migrate the database before anyone is let in, and fail here if it cannot be opened.

    Returns:
        Where its artifacts are.
    """
    tracking = options.opened().tracking
    try:
        return tracking.artifact_root()
    finally:
        tracking.close()


def _announce(address: str, place: str, announce: Callable[[str, str], None]) -> None:
    try:
        Transport(address).send("GET", "/health")
    except BackendUnavailable:
        return  # it was stopped before it was up
    announce(address, place)
