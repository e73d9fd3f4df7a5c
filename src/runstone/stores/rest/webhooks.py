"""Webhooks behind a server's address."""

from collections.abc import Sequence

from runstone.entities import Page, Webhook, WebhookDelivery, WebhookEvent, WebhookStatus, WebhookTestResult
from runstone.schemas import webhooks
from runstone.stores.rest.calls import Calls


class RestWebhooks(Calls):
    """Webhooks that a server keeps; does what ``WebhookStore`` says."""

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        *,
        description: str = "",
        secret: str = "",
        status: WebhookStatus = WebhookStatus.ACTIVE,
    ) -> Webhook:
        """Make a webhook."""
        request = webhooks.CreateWebhook(name, url, list(events), description or None, secret or None, status)
        return self._call(webhooks.CREATE, request).webhook

    def get_webhook(self, webhook_id: str) -> Webhook:
        """The webhook with this id."""
        return self._call(webhooks.GET, webhooks.WebhookId(webhook_id)).webhook

    def list_webhooks(self, *, max_results: int = 100, page_token: str = "") -> Page[Webhook]:
        """A page of webhooks, the newest first."""
        answer = self._call(webhooks.LIST, webhooks.ListWebhooks(max_results, page_token or None))
        return Page(answer.webhooks, answer.next_page_token)

    def update_webhook(
        self,
        webhook_id: str,
        *,
        name: str = "",
        description: str | None = None,
        url: str = "",
        events: Sequence[WebhookEvent] = (),
        secret: str = "",
        status: WebhookStatus | None = None,
    ) -> Webhook:
        """Change a webhook; what is empty stays as it is."""
        request = webhooks.UpdateWebhook(
            webhook_id,
            name=name or None,
            description=description,
            url=url or None,
            events=list(events) or None,
            secret=secret or None,
            status=status,
        )
        return self._call(webhooks.UPDATE, request).webhook

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook, with what it was still to be told."""
        self._call(webhooks.DELETE, webhooks.WebhookId(webhook_id))

    def test_webhook(self, webhook_id: str, event: WebhookEvent | None = None) -> WebhookTestResult:
        """Call a webhook once with an example; the server does."""
        return self._call(webhooks.TEST, webhooks.TestWebhook(webhook_id, event)).result

    def webhook_deliveries(self, webhook_id: str) -> list[WebhookDelivery]:
        """What a webhook is still to be told or could not be told."""
        return self._call(webhooks.DELIVERIES, webhooks.WebhookId(webhook_id)).deliveries
