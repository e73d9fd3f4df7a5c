"""The verbs of ``Client`` about webhooks: addresses that are told what happens in the registry."""

from collections.abc import Sequence

from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.entities import Page, Webhook, WebhookEvent, WebhookStatus, WebhookTestResult
from runstone.entities.names import shown
from runstone.errors import InvalidValue

_ID = "the id of a webhook"


class WebhookVerbs(Connection):
    """Create, find, change, test and delete webhooks."""

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[str | WebhookEvent],
        description: str | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook:
        """Let an address be told what happens in the registry. A server on the store delivers it.

        Args:
            name: 1 to 63 letters, digits, dots, dashes and underscores.
            url: The address, as ``https://host/path``.
            events: What it is told of, as ``"model_version.created"``.
            description: A note for people.
            secret: Signs what is sent, so that the receiver can tell it from what others send. Never shown again.
            status: ``"ACTIVE"``, which is the default, or ``"DISABLED"``.

        Raises:
            AddressForbidden: The server does not call this address.
            InvalidValue: An argument breaks a rule.
            Unsupported: The store keeps no webhooks.
        """
        return self._webhooks.create_webhook(
            arguments.text("the name of a webhook", name),
            arguments.text("the address of a webhook", url),
            _events(events),
            description=arguments.text("the description", description or ""),
            secret=secret or "",
            status=_status(status) or WebhookStatus.ACTIVE,
        )

    def get_webhook(self, webhook_id: str) -> Webhook:
        """The webhook with this id.

        Raises:
            WebhookNotFound: There is none.
        """
        return self._webhooks.get_webhook(arguments.text(_ID, webhook_id, may_be_empty=False))

    def list_webhooks(self, max_results: int | None = None, page_token: str | None = None) -> Page[Webhook]:
        """One page of the webhooks, the newest first.

        Args:
            max_results: Largest length of the page, 1 to 1000; 100 if ``None``.
            page_token: ``token`` of the former page.

        Raises:
            InvalidPageToken: The token is not one of ours.
            InvalidValue: ``max_results`` is out of range.
        """
        size = 100 if max_results is None else arguments.at_least_one("max_results", max_results)
        return self._webhooks.list_webhooks(max_results=size, page_token=arguments.text("page_token", page_token or ""))

    def update_webhook(
        self,
        webhook_id: str,
        name: str | None = None,
        description: str | None = None,
        url: str | None = None,
        events: Sequence[str | WebhookEvent] | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook:
        """Change what is given of a webhook; the arguments are those of ``create_webhook``.

        Raises:
            AddressForbidden: The server does not call this address.
            InvalidValue: An argument breaks a rule.
            WebhookNotFound: There is no such webhook.
        """
        return self._webhooks.update_webhook(
            arguments.text(_ID, webhook_id, may_be_empty=False),
            name=arguments.text("the name of a webhook", name or ""),
            description=None if description is None else arguments.text("the description", description),
            url=arguments.text("the address of a webhook", url or ""),
            events=_events(events or ()),
            secret=secret or "",
            status=_status(status),
        )

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook, with what it was still to be told.

        Raises:
            WebhookNotFound: There is no such webhook.
        """
        self._webhooks.delete_webhook(arguments.text(_ID, webhook_id, may_be_empty=False))

    def test_webhook(self, webhook_id: str, event: str | WebhookEvent | None = None) -> WebhookTestResult:
        """Call a webhook once with an example, and wait for what it answers.

        Args:
            webhook_id: The webhook.
            event: What the example is of; the first event that it is told of if ``None``.

        Raises:
            InvalidValue: There is no such event.
            WebhookNotFound: There is no such webhook.
        """
        chosen = None if event is None else _events([event])[0]
        return self._webhooks.test_webhook(arguments.text(_ID, webhook_id, may_be_empty=False), chosen)


def _events(events: Sequence[str | WebhookEvent]) -> list[WebhookEvent]:
    if isinstance(events, str):
        raise InvalidValue(f"the events of a webhook are a list of texts; got {shown(events)}")
    return [each if isinstance(each, WebhookEvent) else WebhookEvent.from_str(each) for each in events]


def _status(status: str | WebhookStatus | None) -> WebhookStatus | None:
    if status is None:
        return None
    try:
        return WebhookStatus(str(status).upper())
    except ValueError:
        raise InvalidValue(f"the status of a webhook is ACTIVE or DISABLED; got {shown(status)}") from None
