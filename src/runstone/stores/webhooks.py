"""What every store of webhooks does. The cases of ``runstone.testing.webhook_cases`` are this contract in tests."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from runstone.entities import (
    Page,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookStatus,
    WebhookTestResult,
)

MAX_WEBHOOKS_PAGE = 1000
MAX_DELIVERIES = 1000


@runtime_checkable
class WebhookStore(Protocol):
    """Webhooks, kept beside the registry whose events they are told of.

    An id that no webhook has raises ``WebhookNotFound``. What a webhook is to be told is written down in the
    transaction of the change that it tells of; a server on the store delivers it, at least once. A secret that was
    given is never shown again.
    """

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
        """Make a webhook. An event that is named twice counts once.

        Raises:
            AddressForbidden: The settings do not allow the address.
            InvalidValue: There is no event, or the name, the address or another argument breaks a rule.
        """
        ...

    def get_webhook(self, webhook_id: str) -> Webhook:
        """The webhook with this id."""
        ...

    def list_webhooks(self, *, max_results: int = 100, page_token: str = "") -> Page[Webhook]:
        """A page of 1 to 1000 webhooks, the newest first."""
        ...

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
        """Change a webhook; what is empty stays as it is, but an empty description takes the former one away.

        Raises what ``create_webhook`` raises.
        """
        ...

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook, with what it was still to be told."""
        ...

    def test_webhook(self, webhook_id: str, event: WebhookEvent | None = None) -> WebhookTestResult:
        """Call a webhook once with an example, by default of the first event that it is told of; waits for it."""
        ...

    def webhook_deliveries(self, webhook_id: str) -> list[WebhookDelivery]:
        """What a webhook is still to be told or could not be told; the newest first, at most 1000.

        What could not be told is forgotten after 30 days.
        """
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try at telling a webhook something.

    Attributes:
        number: Tells it from others in the same store.
        webhook: The webhook's number.
        delivery_id: Goes to the receiver, which may get it twice.
        url: The address.
        body: JSON.
        attempt: Counts from 1.
        secret: Key of the signature; ``None`` where none was given.
        problem: Why it cannot be sent; empty if it can.
    """

    number: int
    webhook: int
    delivery_id: str
    url: str
    body: bytes
    attempt: int
    secret: str | None = field(repr=False)
    problem: str = ""


class DeliveryQueue(Protocol):
    """What webhooks are still to be told, for the servers on a store: each try is one server's."""

    def claim_deliveries(self, *, lease_s: float, busy: Collection[int] = (), most: int = 8) -> list[Delivery]:
        """Take what is due, at most one for each webhook, so that nobody else takes it for a while.

        Args:
            lease_s: Seconds after which others may take it, if it is not settled by then.
            busy: Numbers of webhooks that are left out.
            most: How many are taken at most.
        """
        ...

    def settle_delivery(self, delivery: Delivery, *, error: str = "", again_in_s: float | None = None) -> None:
        """Say what came of a try. One that somebody else has taken meanwhile is left to them.

        Args:
            delivery: The try.
            error: Why it failed; empty if it did not, and the delivery is done.
            again_in_s: Seconds until the next try; ``None`` gives it up.
        """
        ...
