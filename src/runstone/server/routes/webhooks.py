"""Routes of webhooks."""

from runstone.entities import WebhookStatus
from runstone.schemas import webhooks as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.route import AnyRoute, Route, Stores


def create(stores: Stores, request: schema.CreateWebhook) -> schema.OneWebhook:
    """Create a webhook."""
    made = stores.tracking.create_webhook(
        request.name,
        request.url,
        request.events,
        description=request.description or "",
        secret=request.secret or "",
        status=request.status or WebhookStatus.ACTIVE,
    )
    return schema.OneWebhook(made)


def list_webhooks(stores: Stores, request: schema.ListWebhooks) -> schema.Webhooks:
    """List the webhooks. None asked for is as many as usual, as MLflow has it."""
    page = stores.tracking.list_webhooks(
        max_results=request.max_results or schema.DEFAULT_PAGE, page_token=request.page_token or ""
    )
    return schema.Webhooks(list(page), page.token or "")


def get(stores: Stores, request: schema.WebhookId) -> schema.OneWebhook:
    """Get a webhook."""
    return schema.OneWebhook(stores.tracking.get_webhook(request.webhook_id))


def update(stores: Stores, request: schema.UpdateWebhook) -> schema.OneWebhook:
    """Change a webhook."""
    changed = stores.tracking.update_webhook(
        request.webhook_id,
        name=request.name or "",
        description=request.description,
        url=request.url or "",
        events=request.events or (),
        secret=request.secret or "",
        status=request.status,
    )
    return schema.OneWebhook(changed)


def delete(stores: Stores, request: schema.WebhookId) -> Empty:
    """Remove a webhook."""
    stores.tracking.delete_webhook(request.webhook_id)
    return Empty()


def test(stores: Stores, request: schema.TestWebhook) -> schema.TestedWebhook:
    """Call a webhook with an example."""
    return schema.TestedWebhook(stores.tracking.test_webhook(request.webhook_id, request.event))


def deliveries(stores: Stores, request: schema.WebhookId) -> schema.WebhookDeliveries:
    """List what a webhook is still to be told, or could not be told."""
    return schema.WebhookDeliveries(stores.tracking.webhook_deliveries(request.webhook_id))


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.CREATE, create, writes=True),
    Route(schema.LIST, list_webhooks),
    Route(schema.GET, get),
    Route(schema.UPDATE, update, writes=True),
    Route(schema.DELETE, delete, writes=True),
    Route(schema.TEST, test, waits=True),
    Route(schema.DELIVERIES, deliveries),
)
