"""What code has chosen for the whole process: the experiment, work offline; and the handle on where that leads."""

from dataclasses import dataclass
from functools import partial

from runstone import config
from runstone.client import address
from runstone.client.client import Client
from runstone.client.offline import OfflineClient
from runstone.entities import Experiment, LifecycleStage
from runstone.errors import ExperimentDeleted, ExperimentExists
from runstone.journal import folder as folders

DEFAULT_EXPERIMENT = "0"


@dataclass(slots=True)
class _Chosen:
    """What all threads share.

    Attributes:
        clients: Handles by address of the runs and of the registered models.
        experiment: The experiment that was chosen, and the address it was chosen at.
        offline: Whether code has said that runs are kept in a folder; ``None`` where it has not.
    """

    clients: dict[tuple[str, str], Client]
    experiment: tuple[str, Experiment] | None = None
    offline: bool | None = None


_chosen = _Chosen({})


def client() -> Client:
    """The handle on the address of now; one that keeps all in a folder where work is offline."""
    if is_offline():
        return offline_client(sends=False)
    uris = (address.get_tracking_uri(), address.get_registry_uri())
    known = _chosen.clients.get(uris)
    if known is None:
        known = _chosen.clients.setdefault(uris, Client(*uris))
    return known


def is_offline() -> bool:
    """Whether runs are kept in a folder, as code or a setting says."""
    return config.OFFLINE.required() if _chosen.offline is None else _chosen.offline


def go_offline(on: bool) -> None:
    """Choose for all threads whether runs are kept in a folder."""
    _chosen.offline = on


def offline_client(*, sends: bool) -> Client:
    """The handle that keeps all in a folder.

    Args:
        sends: Whether what is kept is sent once the store answers; else by ``runstone sync`` alone.
    """
    uris = (address.get_tracking_uri(), f"{sends}:{folders.root()}")
    known = _chosen.clients.get(uris)
    if known is None:
        known = _chosen.clients.setdefault(
            uris, OfflineClient(uris[0], sends=sends, name_of=partial(_chosen_name, uris[0]))
        )
    return known


def _chosen_name(uri: str, experiment_id: str) -> str:
    """The name of an experiment at an address, where it is the chosen one, and was chosen while that answered."""
    at, chosen = _chosen.experiment or ("", None)
    is_chosen = chosen is not None and (at, chosen.experiment_id) == (uri, experiment_id)
    return chosen.name if chosen is not None and is_chosen and chosen.name != experiment_id else ""


def choose_experiment(experiment: Experiment) -> None:
    """Make an experiment the one that new runs belong to, in all threads."""
    _chosen.experiment = (address.get_tracking_uri(), experiment)


def experiment_id(handle: Client | None = None) -> str:
    """The experiment that new runs belong to: the chosen one, else that of the settings, else ``0``.

    An experiment that was chosen at another address, or offline, is looked for by its name at this one, and made there
    if need be.

    Args:
        handle: Where the runs are made; the address of now if ``None``.

    Raises:
        ExperimentDeleted: It is in the trash.
        BackendError: The store did not answer.
    """
    handle = handle or client()
    if _chosen.experiment is not None:
        uri, chosen = _chosen.experiment
        if uri != handle.tracking_uri or chosen.experiment_id.startswith(folders.BY_NAME):
            chosen = get_or_create_experiment(handle, chosen.name)
            choose_experiment(chosen)
        return chosen.experiment_id
    if named := config.EXPERIMENT_ID.get():
        return named
    if named := config.EXPERIMENT_NAME.get():
        return get_or_create_experiment(handle, named).experiment_id
    return DEFAULT_EXPERIMENT


def get_or_create_experiment(handle: Client, name: str) -> Experiment:
    """The experiment in use with this name, made if there is none.

    Raises:
        ExperimentDeleted: Only one in the trash has it, and the server keeps such names.
    """
    found = handle.get_experiment_by_name(name)
    if found is None or found.lifecycle_stage is LifecycleStage.DELETED:
        try:
            return handle.get_experiment(handle.create_experiment(name))
        except ExperimentExists:
            # Another process was faster, or the server is a genuine MLflow, where names in the trash stay taken.
            found = handle.get_experiment_by_name(name)
    if found is None or found.lifecycle_stage is LifecycleStage.DELETED:
        raise ExperimentDeleted(name if found is None else found.experiment_id)
    return found


def forget() -> None:
    """Go back to the settings: no address or experiment is chosen, nor whether work is offline."""
    address.set_tracking_uri("")
    address.set_registry_uri("")
    _chosen.experiment = None
    _chosen.offline = None
