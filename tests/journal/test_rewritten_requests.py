"""What a run has logged arrives, also where something on the way writes the requests in other words."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Raw

from runstone.entities import Applied, Param
from runstone.journal.folder import RunFacts
from runstone.journal.run_journal import RunJournal
from runstone.schemas import wire
from runstone.stores.journals import Entries
from runstone.stores.sql.store import SqlStore


class Rewriting(SqlStore):
    """A store behind a gateway that reads and writes the JSON of each request."""

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        texts = [bytes(entry) if isinstance(entry, Raw) else wire.encode(entry) for entry in entries]
        rewritten = [Raw(json.dumps(json.loads(text)).encode()) for text in texts]
        return super().append_journal(run_id, writer, rewritten, follows=follows)


@pytest.fixture
def store(sqlite_uri: str) -> Iterator[SqlStore]:
    opened = Rewriting(sqlite_uri)
    yield opened
    opened.close()


def test_rewritten_lines_are_sent_again_without_their_checksums(
    tmp_path: Path, store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = store.create_run("0").info.run_id
    journal = RunJournal(tmp_path, RunFacts(run_id=run_id), lambda: store)
    journal.log(params=[Param("größe", "klein")])
    for step in range(3):
        journal.metrics({"loss": 0.5, "crc": 0.25}, 0, step)

    journal.flush()

    assert [metric.step for metric in store.metric_history(run_id, "crc")] == [0, 1, 2]
    assert store.get_run(run_id).data.params == {"größe": "klein"}
    assert caplog.records == []
    assert journal.retire()
