"""A file of the source that is damaged, or ends in the middle, is left out and told, and all else is brought."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.artifacts.base import Pieces
from runstone.artifacts.local import LocalRepository
from runstone.artifacts.resolve import repository
from runstone.bridge.importing import bring
from runstone.bridge.marks import LACKS_FILES, UNFINISHED
from runstone.bridge.store_source import StoreSource
from runstone.entities import ArtifactPath, RunStatus
from runstone.errors import BackendUnavailable
from tests.bridge.stores import Place, new_store, put_file


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Place]:
    """A store with two runs of a file each, and one more file in the first."""
    with new_store("sqlite", tmp_path / "origin") as (address, store):
        for _ in range(2):
            run = store.create_run("0")
            put_file(address, run.info.artifact_uri, "a.txt", b"as it was written" * 100_000)
            put_file(address, run.info.artifact_uri, "b.txt", b"good")
            store.update_run(run.info.run_id, status=RunStatus.FINISHED)
        yield address, store


def names(place: Place, run_id: str) -> list[str]:
    address, store = place
    return [each.path for each in repository(store.get_run(run_id).info.artifact_uri, tracking_uri=address).list()]


def test_damaged_file_is_told_with_its_run_and_comes_once_it_is_mended(origin: Place, target: Place) -> None:
    first, second = StoreSource(*origin).runs("0")
    run_id, good = first.info.run_id, second.info.run_id
    file = Path(first.info.artifact_uri, "a.txt")
    content = file.read_bytes()
    file.write_bytes(content.replace(b"was", b"is "))

    for _ in range(2):
        brought = bring(StoreSource(*origin), target[1], tracking_uri=target[0])
        [problem] = brought.problems
        assert problem.startswith(
            f"the file 'a.txt' of the run {run_id} was left out: the artifact 'a.txt' was changed"
        )
    run = target[1].get_run(run_id)
    assert (run.info.status, names(target, run_id), names(target, good)) == ("FINISHED", ["b.txt"], ["a.txt", "b.txt"])
    assert LACKS_FILES in run.data.tags
    assert UNFINISHED not in run.data.tags

    file.write_bytes(content)
    assert bring(StoreSource(*origin), target[1], tracking_uri=target[0]).problems == []
    assert names(target, run_id) == ["a.txt", "b.txt"]


class Broken(Iterator[bytes]):
    """Pieces that end in the middle, as those of a server that goes away."""

    def __init__(self, pieces: Pieces) -> None:
        self.size, self.sha256, self.close = pieces.size, pieces.sha256, pieces.close
        self._pieces = pieces
        self._left = 1

    def __next__(self) -> bytes:
        if not self._left:
            raise BackendUnavailable("the answer broke off")
        self._left -= 1
        return next(self._pieces)


class BrokenRepository(LocalRepository):
    """Files of which one ends in the middle."""

    def read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Pieces:
        pieces = super().read(path, start=start, stop=stop)
        return Broken(pieces) if path == "a.txt" else pieces


class BrokenSource(StoreSource):
    """A source with such files."""

    def files(self, uri: str) -> LocalRepository:
        return BrokenRepository(uri)


def test_file_that_cannot_be_read_on_is_told(origin: Place, target: Place) -> None:
    brought = bring(BrokenSource(*origin), target[1], tracking_uri=target[0])

    ids = [run.info.run_id for run in StoreSource(*origin).runs("0")]
    assert brought.problems == [
        f"the file 'a.txt' of the run {each} was left out: the answer broke off" for each in ids
    ]
    assert [names(target, each) for each in ids] == [["b.txt"], ["b.txt"]]
