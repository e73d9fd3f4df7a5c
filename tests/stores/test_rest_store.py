"""The shared contract once more, through a client, a real server and its database."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import Raw

from runstone.entities import Entry, Tag
from runstone.errors import BackendUnavailable
from runstone.schemas import wire
from runstone.server.listen import ServerOptions
from runstone.stores.rest.tracking import RestStore
from runstone.testing.lineage_cases import LineageCases
from runstone.testing.registry import RegistryStoreCases
from runstone.testing.server import running_server
from runstone.testing.stores import TrackingStoreCases
from runstone.testing.trash_cases import TrashCases
from runstone.testing.webhook_cases import WebhookCases
from tests.silent import listening


class TestRestStore(TrackingStoreCases, RegistryStoreCases, WebhookCases, TrashCases, LineageCases):
    """The whole contract, over HTTP."""

    @pytest.fixture
    def store(self, sqlite_uri: str, tmp_path: Path) -> Iterator[RestStore]:
        options = ServerOptions(store_uri=sqlite_uri, artifacts_destination=str(tmp_path / "artifacts"))
        with running_server(options) as address:
            store = RestStore(address)
            yield store
            store.close()


@pytest.mark.parametrize("body", [b"", b"{", b"<html>sign in</html>", b'{"applied": "many"}'])
def test_answer_that_is_none_is_a_failure_of_the_server(body: bytes) -> None:
    with listening(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body) as port:
        store = RestStore(f"http://127.0.0.1:{port}")

        with pytest.raises(BackendUnavailable, match=r"the answer of http://127\.0\.0\.1:\d+ cannot be read"):
            store.append_journal("a" * 32, "w", [])
        store.close()


def test_entry_that_is_too_large_is_refused_alone(
    sqlite_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_MAX_REQUEST_MB", "1")
    tags = [[Tag(f"{n} {number}", "x" * 5000) for number in range(240 if n == 4 else 80)] for n in range(1, 7)]
    entries = [Entry(n=n, tags=some) for n, some in enumerate(tags, 1)]
    options = ServerOptions(store_uri=sqlite_uri, artifacts_destination=str(tmp_path / "artifacts"))
    with running_server(options) as address, closing(RestStore(address)) as store:
        run_id = store.create_run("0").info.run_id
        told = [store.append_journal(run_id, "w", entries) for _ in range(2)]
        texts = [Raw(wire.encode(entry)) for entry in entries]
        told.append(store.append_journal(run_id, "another", texts))
        found = store.get_run(run_id).data.tags

    assert [applied.applied for applied in told] == [6, 6, 6]
    assert [[(refused.n, refused.error) for refused in applied.refused] for applied in told] == [[(4, "TooLarge")]] * 3
    assert {key.split()[0] for key in found if " " in key} == {"1", "2", "3", "5", "6"}
