"""The handle on one address: every verb, with the run or the experiment named."""

from runstone.client import address, arguments
from runstone.client.experiments import ExperimentVerbs
from runstone.client.lineage import LineageVerbs
from runstone.client.model_versions import ModelVersionVerbs
from runstone.client.registered_models import RegisteredModelVerbs
from runstone.client.tables import TableVerbs
from runstone.client.trash import TrashVerbs
from runstone.client.webhooks import WebhookVerbs
from runstone.entities.names import without_password


class Client(
    ExperimentVerbs, TableVerbs, RegisteredModelVerbs, ModelVersionVerbs, WebhookVerbs, TrashVerbs, LineageVerbs
):
    """Experiments, runs and registered models at one address; may be used from several threads.

    Example:
        >>> Client("http://127.0.0.1:5000").tracking_uri
        'http://127.0.0.1:5000'
    """

    def __init__(
        self,
        tracking_uri: str | None = None,
        registry_uri: str | None = None,
        workspace_store_uri: str | None = None,
    ) -> None:
        """Prepare for calls; nothing is opened yet.

        Args:
            tracking_uri: Where runs are kept; ``get_tracking_uri()`` if ``None``.
            registry_uri: Where registered models are kept; if ``None``, what ``set_registry_uri`` or the setting says,
                else where runs are.
            workspace_store_uri: Not offered yet.

        Raises:
            InvalidValue: An address is no text.
            Unsupported: A store of workspaces was given.
        """
        arguments.refuse("workspaces", workspace_store_uri=workspace_store_uri)
        super().__init__(
            arguments.text("the tracking URI", tracking_uri or address.get_tracking_uri()),
            arguments.text("the registry URI", registry_uri or address.chosen_registry()) or None,
        )

    def __repr__(self) -> str:
        return f"Client({without_password(self.tracking_uri)!r})"
