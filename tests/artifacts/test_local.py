"""Artifacts in a folder: the contract, and what only a folder can do wrong."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest

from runstone.artifacts.local import LocalRepository
from runstone.bridge.copying import files_below
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactNotFound, BackendError, InvalidArtifactPath
from runstone.testing.artifacts import ArtifactRepositoryCases, content


@pytest.fixture
def repository(tmp_path: Path) -> LocalRepository:
    return LocalRepository(tmp_path / "root")


class TestContract(ArtifactRepositoryCases):
    """The cases of every store."""


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside of the root."""
    folder = tmp_path / "outside"
    folder.mkdir()
    file = folder / "secret"
    file.write_text("secret")
    return file


def test_link_out_of_the_root_is_refused(tmp_path: Path, repository: LocalRepository, secret: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "file").symlink_to(secret)
    (root / "folder").symlink_to(secret.parent)

    for path in ("file", "folder", "folder/secret"):
        with pytest.raises(InvalidArtifactPath, match="symbolic link"):
            repository.read(ArtifactPath(path))
        with pytest.raises(InvalidArtifactPath, match="symbolic link"):
            repository.write(ArtifactPath(path), [b"x"])
        with pytest.raises(InvalidArtifactPath, match="symbolic link"):
            repository.delete(ArtifactPath(path))

    assert repository.list() == []
    assert secret.read_text() == "secret"


def test_link_to_a_sibling_whose_name_begins_like_the_root_is_refused(
    tmp_path: Path, repository: LocalRepository
) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root-2").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "root-2")

    with pytest.raises(InvalidArtifactPath, match="symbolic link"):
        repository.list(ArtifactPath("link"))


def test_link_within_the_root_is_followed_and_deleting_it_leaves_its_target(
    tmp_path: Path, repository: LocalRepository
) -> None:
    repository.write(ArtifactPath("real/a"), [b"a"])
    (tmp_path / "root" / "link").symlink_to(tmp_path / "root" / "real")

    through_link = content(repository, "link/a")
    repository.delete(ArtifactPath("link"))

    assert through_link == b"a"
    assert content(repository, "real/a") == b"a"


def test_link_back_to_a_folder_that_leads_to_it_is_told_and_not_listed(
    tmp_path: Path, repository: LocalRepository
) -> None:
    for path in ("a/file", "b/file"):
        repository.write(ArtifactPath(path), [b"a"])
    root = tmp_path / "root"
    (root / "itself").symlink_to(root)
    (root / "a" / "up").symlink_to(root)
    (root / "a" / "other").symlink_to(root / "b")
    (root / "b" / "other").symlink_to(root / "a")
    told: list[str] = []

    found = [file.path for file in files_below(repository, tell=told.append)]

    assert found == ["a/file", "a/other/file", "b/file", "b/other/file"]
    assert told == [
        f"{path!r} is a link back to a folder that leads to it"
        for path in ("itself", "a/up", "a/other/other", "b/other/other", "b/other/up")
    ]


def test_root_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")

    LocalRepository(tmp_path / "link").write(ArtifactPath("a"), [b"a"])

    assert (tmp_path / "disk" / "a").read_bytes() == b"a"


def test_relative_root_is_meant_from_the_working_directory_of_its_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    repository = LocalRepository("root")
    monkeypatch.chdir(tmp_path / "elsewhere")

    repository.write(ArtifactPath("a"), [b"a"])

    assert (tmp_path / "root" / "a").exists()


def test_nothing_is_made_before_the_first_write(tmp_path: Path, repository: LocalRepository) -> None:
    repository.list()

    assert not (tmp_path / "root").exists()


def test_unfinished_file_is_not_shown_and_cannot_be_asked_for(tmp_path: Path, repository: LocalRepository) -> None:
    seen: list[list[str]] = []

    def chunks() -> Iterator[bytes]:
        yield b"a"
        seen.append([entry.name for entry in (tmp_path / "root").iterdir()])
        seen.append([file.path for file in repository.list()])
        seen.append([file.path for file in LocalRepository(tmp_path).list(ArtifactPath("root"))])

    repository.write(ArtifactPath("a"), chunks())

    [unfinished], shown, shown_from_above = seen
    assert shown == shown_from_above == []
    assert [entry.name for entry in (tmp_path / "root").iterdir()] == ["a"]
    with pytest.raises(InvalidArtifactPath, match="kept for files that are being written"):
        repository.write(ArtifactPath(unfinished), [b"x"])


def test_files_that_nobody_could_ask_for_are_not_listed(tmp_path: Path, repository: LocalRepository) -> None:
    repository.write(ArtifactPath("good"), [b"."])
    for name in ("a:b", "back\\slash", "%2e%2e", "new\nline"):
        (tmp_path / "root" / name).touch()
    (tmp_path / "root" / os.fsdecode(b"\xff")).touch()
    (tmp_path / "root" / "dangling").symlink_to(tmp_path / "root" / "nowhere")

    assert [file.path for file in repository.list()] == ["good"]
    assert len(repository.unlisted()) == 5
    assert "'a:b' holds a colon" in repository.unlisted()[1]


def test_files_from_a_mac_are_found_by_their_names(tmp_path: Path, repository: LocalRepository) -> None:
    decomposed, mixed = "cafe\u0301", "\u00e9e\u0301"
    (tmp_path / "root" / decomposed).mkdir(parents=True)
    (tmp_path / "root" / decomposed / f"{decomposed}.txt").write_text("old")
    (tmp_path / "root" / mixed).touch()
    path = ArtifactPath(f"{decomposed}/{decomposed}.txt")

    listed = [file.path for file in repository.list(path.folder)]
    before = content(repository, path)
    repository.write(path, [b"new"])
    repository.write(ArtifactPath(f"{decomposed}/b"), [b"."])
    after = content(repository, path)
    repository.delete(path)

    assert (listed, before, after) == (["caf\u00e9/caf\u00e9.txt"], b"old", b"new")
    assert [file.path for file in repository.list()] == ["caf\u00e9"]
    assert [file.path for file in repository.list(path.folder)] == ["caf\u00e9/b"]
    assert "neither in Unicode NFC nor in NFD" in repository.unlisted()[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_pipe_is_neither_read_nor_waited_for(tmp_path: Path, repository: LocalRepository) -> None:
    (tmp_path / "root").mkdir()
    os.mkfifo(tmp_path / "root" / "pipe")

    with pytest.raises(ArtifactNotFound):
        repository.read(ArtifactPath("pipe"))
    assert repository.list() == []


def test_root_that_is_a_file_is_refused(tmp_path: Path, repository: LocalRepository) -> None:
    (tmp_path / "root").touch()

    with pytest.raises(InvalidArtifactPath, match="leads through a file"):
        repository.write(ArtifactPath("a"), [b"x"])


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder here that not even root may write")
def test_folder_that_may_not_be_written_is_an_error_that_says_so() -> None:
    repository = LocalRepository("/proc/self")

    with pytest.raises(BackendError, match="permissions"):
        repository.write(ArtifactPath("a"), [b"x"])


@pytest.fixture
def no_room() -> Iterator[None]:
    """Files may have 100 kB, as on a disk that is all but full."""
    resource = pytest.importorskip("resource")
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, former[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, former)


@pytest.mark.usefixtures("no_room")
def test_full_disk_is_an_error_that_says_so_and_leaves_nothing(tmp_path: Path, repository: LocalRepository) -> None:
    with pytest.raises(BackendError, match="free space"):
        repository.write(ArtifactPath("new/a"), [bytes(1 << 20)])
    with pytest.raises(BackendError, match="free space"):
        repository.write(ArtifactPath("new/a"), [bytes(99_999), b"12"])

    assert list((tmp_path / "root").iterdir()) == []


def test_repository_tells_its_folder(repository: LocalRepository, tmp_path: Path) -> None:
    assert repr(repository) == f"LocalRepository({str(tmp_path / 'root')!r})"


def test_folder_that_several_remove_at_once_is_removed(tmp_path: Path, repository: LocalRepository) -> None:
    for number in range(200):
        (tmp_path / "root" / "folder" / str(number % 4)).mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / "folder" / str(number % 4) / str(number)).touch()
    together = Barrier(4)

    def remove(_: int) -> None:
        together.wait()
        with suppress(ArtifactNotFound):  # all of it was gone before the first look
            repository.delete(ArtifactPath("folder"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(remove, range(4)))

    assert not (tmp_path / "root" / "folder").exists()
