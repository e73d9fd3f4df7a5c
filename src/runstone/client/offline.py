"""The handle for runs that are made without their store."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from runstone.artifacts.base import ArtifactRepository
from runstone.client import arguments, lineage
from runstone.client.client import Client
from runstone.client.connection import open_journals
from runstone.entities import DatasetInput, ModelInput, ModelOutput
from runstone.entities.names import without_password
from runstone.errors import LoggedModelNotFound, Unsupported
from runstone.journal import folder as folders
from runstone.journal.folder import RunFacts
from runstone.journal.offline import OfflineStore
from runstone.journal.run_journal import RunJournal
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore


class OfflineClient(Client):
    """What ``Client`` does, as far as it can be done without the store: make runs, log to them, read them back.

    Runs stand in the folder of journals until they are sent: by ``runstone sync``, or, where the store was away, as
    soon as it is back.
    """

    def __init__(
        self,
        tracking_uri: str,
        *,
        sends: bool,
        within: Path | None = None,
        name_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        """Prepare; nothing is made yet.

        Args:
            tracking_uri: Where the runs will belong.
            sends: Whether what is logged is sent as soon as the store answers.
            within: Folder of journals; that of now if ``None``.
            name_of: The name of the experiment with an id, where it is known; else an empty text.
        """
        super().__init__(tracking_uri)
        self._within = within or folders.root()
        self._sends = sends
        self._offline = OfflineStore(self._within, self._tracking_uri, self._begin, name_of)

    @property
    def _store(self) -> TrackingStore:
        return self._offline

    def _journal(self, run_id: str) -> RunJournal:
        facts = folders.facts_of(folders.run_folder(self._within, run_id))
        return open_journals.of(self._tracking_uri, run_id, facts, sends=self._sends)

    def _begin(self, facts: RunFacts) -> None:
        open_journals.of(self._tracking_uri, facts.run_id, facts, sends=self._sends).begin()

    def _send_what_is_left(self, run_id: str) -> None:
        """It stays here with the rest; each journal is sent in its turn."""

    def _artifacts(self, run_id: str, *, writes: bool) -> ArtifactRepository:  # noqa: ARG002  # there is no trash
        """The files of a run; what was logged, which may be long, is not read back for them."""
        return self._repository(str(self._offline.place_of_files(arguments.identifier("the id of a run", run_id))))

    def _put(self, run_id: str, put: Callable[[ArtifactRepository], object]) -> None:
        put(self._artifacts(run_id, writes=True))

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove one tag of a run; that it has none is no error here."""
        self._journal(run_id).log(deleted_tag=arguments.text("the name of a tag", key))

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change the state or the name of a run; ``None`` leaves a field as it is."""
        self._journal(run_id).log(
            status=None if status is None else arguments.run_status(status),
            run_name=arguments.text("the name of a run", name or ""),
        )

    def log_inputs(
        self, run_id: str, datasets: Sequence[DatasetInput] | None = None, models: Sequence[ModelInput] | None = None
    ) -> None:
        """Say what a run read."""
        self._journal(run_id).log(
            datasets=arguments.each("datasets", DatasetInput, datasets),
            model_inputs=arguments.each("models", ModelInput, models),
        )

    def log_outputs(self, run_id: str, models: Sequence[ModelOutput]) -> None:
        """Say which logged models a run made."""
        self._journal(run_id).log(model_outputs=arguments.each("models", ModelOutput, models))

    def _keeps_model(self, model_id: str) -> bool:
        """Whether a logged model was made here, and is not sent yet."""
        try:
            self._offline.place_of_model(model_id)
        except LoggedModelNotFound:
            return False
        return True

    def _model_artifacts(self, model_id: str) -> ArtifactRepository:
        return self._repository(str(self._offline.place_of_model(arguments.identifier(lineage.MODEL_ID, model_id))))

    def _refuse(self) -> NoReturn:
        raise Unsupported(
            f"this needs the store at {without_password(self._tracking_uri)!r}, but the run is offline; send what is "
            "kept with `runstone sync` first"
        )

    @property
    def _registry(self) -> NoReturn:
        self._refuse()

    @property
    def _lineage(self) -> LineageStore:
        return self._offline

    @property
    def _webhooks(self) -> NoReturn:
        self._refuse()
