"""Webhooks of an SQL database: what it costs to list them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from runstone.entities import WebhookEvent
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.store import SqlStore


def test_list_of_webhooks_takes_as_many_statements_however_many_they_are(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        events = [WebhookEvent.from_str("model_version.created"), WebhookEvent.from_str("registered_model.created")]
        statements: list[str] = []
        driver = store._session.read(driver_of)  # the connection that the next query takes as well
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(statements.append)
        counts = []
        for number in range(1, 4):
            store.create_webhook(f"hook-{number}", "https://receiver.example/hook", events)
            statements.clear()
            found = store.list_webhooks()
            counts.append(len(statements))

    assert [webhook.events for webhook in found] == [events] * 3
    assert counts[0] == counts[2]
