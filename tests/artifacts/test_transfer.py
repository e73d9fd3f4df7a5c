"""Whole files and folders, up and down."""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from runstone.artifacts import integrity, transfer
from runstone.artifacts.local import LocalRepository
from runstone.artifacts.transfer import download, upload_file, upload_folder
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import (
    ArtifactDamaged,
    ArtifactNotFound,
    BackendError,
    BackendUnavailable,
    InvalidArtifactPath,
    InvalidValue,
    LocalFileNotFound,
)
from runstone.testing.artifacts import content


@pytest.fixture
def repository(tmp_path: Path) -> LocalRepository:
    return LocalRepository(tmp_path / "store")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "deep" / "empty").mkdir(parents=True)
    for number in range(20):
        (folder / f"{number:02}.bin").write_bytes(bytes([number]) * 1000)
    (folder / "deep" / "a b#c.txt").write_text("text")
    return folder


def files_below(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_folder_goes_up_and_comes_down_whole(tmp_path: Path, repository: LocalRepository, source: Path) -> None:
    upload_folder(repository, source, ArtifactPath("kept"))

    place = download(repository, ArtifactPath("kept"), tmp_path / "back")

    assert place == tmp_path / "back" / "kept"
    assert files_below(place) == files_below(source)


def test_everything_comes_down_into_the_folder_itself(
    tmp_path: Path, repository: LocalRepository, source: Path
) -> None:
    upload_folder(repository, source, ArtifactPath())

    place = download(repository, ArtifactPath(), tmp_path / "back")

    assert place == tmp_path / "back"
    assert files_below(place) == files_below(source)


def test_file_from_a_folder_comes_down_under_its_own_name(tmp_path: Path, repository: LocalRepository) -> None:
    repository.write(ArtifactPath("deep/er/a.txt"), [b"a"])

    place = download(repository, ArtifactPath("deep/er/a.txt"), tmp_path / "back")

    assert place == tmp_path / "back" / "a.txt"
    assert files_below(tmp_path / "back") == {"a.txt": b"a"}


def test_empty_root_comes_down_as_an_empty_folder(tmp_path: Path, repository: LocalRepository) -> None:
    (tmp_path / "store").mkdir()

    place = download(repository, ArtifactPath(), tmp_path / "back")

    assert place.is_dir()


def test_what_is_not_there_does_not_come_down(tmp_path: Path, repository: LocalRepository) -> None:
    with pytest.raises(ArtifactNotFound):
        download(repository, ArtifactPath("no"), tmp_path / "back")

    assert not (tmp_path / "back").exists()


def test_bad_name_in_a_folder_stops_the_upload_before_it_begins(repository: LocalRepository, source: Path) -> None:
    (source / "z:z").touch()

    with pytest.raises(InvalidArtifactPath, match="colon"):
        upload_folder(repository, source, ArtifactPath())

    assert repository.list() == []


def test_missing_local_files_are_named(tmp_path: Path, repository: LocalRepository, source: Path) -> None:
    (source / "dangling").symlink_to(tmp_path / "nowhere")

    with pytest.raises(LocalFileNotFound, match="no-such"):
        upload_file(repository, tmp_path / "no-such", ArtifactPath("a"))
    with pytest.raises(LocalFileNotFound, match="no-such"):
        upload_folder(repository, tmp_path / "no-such", ArtifactPath("a"))
    with pytest.raises(LocalFileNotFound, match="dangling"):
        upload_folder(repository, source, ArtifactPath())

    assert repository.list() == []


def test_file_is_no_folder(repository: LocalRepository, source: Path) -> None:
    with pytest.raises(InvalidValue, match="log_artifact"):
        upload_folder(repository, source / "00.bin", ArtifactPath())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_pipe_cannot_be_an_artifact(tmp_path: Path, repository: LocalRepository) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InvalidValue, match="neither a file nor a folder"):
        upload_file(repository, tmp_path / "pipe", ArtifactPath("pipe"))


def test_links_are_followed_but_not_in_circles(repository: LocalRepository, source: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a").write_bytes(b"a")
    (source / "link").symlink_to(tmp_path / "elsewhere")
    (source / "deep" / "circle").symlink_to(source)

    upload_folder(repository, source, ArtifactPath())

    assert content(repository, "link/a") == b"a"
    assert repository.list(ArtifactPath("deep/circle")) == []


class Elsewhere(LocalRepository):
    """A store whose list names files that are not its own, as a hostile server's might."""

    def list(self, path: ArtifactPath = ArtifactPath()) -> list[FileInfo]:
        return [FileInfo(path="../../outside", is_dir=False, size=1)]


def test_hostile_list_cannot_make_files_outside_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()

    with pytest.raises(InvalidArtifactPath):
        download(Elsewhere(tmp_path / "store"), ArtifactPath(), tmp_path / "back")

    assert not (tmp_path / "outside").exists()


class Full(LocalRepository):
    """A store with no room for some files."""

    def __init__(self, root: Path, refused: set[str]) -> None:
        super().__init__(root)
        self.refused = refused

    def write(self, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
        if path in self.refused:
            raise BackendError("full")
        return super().write(path, chunks)


def test_only_error_of_an_upload_is_raised_as_it_is_and_all_other_files_are_there(tmp_path: Path, source: Path) -> None:
    store = Full(tmp_path / "store", {"03.bin"})

    with pytest.raises(BackendError, match=r"^full$"):
        upload_folder(store, source, ArtifactPath())

    assert not (tmp_path / "store" / "03.bin").exists()
    assert len(store.list()) == len(list(source.iterdir())) - 1


def test_several_errors_of_an_upload_are_listed_by_name(tmp_path: Path, source: Path) -> None:
    names = sorted(place.name for place in source.iterdir() if place.is_file())

    with pytest.raises(BackendError) as caught:
        upload_folder(Full(tmp_path / "store", set(names)), source, ArtifactPath())

    assert caught.value.message.startswith(f"{len(names)} of ")
    assert [f"  {name}: full" for name in names[:10]] == caught.value.message.splitlines()[1:11]


class Away(LocalRepository):
    """A store that gives no answer."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked = 0

    def write(self, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
        self.asked += 1
        raise BackendUnavailable("no answer")


def test_store_that_gives_no_answer_is_not_asked_for_every_file(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(500):
        (tmp_path / "many" / str(number)).touch()
    store = Away(tmp_path / "store")

    with pytest.raises(BackendUnavailable):
        upload_folder(store, tmp_path / "many", ArtifactPath())

    assert store.asked <= transfer.THREADS


@pytest.mark.skipif(sys.platform != "linux", reason="no extended attributes in Python here")
@pytest.mark.parametrize("damage", [b"wrong", b"", b"the right text and more"])
def test_file_that_is_not_what_was_written_is_not_fetched(tmp_path: Path, damage: bytes) -> None:
    store = LocalRepository(tmp_path / "store")
    store.write(ArtifactPath("deep/a"), [b"the right text"])
    store.write(ArtifactPath("deep/b"), [b"b"])
    with (tmp_path / "store" / "deep" / "a").open("r+b") as file:
        file.truncate(0)
        file.write(damage)

    with pytest.raises(ArtifactDamaged) as caught:
        download(store, ArtifactPath("deep"), tmp_path / "back")
    with pytest.raises(ArtifactDamaged):
        integrity.read(store, ArtifactPath("deep/a"))

    assert caught.value.path == "deep/a"
    assert caught.value.expected == hashlib.sha256(b"the right text").hexdigest()
    assert caught.value.found == hashlib.sha256(damage).hexdigest()
    assert not (tmp_path / "back" / "deep" / "a").exists()
    assert (tmp_path / "back" / "deep" / "b").read_bytes() == b"b"
