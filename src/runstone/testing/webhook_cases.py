"""What every store of webhooks must do, as tests that a store's own test module runs."""

import pytest

from runstone.entities import ModelTag, WebhookEvent, WebhookStatus
from runstone.errors import AddressForbidden, InvalidPageToken, InvalidValue, WebhookNotFound
from runstone.stores.registry import RegistryStore
from runstone.stores.webhooks import WebhookStore
from runstone.testing.text_cases import WebhookTextCases

URL = "https://receiver.example/hook"
MODEL = WebhookEvent.from_str("registered_model.created")
TAG = WebhookEvent.from_str("model_version_tag.set")
EVERY = [
    "model_version.created",
    "model_version_alias.created",
    "model_version_alias.deleted",
    "model_version_tag.deleted",
    "model_version_tag.set",
    "registered_model.created",
]


class HookedRegistry(WebhookStore, RegistryStore):
    """What the cases need: webhooks beside a registry."""


class WebhookCases(WebhookTextCases):
    """All that ``WebhookStore`` says, a sentence a case. Subclass it and provide the fixture ``store``."""

    def test_webhook_is_found_as_it_was_made(self, store: HookedRegistry) -> None:
        made = store.create_webhook("ci", URL, [TAG, MODEL, TAG], description="tells CI", secret="s")

        assert (made.name, made.url, made.description, made.status) == ("ci", URL, "tells CI", WebhookStatus.ACTIVE)
        assert made.events == [TAG, MODEL]
        assert made.creation_timestamp == made.last_updated_timestamp
        assert store.get_webhook(made.webhook_id) == made
        assert list(store.list_webhooks()) == [made]

    def test_webhooks_are_listed_by_pages_the_newest_first(self, store: HookedRegistry) -> None:
        ids = [store.create_webhook(f"w{number}", URL, [MODEL]).webhook_id for number in range(5)]

        first = store.list_webhooks(max_results=2)
        second = store.list_webhooks(max_results=2, page_token=first.token or "")
        third = store.list_webhooks(max_results=2, page_token=second.token or "")

        assert [found.webhook_id for found in (*first, *second, *third)] == ids[::-1]
        assert third.token is None

    @pytest.mark.parametrize("size", [-1, 1001])
    def test_page_of_a_size_out_of_range_is_refused(self, store: HookedRegistry, size: int) -> None:
        with pytest.raises(InvalidValue):
            store.list_webhooks(max_results=size)

    def test_foreign_page_token_is_refused(self, store: HookedRegistry) -> None:
        with pytest.raises(InvalidPageToken):
            store.list_webhooks(page_token="zz")

    def test_update_of_a_webhook_changes_what_is_given(self, store: HookedRegistry) -> None:
        made = store.create_webhook("ci", URL, [MODEL], description="old")

        renamed = store.update_webhook(made.webhook_id, name="cd", status=WebhookStatus.DISABLED)
        rest = store.update_webhook(made.webhook_id, description="", url=f"{URL}/2", events=[TAG], secret="new")

        assert (renamed.name, renamed.description, renamed.status) == ("cd", "old", WebhookStatus.DISABLED)
        assert (rest.name, rest.description, rest.url, rest.events) == ("cd", "", f"{URL}/2", [TAG])
        assert store.get_webhook(made.webhook_id) == rest

    def test_deleted_webhook_is_gone(self, store: HookedRegistry) -> None:
        made = store.create_webhook("ci", URL, [MODEL])

        store.delete_webhook(made.webhook_id)

        for verb in (store.get_webhook, store.update_webhook, store.delete_webhook, store.test_webhook):
            with pytest.raises(WebhookNotFound):
                verb(made.webhook_id)
        with pytest.raises(WebhookNotFound):
            store.webhook_deliveries(made.webhook_id)

    @pytest.mark.parametrize("name", ["", "a b", "-a", "a-", "é", "a/b", "x" * 64])
    def test_bad_name_is_refused(self, store: HookedRegistry, name: str) -> None:
        with pytest.raises(InvalidValue):
            store.create_webhook(name, URL, [MODEL])

    @pytest.mark.parametrize("url", ["", "receiver.example", "https://", "https://a:b@h/", "https://h h/", "ftp://h/"])
    def test_bad_address_is_refused(self, store: HookedRegistry, url: str) -> None:
        with pytest.raises(InvalidValue):
            store.create_webhook("ci", url, [MODEL])

    @pytest.mark.parametrize("url", ["http://receiver.example/", "https://127.0.0.1/", "https://localhost/x"])
    def test_address_that_the_settings_do_not_allow_is_refused(self, store: HookedRegistry, url: str) -> None:
        made = store.create_webhook("ci", URL, [MODEL])

        with pytest.raises(AddressForbidden):
            store.create_webhook("ci", url, [MODEL])
        with pytest.raises(AddressForbidden):
            store.update_webhook(made.webhook_id, url=url)

    def test_webhook_without_an_event_is_refused(self, store: HookedRegistry) -> None:
        with pytest.raises(InvalidValue):
            store.create_webhook("ci", URL, [])

    def test_disabled_webhook_is_told_nothing(self, store: HookedRegistry) -> None:
        made = store.create_webhook("ci", URL, [MODEL], status=WebhookStatus.DISABLED)

        store.create_registered_model("churn")

        assert store.webhook_deliveries(made.webhook_id) == []


class OutboxCases:
    """What a database writes down for webhooks, while no server delivers it."""

    def test_every_event_is_written_down_with_its_change(self, store: HookedRegistry) -> None:
        made = store.create_webhook("ci", URL, [WebhookEvent.from_str(event) for event in EVERY])

        store.create_registered_model("churn")
        store.create_model_version("churn", "s3://bucket/model")
        store.set_model_version_tag("churn", "1", ModelTag("a", "b"))
        store.delete_model_version_tag("churn", "1", "a")
        store.set_registered_model_alias("churn", "champion", "1")
        store.delete_registered_model_alias("churn", "champion")

        assert sorted(found.event for found in store.webhook_deliveries(made.webhook_id)) == EVERY

    def test_change_that_fails_tells_nothing(self, store: HookedRegistry) -> None:
        made = store.create_webhook("ci", URL, [MODEL])
        store.create_registered_model("churn")

        with pytest.raises(Exception, match="churn"):
            store.create_registered_model("churn")

        assert len(store.webhook_deliveries(made.webhook_id)) == 1
