"""The logged model that metrics of this thread are of, unless another one is named."""

from runstone.client import choices, context
from runstone.client.client import Client
from runstone.client.fluent import lineage
from runstone.client.offline import OfflineClient
from runstone.entities import LoggedModel
from runstone.entities.logged_model import check_logged_model_name
from runstone.errors import InvalidValue


class ActiveModel(LoggedModel, frozen=True):
    """The logged model that was made active; as a context manager it gives way to the former one in the end.

    Attributes:
        former: Id of the model that was active before; ``None`` if there was none.
    """

    former: str | None = None

    def __enter__(self) -> "ActiveModel":
        return self

    def __exit__(self, *_: object) -> None:
        context.choose_model(self.former)


def set_active_model(*, name: str | None = None, model_id: str | None = None) -> ActiveModel:
    """Make a logged model the active one of this thread: metrics and params that name no model are its own as well.

    Args:
        name: Its name: the newest model in use with it, in the experiment of the active run or the chosen one. Where
            there is none, one is made whose files are kept elsewhere; offline, one is always made.
        model_id: Its id, in place of a name.

    Raises:
        InvalidValue: Neither or both are given, or the name breaks a rule.
        LoggedModelNotFound: There is no model of this id.

    Example:
        >>> import runstone
        >>> with runstone.start_run(), runstone.set_active_model(name="wheat") as model:
        ...     runstone.log_metric("rmse", 0.3)
        >>> [metric.key for metric in runstone.get_logged_model(model.model_id).metrics]
        ['rmse']
    """
    if bool(name) == bool(model_id):
        raise InvalidValue(f"set_active_model takes one of name and model_id; got name={name!r}, model_id={model_id!r}")
    found = _named(name) if name else lineage.get_logged_model(model_id or "")
    active = ActiveModel(found.info, found.data, context.active_model())
    context.choose_model(found.model_id)
    return active


def get_active_model_id() -> str | None:
    """The id of the active logged model of this thread; ``None`` if there is none."""
    return context.active_model()


def clear_active_model() -> None:
    """From now on metrics of this thread are of a logged model only where they name it."""
    context.choose_model(None)


def _named(name: str) -> LoggedModel:
    check_logged_model_name(name)
    opened = context.active()
    handle = choices.client() if opened is None else opened.client
    found = [] if isinstance(handle, OfflineClient) else _newest(handle, name)
    return found[0] if found else lineage.create_external_model(name)


def _newest(handle: Client, name: str) -> list[LoggedModel]:
    opened = context.active()
    experiment = choices.experiment_id(handle) if opened is None else opened.run.info.experiment_id
    return handle.search_logged_models([experiment], f"name = '{name}'", max_results=1)
