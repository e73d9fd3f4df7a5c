"""Requests, responses and endpoints of webhooks."""

from typing import Any

from msgspec import Struct, field

from runstone.entities import Webhook, WebhookDelivery, WebhookEvent, WebhookStatus, WebhookTestResult
from runstone.schemas.endpoint import Empty, Endpoint

_BASE = "/api/2.0/mlflow/webhooks"
DEFAULT_PAGE = 100


class CreateWebhook(Struct, frozen=True):
    """Asks for a new webhook."""

    name: str
    url: str
    events: list[WebhookEvent]
    description: str | None = None
    secret: str | None = None
    status: WebhookStatus | None = None


class WebhookId(Struct, frozen=True):
    """Names a webhook."""

    webhook_id: str


class ListWebhooks(Struct, frozen=True):
    """Asks for a page of the webhooks."""

    max_results: int = DEFAULT_PAGE
    page_token: str | None = None


class UpdateWebhook(Struct, frozen=True):
    """Changes a webhook; what is left out or empty stays, but an empty description takes it away."""

    webhook_id: str
    name: str | None = None
    description: str | None = None
    url: str | None = None
    events: list[WebhookEvent] | None = None
    secret: str | None = None
    status: WebhookStatus | None = None


class TestWebhook(Struct, frozen=True):
    """Asks to call a webhook with an example, by default of the first event that it is told of."""

    webhook_id: str
    event: WebhookEvent | None = None


class OneWebhook(Struct, frozen=True):
    """Carries one webhook."""

    webhook: Webhook


class Webhooks(Struct, frozen=True, omit_defaults=True):
    """Carries a page of webhooks."""

    webhooks: list[Webhook] = field(default_factory=list)
    next_page_token: str = ""


class TestedWebhook(Struct, frozen=True):
    """Carries what came of calling a webhook."""

    result: WebhookTestResult


class WebhookDeliveries(Struct, frozen=True):
    """Carries what a webhook is still to be told, or could not be told."""

    deliveries: list[WebhookDelivery]


CREATE = Endpoint("POST", _BASE, CreateWebhook, OneWebhook, "Create a webhook.", repeatable=False, word="create")
LIST = Endpoint("GET", _BASE, ListWebhooks, Webhooks, "List the webhooks, the newest first.", word="list")
GET = Endpoint("GET", f"{_BASE}/{{webhook_id}}", WebhookId, OneWebhook, "Get a webhook.", word="get")
UPDATE = Endpoint("PATCH", f"{_BASE}/{{webhook_id}}", UpdateWebhook, OneWebhook, "Change a webhook.", word="update")
DELETE = Endpoint(
    "DELETE", f"{_BASE}/{{webhook_id}}", WebhookId, Empty, "Remove a webhook.", repeatable=False, word="delete"
)
TEST = Endpoint(
    "POST",
    f"{_BASE}/{{webhook_id}}/test",
    TestWebhook,
    TestedWebhook,
    "Call a webhook with an example.",
    repeatable=False,
)
DELIVERIES = Endpoint(
    "GET",
    "/api/runstone/v1/webhooks/{webhook_id}/deliveries",
    WebhookId,
    WebhookDeliveries,
    "List what a webhook is still to be told, or could not be told; the newest first, at most 1000.",
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (CREATE, LIST, GET, UPDATE, DELETE, TEST, DELIVERIES)
