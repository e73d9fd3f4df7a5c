"""The verbs of the client about webhooks, on a database and on a server."""

import pytest

from runstone.client import Client
from runstone.entities import WebhookEvent, WebhookStatus
from runstone.errors import InvalidValue, Unsupported, WebhookNotFound
from runstone.stores.resolve import BUILT_IN

URL = "https://receiver.example/hook"
EVENTS: list[str | WebhookEvent] = ["model_version.created", WebhookEvent.from_str("registered_model.created")]


def test_webhook_is_made_found_changed_and_deleted(client: Client) -> None:
    made = client.create_webhook("ci", URL, EVENTS, description="why", secret="s3cret", status="disabled")

    changed = client.update_webhook(
        made.webhook_id, "cd", "", f"{URL}/2", ["model_version_tag.set"], "other", WebhookStatus.ACTIVE
    )
    found = client.get_webhook(made.webhook_id)
    listed = client.list_webhooks(1000)
    client.delete_webhook(made.webhook_id)

    assert [str(event) for event in made.events] == ["model_version.created", "registered_model.created"]
    assert made.status is WebhookStatus.DISABLED
    assert (changed.name, changed.description, changed.url, changed.status) == ("cd", "", f"{URL}/2", "ACTIVE")
    assert changed == found
    assert found in listed
    with pytest.raises(WebhookNotFound, match=made.webhook_id):
        client.get_webhook(made.webhook_id)


def test_test_of_a_webhook_says_what_came_of_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    made = client.create_webhook("ci", "https://127.0.0.1:1/", EVENTS)

    result = client.test_webhook(made.webhook_id, "model_version_alias.deleted")

    assert not result.success
    assert result.response_status is None
    assert "does not answer" in (result.error_message or "")


@pytest.mark.parametrize(
    "events", ["registered_model.created", ["registered_model"], ["prompt.created"], ["model_version.set"], [None]]
)
def test_events_that_are_none_are_refused(client: Client, events: list[str]) -> None:
    with pytest.raises(InvalidValue):
        client.create_webhook("ci", URL, events)


def test_status_that_is_none_is_refused(client: Client) -> None:
    with pytest.raises(InvalidValue, match="ACTIVE or DISABLED"):
        client.create_webhook("ci", URL, EVENTS, status="off")


def test_store_without_webhooks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUILT_IN, "bare", "tests.client.test_webhooks:Bare")

    with pytest.raises(Unsupported, match="has no webhooks"):
        Client("bare://here").list_webhooks()


class Bare:
    """A store that keeps nothing."""

    def __init__(self, uri: str) -> None: ...

    def close(self) -> None:
        """Nothing is open."""
