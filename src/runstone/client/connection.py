"""From the address where runs are kept to the stores behind it; opened once in a process."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from runstone import forking
from runstone.artifacts import resolve as artifacts
from runstone.artifacts.base import ArtifactRepository
from runstone.client import arguments
from runstone.entities import LifecycleStage, LoggedModel, Run
from runstone.entities.names import shown
from runstone.errors import BackendUnavailable, RunDeleted, Unsupported
from runstone.journal import keeping
from runstone.journal.journals import Journals
from runstone.journal.run_journal import RunJournal
from runstone.stores import resolve as stores
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore
from runstone.stores.registry import RegistryStore
from runstone.stores.webhooks import WebhookStore

_KEPT = 128
_SERVERS = ("http://", "https://")
_FILE = "sqlite:///"
_MEMORY = ":memory:"  # refused by whoever opens it


class OpenStores:
    """The tracking stores that this process has opened, by URI. They serve the child of a fork as well."""

    def __init__(self) -> None:
        self._stores: dict[str, TrackingStore] = {}
        self._addresses: dict[str, str] = {}
        self._begin_anew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()  # a thread of the parent may have held it, waiting for a database

    def address(self, uri: str) -> str:
        """The address as it is written for all, so that what was logged by one spelling is read back by another.

        A database's file has its whole path, that of the first use, wherever the program goes.
        """
        known = self._addresses.get(uri)
        if known is None:
            file = uri.removeprefix(_FILE)
            if uri.startswith(_FILE) and file not in {"", _MEMORY}:
                whole = _FILE + os.path.normpath(Path(file).absolute())
            else:
                whole = uri.rstrip("/") if uri.startswith(_SERVERS) else uri
            known = self._addresses.setdefault(uri, whole)
        return known

    def get(self, uri: str) -> TrackingStore:
        """The store at this URI.

        Raises:
            InvalidValue: The address has no scheme.
            Unsupported: No store takes it.
            BackendError: The store cannot be opened.
        """
        uri = self.address(uri)
        store = self._stores.get(uri)
        if store is None:
            with self._lock:
                store = self._stores.get(uri) or stores.open_store(uri)
                self._stores[uri] = store
        return store

    def close(self) -> None:
        """Close them all."""
        while self._stores:
            self._stores.popitem()[1].close()
        self._addresses.clear()


open_stores = OpenStores()
open_journals = Journals(open_stores.get)


class Connection:
    """The stores behind one address."""

    def __init__(self, tracking_uri: str, registry_uri: str | None = None) -> None:
        """Remember the addresses; nothing is opened yet.

        Args:
            tracking_uri: Where the runs are kept.
            registry_uri: Where the registered models are kept; where the runs are if ``None``.
        """
        self._given_uri = tracking_uri
        self._registry_uri = registry_uri or tracking_uri
        self._repositories: OrderedDict[str, ArtifactRepository] = OrderedDict()
        self._listed_tables: set[tuple[str, str]] = set()  # those whose run is known to say so: offline, asking is slow
        self._lock = threading.Lock()

    @property
    def tracking_uri(self) -> str:
        """Where the runs are kept, as it was given."""
        return self._given_uri

    @property
    def _tracking_uri(self) -> str:
        """Where the runs are kept, also for a program that goes to another folder."""
        return open_stores.address(self._given_uri)

    @property
    def _store(self) -> TrackingStore:
        """The store, which knows by now what this process has logged."""
        open_journals.flush(self._tracking_uri, raises=False)
        return open_stores.get(self._tracking_uri)

    def _check_store(self) -> None:
        """See soon whether the store answers.

        Raises:
            BackendUnavailable: It does not.
            BackendError: It cannot be opened.
        """
        open_journals.at(self._tracking_uri).check_anew()

    def _journal(self, run_id: str) -> RunJournal:
        """Where this process writes down what it logs to a run.

        Raises:
            RunNotFound: No run can have this id.
        """
        return open_journals.of(self._tracking_uri, run_id)

    def _now_or_later(self, now: Callable[[], object], later: Callable[[], object]) -> None:
        """Do something at the store; where it does not answer, keep it beside the journal until it does, and say so.

        Args:
            now: Does it; the store may be lost amid it.
            later: Keeps it, all of it.
        """
        try:
            open_journals.at(self._tracking_uri).check()  # soon, where the other calls wait and try again
            now()
        except BackendUnavailable as error:
            later()
            open_journals.at(self._tracking_uri).tell_away(error)

    def _takes_ids(self) -> bool:
        """Whether the store may be given models whose ids were chosen here, as far as is known."""
        return bool(getattr(open_stores.get(self._tracking_uri), "takes_ids", True))

    @property
    def _registry(self) -> RegistryStore:
        store = open_stores.get(self._registry_uri)
        if not isinstance(store, RegistryStore):
            raise Unsupported(f"what is kept at {shown(self._registry_uri)} has no registered models; name another URI")
        return store

    def _check_registry(self) -> None:
        """See that there are registered models, before something is made that is to become one.

        Raises:
            Unsupported: There are none.
        """
        assert self._registry is not None

    @property
    def _lineage(self) -> LineageStore:
        store = self._store
        if not isinstance(store, LineageStore):
            raise Unsupported(f"what is kept at {shown(self._tracking_uri)} has no logged models; name another URI")
        return store

    @property
    def _webhooks(self) -> WebhookStore:
        store = open_stores.get(self._registry_uri)
        if not isinstance(store, WebhookStore):
            raise Unsupported(f"what is kept at {shown(self._registry_uri)} has no webhooks; name another URI")
        return store

    def _artifacts(self, run_id: str, *, writes: bool) -> ArtifactRepository:
        """The files of a run.

        Raises:
            RunNotFound: There is no such run.
            RunDeleted: ``writes``, and the run is in the trash.
        """
        run_id = arguments.identifier("the id of a run", run_id)
        # Asked each time: another client may have put the run into the trash.
        info = self._store.get_run(run_id).info
        if writes and info.lifecycle_stage is LifecycleStage.DELETED:
            raise RunDeleted(run_id)
        repository = self._repository(info.artifact_uri)
        keeping.send_files(open_journals.folder_of(self._tracking_uri, run_id), self._tracking_uri, repository)
        return repository

    def _model_artifacts(self, model_id: str) -> ArtifactRepository:
        """The files of a logged model.

        Raises:
            LoggedModelNotFound: There is no such model.
        """
        model_id = arguments.identifier("the id of a logged model", model_id)
        return self._repository(self._lineage.get_logged_model(model_id).artifact_location)

    def _model_of(self, run: Run, name: str) -> LoggedModel | None:
        """The logged model of this name that a run made last."""
        for output in reversed(run.outputs.model_outputs if name else ()):
            model = self._lineage.get_logged_model(output.model_id)
            if model.name == name:
                return model
        return None

    def _repository(self, uri: str) -> ArtifactRepository:
        """The files at a URI; kept, since opening them sets up connections."""
        with self._lock:
            opened = self._repositories.get(uri)
            if opened is None:
                with forking.held_off():  # it may import a library, in the thread that captures
                    opened = artifacts.repository(uri, tracking_uri=self._tracking_uri)
                self._repositories[uri] = opened
                while len(self._repositories) > _KEPT:
                    self._repositories.popitem(last=False)
        return opened
