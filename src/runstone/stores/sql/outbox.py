"""What webhooks are still to be told: written with the change, taken by one server at a time."""

import time
import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from runstone.entities import WebhookAction, WebhookDelivery, WebhookEntity, WebhookEvent, WebhookStatus
from runstone.errors import RunstoneError
from runstone.stores.sql import secrets
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.experiments import now
from runstone.stores.webhooks import MAX_DELIVERIES, Delivery

MODEL_CREATED = WebhookEvent(WebhookEntity.REGISTERED_MODEL, WebhookAction.CREATED)
VERSION_CREATED = WebhookEvent(WebhookEntity.MODEL_VERSION, WebhookAction.CREATED)
TAG_SET = WebhookEvent(WebhookEntity.MODEL_VERSION_TAG, WebhookAction.SET)
TAG_DELETED = WebhookEvent(WebhookEntity.MODEL_VERSION_TAG, WebhookAction.DELETED)
ALIAS_CREATED = WebhookEvent(WebhookEntity.MODEL_VERSION_ALIAS, WebhookAction.CREATED)
ALIAS_DELETED = WebhookEvent(WebhookEntity.MODEL_VERSION_ALIAS, WebhookAction.DELETED)

_GIVEN_UP_FOR_MS = 30 * 24 * 3600 * 1000


def enqueue(connection: Connection, event: WebhookEvent, data: dict[str, Any]) -> None:
    """Write down, inside the change's transaction, what the webhooks that want this event are to be told."""
    driver = driver_of(connection)
    found = driver.execute(
        "SELECT webhook.id FROM webhook_event JOIN webhook ON webhook.id = webhook_event.webhook_id "
        "WHERE webhook_event.event = ? AND webhook.status = ?",
        (str(event), WebhookStatus.ACTIVE.value),
    ).fetchall()
    if found:
        body, moment = payload(event, data), now()
        driver.executemany(
            "INSERT INTO webhook_delivery (uuid, webhook_id, event, body, attempts, created_at, due_at, error) "
            "VALUES (?, ?, ?, ?, 0, ?, ?, '')",
            [(str(uuid.uuid4()), number, str(event), body, moment, moment) for (number,) in found],
        )


def payload(event: WebhookEvent, data: dict[str, Any]) -> str:
    """The JSON that a webhook is sent."""
    happened = datetime.fromtimestamp(time.time(), UTC).isoformat()
    message = {"entity": event.entity.lower(), "action": event.action.lower(), "timestamp": happened, "data": data}
    return msgspec.json.encode(message).decode()


def is_due(connection: Connection) -> bool:
    """Whether anything waits: asked often, so that it must not write."""
    query = "SELECT 1 FROM webhook_delivery WHERE due_at <= ? LIMIT 1"
    return driver_of(connection).execute(query, (now(),)).fetchone() is not None


def claim(connection: Connection, *, lease_s: float, busy: Collection[int], most: int) -> list[Delivery]:
    """Take the oldest that is due of each webhook; see ``DeliveryQueue.claim_deliveries``."""
    driver, moment = driver_of(connection), now()
    due = driver.execute(
        "SELECT webhook_id, min(id) FROM webhook_delivery WHERE due_at <= ? GROUP BY webhook_id ORDER BY 2", (moment,)
    ).fetchall()
    chosen = [number for webhook, number in due if webhook not in busy][:most]
    claimed = []
    for number in chosen:
        # Whoever was quicker has moved the time: the condition is false then.
        row = driver.execute(
            "UPDATE webhook_delivery SET due_at = ?, attempts = attempts + 1 WHERE id = ? AND due_at <= ? "
            "RETURNING webhook_id, uuid, body, attempts",
            (moment + int(lease_s * 1000), number, moment),
        ).fetchone()
        if row is not None:
            claimed.append(_delivery(connection, number, *row))
    return claimed


def _delivery(connection: Connection, number: int, webhook: int, delivery_id: str, body: str, attempt: int) -> Delivery:
    url, status, sealed = (
        driver_of(connection).execute("SELECT url, status, secret FROM webhook WHERE id = ?", (webhook,)).fetchone()
    )
    problem, secret = "", None
    if status != WebhookStatus.ACTIVE:
        problem = "the webhook was disabled"
    else:
        try:
            secret = secrets.opened(connection, sealed)
        except RunstoneError as error:
            problem = error.message
    return Delivery(number, webhook, delivery_id, url, body.encode(), attempt, secret, problem)


def settle(connection: Connection, delivery: Delivery, *, error: str, again_in_s: float | None) -> None:
    """Write down what came of a try; see ``DeliveryQueue.settle_delivery``."""
    driver, moment = driver_of(connection), now()
    mine = (delivery.number, delivery.attempt)
    if not error:
        driver.execute("DELETE FROM webhook_delivery WHERE id = ? AND attempts = ?", mine)
        return
    due_at = None if again_in_s is None else moment + int(again_in_s * 1000)
    driver.execute(
        "UPDATE webhook_delivery SET due_at = ?, error = ? WHERE id = ? AND attempts = ?", (due_at, error, *mine)
    )
    if due_at is None:
        driver.execute(
            "DELETE FROM webhook_delivery WHERE webhook_id = ? AND due_at IS NULL AND created_at < ?",
            (delivery.webhook, moment - _GIVEN_UP_FOR_MS),
        )


def of_webhook(connection: Connection, webhook: int) -> list[WebhookDelivery]:
    """What a webhook is still to be told or could not be told, the newest first."""
    rows = driver_of(connection).execute(
        "SELECT uuid, event, attempts, created_at, due_at, error FROM webhook_delivery WHERE webhook_id = ? "
        "ORDER BY id DESC LIMIT ?",
        (webhook, MAX_DELIVERIES),
    )
    return [
        WebhookDelivery(
            delivery_id=delivery_id,
            event=event,
            attempts=attempts,
            creation_timestamp=created_at,
            next_attempt_timestamp=due_at,
            error_message=error,
        )
        for delivery_id, event, attempts, created_at, due_at, error in rows.fetchall()
    ]
