"""Webhooks on an SQL database."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from runstone import egress
from runstone.entities import Page, Webhook, WebhookDelivery, WebhookEvent, WebhookStatus, WebhookTestResult
from runstone.entities.webhook import check_webhook_name, check_webhook_texts
from runstone.errors import InvalidPageToken, InvalidValue, WebhookNotFound
from runstone.stores.sql import outbox, secrets
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.experiments import now
from runstone.stores.sql.pages import Bookmark, bookmark_of, check_page_size, fingerprint, token_of
from runstone.stores.sql.session import Session
from runstone.stores.telling import example_of, try_once
from runstone.stores.webhooks import MAX_WEBHOOKS_PAGE, Delivery

_COLUMNS = "id, uuid, name, description, url, status, created_at, updated_at"
_LISTING = fingerprint(["webhooks"])


class SqlWebhooks:
    """Webhooks beside the registry; does what ``WebhookStore`` and ``DeliveryQueue`` say."""

    _session: Session

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
        check_webhook_name(name)
        check_webhook_texts(description, url, secret)
        if not events:
            raise InvalidValue("a webhook is told of one event at least; got none")
        egress.from_settings().check(url)

        def change(connection: Connection) -> Webhook:
            moment = now()
            row = driver_of(connection).execute(
                "INSERT INTO webhook (uuid, name, description, url, secret, status, created_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    str(uuid.uuid4()),
                    name,
                    description,
                    url,
                    secrets.sealed(connection, secret),
                    status.value,
                    moment,
                    moment,
                ),
            )
            number = int(row.fetchone()[0])
            _put_events(connection, number, events)
            return _load(connection, "id = ?", (number,))[0]

        return self._session.write(change)

    def get_webhook(self, webhook_id: str) -> Webhook:
        """The webhook with this id."""
        return self._session.read(lambda connection: _one(connection, webhook_id))

    def list_webhooks(self, *, max_results: int = 100, page_token: str = "") -> Page[Webhook]:
        """A page of webhooks, the newest first."""
        check_page_size(max_results, MAX_WEBHOOKS_PAGE)
        before: Any = 2**62
        if page_token:
            keys = bookmark_of(_LISTING, page_token).keys
            if len(keys) != 1 or type(keys[0]) is not int:
                raise InvalidPageToken(page_token)
            before = keys[0]

        def query(connection: Connection) -> Page[Webhook]:
            driver = driver_of(connection)
            numbers = driver.execute(
                "SELECT id FROM webhook WHERE id < ? ORDER BY id DESC LIMIT ?", (before, max_results + 1)
            ).fetchall()
            shown = numbers[:max_results]
            if not shown:
                return Page([], "")
            last = shown[-1][0]
            found = _load(connection, "id <= ? AND id >= ?", (shown[0][0], last))
            more = len(numbers) > max_results
            return Page(found, token_of(_LISTING, Bookmark(now(), [last])) if more else "")

        return self._session.read(query)

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
        if name:
            check_webhook_name(name)
        check_webhook_texts(description or "", url, secret)
        if url:
            egress.from_settings().check(url)

        def change(connection: Connection) -> Webhook:
            number = _number(connection, webhook_id)
            given = {
                "name": name or None,
                "description": description,
                "url": url or None,
                "secret": secrets.sealed(connection, secret),
                "status": None if status is None else status.value,
                "updated_at": now(),
            }
            changes = {column: value for column, value in given.items() if value is not None}
            assignments = ", ".join(f"{column} = ?" for column in changes)
            driver = driver_of(connection)
            driver.execute(
                f"UPDATE webhook SET {assignments} WHERE id = ?",  # noqa: S608  # the columns are ours
                (*changes.values(), number),
            )
            if events:
                driver.execute("DELETE FROM webhook_event WHERE webhook_id = ?", (number,))
                _put_events(connection, number, events)
            return _load(connection, "id = ?", (number,))[0]

        return self._session.write(change)

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook, with what it was still to be told."""

        def change(connection: Connection) -> None:
            driver_of(connection).execute("DELETE FROM webhook WHERE id = ?", (_number(connection, webhook_id),))

        self._session.write(change)

    def test_webhook(self, webhook_id: str, event: WebhookEvent | None = None) -> WebhookTestResult:
        """Call a webhook once with an example."""

        def query(connection: Connection) -> Delivery:
            found, number = _one(connection, webhook_id), _number(connection, webhook_id)
            kept = driver_of(connection).execute("SELECT secret FROM webhook WHERE id = ?", (number,)).fetchone()[0]
            chosen = event or found.events[0]
            body = outbox.payload(chosen, example_of(chosen)).encode()
            secret = secrets.opened(connection, kept)
            return Delivery(0, number, str(uuid.uuid4()), found.url, body, 1, secret)

        return try_once(egress.from_settings(), self._session.read(query))

    def webhook_deliveries(self, webhook_id: str) -> list[WebhookDelivery]:
        """What a webhook is still to be told or could not be told."""
        return self._session.read(lambda connection: outbox.of_webhook(connection, _number(connection, webhook_id)))

    def claim_deliveries(self, *, lease_s: float, busy: Collection[int] = (), most: int = 8) -> list[Delivery]:
        """Take what is due."""
        if not self._session.read(outbox.is_due):
            return []
        return self._session.write(lambda connection: outbox.claim(connection, lease_s=lease_s, busy=busy, most=most))

    def settle_delivery(self, delivery: Delivery, *, error: str = "", again_in_s: float | None = None) -> None:
        """Say what came of a try."""
        self._session.write(lambda connection: outbox.settle(connection, delivery, error=error, again_in_s=again_in_s))


def _number(connection: Connection, webhook_id: str) -> int:
    row = driver_of(connection).execute("SELECT id FROM webhook WHERE uuid = ?", (webhook_id,)).fetchone()
    if row is None:
        raise WebhookNotFound(webhook_id)
    return int(row[0])


def _one(connection: Connection, webhook_id: str) -> Webhook:
    return _load(connection, "id = ?", (_number(connection, webhook_id),))[0]


def _load(connection: Connection, condition: str, values: Sequence[Any]) -> list[Webhook]:
    driver = driver_of(connection)
    rows = driver.execute(
        f"SELECT {_COLUMNS} FROM webhook WHERE {condition} ORDER BY id DESC",  # noqa: S608  # ours
        tuple(values),
    ).fetchall()
    events: defaultdict[int, list[WebhookEvent]] = defaultdict(list)
    query = f"SELECT webhook_id, event FROM webhook_event JOIN webhook ON id = webhook_id WHERE {condition}"  # noqa: S608
    for number, event in driver.execute(query, tuple(values)):
        events[number].append(WebhookEvent.from_str(event))
    return [
        Webhook(
            webhook_id=webhook_id,
            name=name,
            description=description,
            url=url,
            events=sorted(events[number]),
            status=WebhookStatus(status),
            creation_timestamp=created_at,
            last_updated_timestamp=updated_at,
        )
        for number, webhook_id, name, description, url, status, created_at, updated_at in rows
    ]


def _put_events(connection: Connection, number: int, events: Sequence[WebhookEvent]) -> None:
    driver_of(connection).executemany(
        "INSERT INTO webhook_event (event, webhook_id) VALUES (?, ?)",
        [(event, number) for event in sorted({str(event) for event in events})],
    )
