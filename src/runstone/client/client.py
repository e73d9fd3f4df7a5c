"""The handle on one address: every verb, with the run or the experiment named."""

from runstone.client import address, arguments
from runstone.client.experiments import ExperimentVerbs
from runstone.client.tables import TableVerbs


class Client(ExperimentVerbs, TableVerbs):
    """Experiments and runs at one address; may be used from several threads.

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
            registry_uri: Not offered yet.
            workspace_store_uri: Not offered yet.

        Raises:
            InvalidValue: The address is no text.
            Unsupported: A registry or a store of workspaces was given.
        """
        arguments.refuse("the model registry", registry_uri=registry_uri)
        arguments.refuse("workspaces", workspace_store_uri=workspace_store_uri)
        super().__init__(arguments.text("the tracking URI", tracking_uri or address.get_tracking_uri()))

    def __repr__(self) -> str:
        return f"Client({self.tracking_uri!r})"
