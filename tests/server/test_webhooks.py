"""Webhooks over HTTP: the calls look as MLflow's; receivers are told what happened, signed, again if need be."""

import base64
import hashlib
import hmac
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from runstone.entities import Webhook, WebhookDelivery, WebhookEvent, WebhookStatus
from runstone.server.courier import Courier
from runstone.server.listen import ServerOptions
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server
from tests.receiver import Receiver, Told
from tests.server.web import Web

URL = "https://receiver.example/hook"
MODEL = {"entity": "REGISTERED_MODEL", "action": "CREATED"}
CREATED = WebhookEvent.from_str("registered_model.created")
WAITS_S = 20


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    monkeypatch.setenv("RUNSTONE_WEBHOOK_ALLOWED_SCHEMES", "http,https")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def web(sqlite_uri: str, allowed: None) -> Iterator[Web]:
    with running_server(ServerOptions(store_uri=sqlite_uri)) as address:
        yield Web(address)


@pytest.fixture
def store(sqlite_uri: str) -> Iterator[SqlStore]:
    with closing(SqlStore(sqlite_uri)) as store:
        yield store


def hook(web: Web, url: str, *events: str, **fields: Any) -> str:
    """Make a webhook; returns its id."""
    named = [dict(zip(("entity", "action"), event.upper().split("."), strict=True)) for event in events]
    return str(web.post("webhooks", name="w", url=url, events=named or [MODEL], **fields).json["webhook"]["webhook_id"])


def signature_of(told: Told, secret: str) -> str:
    signed = f"{told.headers['x-mlflow-delivery-id']}.{told.headers['x-mlflow-timestamp']}.{told.body.decode()}"
    return "v1," + base64.b64encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)).decode()


@contextmanager
def delivering(store: SqlStore) -> Iterator[None]:
    """Deliver what a store holds, without long waits between tries."""
    courier = Courier(store, first_wait_s=0.05)
    courier.start()
    try:
        yield
    finally:
        courier.stop()


def wait_until_given_up(store: SqlStore, webhook: Webhook) -> WebhookDelivery:
    end = time.monotonic() + WAITS_S
    while time.monotonic() < end:
        for found in store.webhook_deliveries(webhook.webhook_id):
            if found.next_attempt_timestamp is None:
                return found
    raise AssertionError("the delivery was not given up")


def test_webhook_looks_as_mlflows(web: Web) -> None:
    made = web.post("webhooks", name="a", url=URL, events=[MODEL], secret="s3cret", description="d")

    found = made.json["webhook"]
    assert list(found) == [
        "webhook_id",
        "name",
        "description",
        "url",
        "events",
        "status",
        "creation_timestamp",
        "last_updated_timestamp",
    ]
    assert (found["name"], found["url"], found["events"], found["status"]) == ("a", URL, [MODEL], "ACTIVE")
    assert web.get(f"webhooks/{found['webhook_id']}").json == made.json
    assert web.get("webhooks").json == {"webhooks": [found]}
    assert b"s3cret" not in made.body


def test_webhook_is_changed_and_deleted(web: Web) -> None:
    path = f"/api/2.0/mlflow/webhooks/{hook(web, URL)}"

    changed = web.send("PATCH", path, b'{"name": "b", "status": "DISABLED", "events": []}')
    deleted = web.send("DELETE", path, b"{}")

    assert (changed.json["webhook"]["name"], changed.json["webhook"]["status"]) == ("b", "DISABLED")
    assert changed.json["webhook"]["events"] == [MODEL]
    assert deleted.json == {}
    assert (web.send("GET", path).status, web.send("GET", path).code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert web.send("PUT", path, b"{}").status == 405


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"url": "http://"},
        {"events": []},
        {"events": [{"entity": "FOO", "action": "CREATED"}]},
        {"events": [{"entity": "REGISTERED_MODEL", "action": "SET"}]},
        {"events": [{"entity": "PROMPT", "action": "CREATED"}]},
        {"status": "FOO"},
    ],
    ids=str,
)
def test_bad_input_is_an_invalid_value(web: Web, fields: dict[str, Any]) -> None:
    answer = web.post("webhooks", **{"name": "a", "url": URL, "events": [MODEL], **fields})

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_none_asked_for_is_a_page_of_the_usual_size(web: Web) -> None:
    hook(web, URL)

    assert len(web.get("webhooks", "max_results=0").json["webhooks"]) == 1
    assert web.get("webhooks", "max_results=1001").status == 400


def test_receiver_is_told_of_every_event(web: Web, receiver: Receiver) -> None:
    version = {"name": "m", "version": "1"}
    expected = {
        "registered_model.created": {"name": "m", "tags": {"k": "v"}, "description": "why"},
        "model_version.created": {**version, "source": "s3://b/m", "run_id": None, "tags": {}, "description": None},
        "model_version_tag.set": {**version, "key": "a", "value": "b"},
        "model_version_tag.deleted": {**version, "key": "a"},
        "model_version_alias.created": {"name": "m", "alias": "champ", "version": "1"},
        "model_version_alias.deleted": {"name": "m", "alias": "champ"},
    }
    hook(web, f"{receiver.address}/200/all", *expected)

    web.post("registered-models/create", name="m", description="why", tags=[{"key": "k", "value": "v"}])
    web.post("model-versions/create", name="m", source="s3://b/m")
    web.post("model-versions/set-tag", **version, key="a", value="b")
    web.send("DELETE", "/api/2.0/mlflow/model-versions/delete-tag", b'{"name": "m", "version": "1", "key": "a"}')
    web.post("registered-models/alias", name="m", alias="champ", version="1")
    web.send("DELETE", "/api/2.0/mlflow/registered-models/alias", b'{"name": "m", "alias": "champ"}')
    told = [receiver.next() for _ in expected]

    assert {f"{each.json['entity']}.{each.json['action']}": each.json["data"] for each in told} == expected
    assert all(list(each.json) == ["entity", "action", "timestamp", "data"] for each in told)
    assert len({each.headers["x-mlflow-delivery-id"] for each in told}) == len(told)
    assert not any("x-mlflow-signature" in each.headers for each in told)


def test_message_is_signed_with_the_secret(web: Web, receiver: Receiver) -> None:
    webhook = hook(web, f"{receiver.address}/200/a", secret="s3cret")
    web.post("registered-models/create", name="first")
    first = receiver.next()

    web.send("PATCH", f"/api/2.0/mlflow/webhooks/{webhook}", b'{"secret": "other"}')
    web.post("registered-models/create", name="second")
    second = receiver.next()

    assert first.headers["x-mlflow-signature"] == signature_of(first, "s3cret")
    assert second.headers["x-mlflow-signature"] == signature_of(second, "other")
    assert abs(int(first.headers["x-mlflow-timestamp"]) - time.time()) < 60


def test_delivery_that_failed_is_tried_again_with_its_id(store: SqlStore, receiver: Receiver) -> None:
    webhook = store.create_webhook("w", f"{receiver.address}/503/a", [CREATED], secret="s3cret")
    store.create_registered_model("m")

    with delivering(store):
        first, second = receiver.next(), receiver.next()
        store.update_webhook(webhook.webhook_id, url=f"{receiver.address}/200/b")
        while receiver.next().path != "/200/b":
            pass

    assert first.headers["x-mlflow-delivery-id"] == second.headers["x-mlflow-delivery-id"]
    assert (first.body, second.headers["x-mlflow-signature"]) == (second.body, signature_of(second, "s3cret"))
    assert store.webhook_deliveries(webhook.webhook_id) == []


@pytest.mark.parametrize(("word", "attempts"), [("404", 1), ("302", 1), ("500", 3), ("429", 3)])
def test_delivery_is_given_up_after_bounded_tries(
    monkeypatch: pytest.MonkeyPatch, store: SqlStore, receiver: Receiver, word: str, attempts: int
) -> None:
    monkeypatch.setenv("RUNSTONE_WEBHOOK_REQUEST_MAX_RETRIES", "2")
    webhook = store.create_webhook("w", f"{receiver.address}/{word}/a", [CREATED])
    store.create_registered_model("m")

    with delivering(store):
        found = wait_until_given_up(store, webhook)

    assert (found.attempts, found.event) == (attempts, "registered_model.created")
    assert word in found.error_message
    assert receiver.told.qsize() == attempts


def test_webhook_that_is_disabled_meanwhile_is_not_told(store: SqlStore, receiver: Receiver) -> None:
    webhook = store.create_webhook("w", f"{receiver.address}/200/a", [CREATED])
    store.create_registered_model("m")
    store.update_webhook(webhook.webhook_id, status=WebhookStatus.DISABLED)

    with delivering(store):
        found = wait_until_given_up(store, webhook)

    assert found.error_message == "the webhook was disabled"
    assert receiver.told.empty()


def test_address_that_is_not_allowed_any_more_is_not_called(
    monkeypatch: pytest.MonkeyPatch, store: SqlStore, receiver: Receiver
) -> None:
    webhook = store.create_webhook("w", f"{receiver.address}/200/a", [CREATED])
    store.create_registered_model("m")
    monkeypatch.setenv("RUNSTONE_WEBHOOK_ALLOW_PRIVATE_IPS", "false")

    with delivering(store):
        found = wait_until_given_up(store, webhook)

    assert "not of the public internet" in found.error_message
    assert receiver.told.empty()


def test_slow_receiver_keeps_nobody_waiting(web: Web, receiver: Receiver) -> None:
    for _ in range(3):
        hook(web, f"{receiver.address}/slow/a")
    hook(web, f"{receiver.address}/200/b")

    for number in range(20):
        assert web.post("registered-models/create", name=f"m{number}").status == 200
    paths = [receiver.next().path for _ in range(23)]

    assert (paths.count("/slow/a"), paths.count("/200/b")) == (3, 20)


def test_delivery_outlives_the_server(tmp_path: Path, receiver: Receiver) -> None:
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/runstone.db")
    with closing(SqlStore(options.store_uri)) as store:
        store.create_webhook("w", f"{receiver.address}/200/a", [CREATED], secret="s3cret")
        store.create_registered_model("while no server ran")

    with running_server(options):
        told = receiver.next()

    assert told.json["data"]["name"] == "while no server ran"
    assert told.headers["x-mlflow-signature"] == signature_of(told, "s3cret")


def test_try_of_a_server_that_ended_is_made_by_another(tmp_path: Path, receiver: Receiver) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        made = store.create_webhook("w", f"{receiver.address}/200/a", [CREATED])
        store.create_registered_model("m")
        [lost] = store.claim_deliveries(lease_s=0)
        [taken] = store.claim_deliveries(lease_s=60)
        nobody = store.claim_deliveries(lease_s=60)

        store.settle_delivery(lost, error="too late")
        [waiting] = store.webhook_deliveries(made.webhook_id)
        store.settle_delivery(taken)
        done = store.webhook_deliveries(made.webhook_id)

    assert (lost.delivery_id, lost.attempt, taken.attempt) == (taken.delivery_id, 1, 2)
    assert nobody == []
    assert done == []
    assert (waiting.error_message, waiting.attempts) == ("", 2)


def test_two_servers_deliver_each_message_once(tmp_path: Path, receiver: Receiver) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri)) as first, closing(SqlStore(uri)) as second:
        for number in range(4):
            first.create_webhook(f"w{number}", f"{receiver.address}/200/a", [CREATED])
        couriers = [Courier(first), Courier(second)]
        for number in range(10):
            first.create_registered_model(f"m{number}")

        for courier in couriers:
            courier.start()
        ids = [receiver.next().headers["x-mlflow-delivery-id"] for _ in range(40)]
        for courier in couriers:
            courier.stop()

    assert len(set(ids)) == 40
    assert receiver.told.empty()


def test_webhook_is_tested_with_an_example(web: Web, receiver: Receiver) -> None:
    webhook = hook(web, f"{receiver.address}/200/a", secret="s3cret", status="DISABLED")

    plain = web.post(f"webhooks/{webhook}/test")
    other = web.post(f"webhooks/{webhook}/test", event={"entity": "MODEL_VERSION_TAG", "action": "SET"})
    told = [receiver.next(), receiver.next()]

    assert plain.json == other.json
    assert plain.json == {"result": {"success": True, "response_status": 200, "response_body": "taken"}}
    assert [each.json["entity"] for each in told] == ["registered_model", "model_version_tag"]
    assert told[0].headers["x-mlflow-signature"] == signature_of(told[0], "s3cret")


def test_test_says_what_went_wrong(web: Web, receiver: Receiver) -> None:
    failing = web.post(f"webhooks/{hook(web, f'{receiver.address}/500/a')}/test").json["result"]
    absent = web.post(f"webhooks/{hook(web, 'http://127.0.0.1:1/')}/test").json["result"]

    assert failing == {"success": False, "response_status": 500, "response_body": "taken"}
    assert list(absent) == ["success", "error_message"]
    assert "does not answer" in absent["error_message"]


def test_secret_is_encrypted_in_the_database(tmp_path: Path) -> None:
    path = tmp_path / "runstone.db"
    with closing(SqlStore(f"sqlite:///{path}")) as store:
        store.create_webhook("w", URL, [CREATED], secret="s3cret")

    assert b"s3cret" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    with closing(sqlite3.connect(path)) as driver:
        assert driver.execute("SELECT secret FROM webhook").fetchone()[0].startswith("gAAAA")


def test_key_of_the_settings_opens_its_secrets_and_former_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        event = CREATED
        store.create_webhook("before", URL, [event], secret="one")
        monkeypatch.setenv("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY", base64.urlsafe_b64encode(b"k" * 32).decode())
        store.create_webhook("after", URL, [event], secret="two")
        store.create_registered_model("m")

        secrets = {delivery.secret for delivery in store.claim_deliveries(lease_s=0)}
        monkeypatch.delenv("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY")
        problems = {delivery.secret: delivery.problem for delivery in store.claim_deliveries(lease_s=0)}

    assert secrets == {"one", "two"}
    assert problems["one"] == ""
    assert "encrypted with another key" in problems[None]


def test_key_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_WEBHOOK_SECRET_ENCRYPTION_KEY", "short")

    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store, pytest.raises(ValueError, match="base64"):
        store.create_webhook("w", URL, [CREATED], secret="s3cret")


def test_what_is_told_shows_no_secret(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        store.create_webhook("w", URL, [CREATED], secret="s3cret")
        store.create_registered_model("m")

        [delivery] = store.claim_deliveries(lease_s=1)

    assert delivery.secret == "s3cret"
    assert "s3cret" not in repr(delivery)
