"""Tells a webhook something: the request that MLflow's receivers know, with its signature."""

import base64
import hashlib
import hmac
import time
from typing import Any

from runstone.egress import Egress, Reply
from runstone.entities import WebhookEvent, WebhookTestResult
from runstone.errors import RunstoneError
from runstone.stores.webhooks import Delivery

_NAME = "example_model"
_VERSION = {"name": _NAME, "version": "1"}
_KEY, _VALUE = "example_key", "example_value"
_EXAMPLES: dict[str, dict[str, Any]] = {
    "registered_model.created": {"name": _NAME, "tags": {_KEY: _VALUE}, "description": "An example"},
    "model_version.created": {
        **_VERSION,
        "source": "s3://bucket/example",
        "run_id": "abcd1234abcd5678",
        "tags": {_KEY: _VALUE},
        "description": "An example",
    },
    "model_version_tag.set": {**_VERSION, "key": _KEY, "value": _VALUE},
    "model_version_tag.deleted": {**_VERSION, "key": _KEY},
    "model_version_alias.created": {"name": _NAME, "alias": "example_alias", "version": "1"},
    "model_version_alias.deleted": {"name": _NAME, "alias": "example_alias"},
}


def example_of(event: WebhookEvent) -> dict[str, Any]:
    """What the data of an event look like."""
    return _EXAMPLES[str(event)]


def send(egress: Egress, delivery: Delivery) -> Reply:
    """Make one try.

    Args:
        egress: The way out.
        delivery: What is told to whom.

    Raises:
        AddressForbidden: The address may not be called.
        BackendUnavailable: There was no whole answer in time.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "runstone",
        "X-MLflow-Delivery-Id": delivery.delivery_id,
        "X-MLflow-Timestamp": str(int(time.time())),
    }
    if delivery.secret:
        signed = b".".join((delivery.delivery_id.encode(), headers["X-MLflow-Timestamp"].encode(), delivery.body))
        headers["X-MLflow-Signature"] = signature(delivery.secret, signed)
    return egress.post(delivery.url, delivery.body, headers)


def try_once(egress: Egress, delivery: Delivery) -> WebhookTestResult:
    """Make one try, and say what came of it."""
    try:
        reply = send(egress, delivery)
    except RunstoneError as error:
        return WebhookTestResult(success=False, error_message=error.message)
    return WebhookTestResult(reply.is_success, reply.status, reply.body.decode("utf-8", "replace"))


def signature(secret: str, signed: bytes) -> str:
    """The value of ``X-MLflow-Signature``.

    Args:
        secret: What sender and receiver share.
        signed: Delivery id, timestamp and body, joined by dots.

    Example:
        >>> signature("secret", b"id.1.{}")
        'v1,490pAcC1LQ1k1cOcmH0da199+A88OKCj0Io4WnJlp68='
    """
    digest = hmac.digest(secret.encode(), signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"
