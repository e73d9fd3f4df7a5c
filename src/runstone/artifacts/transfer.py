"""Whole files and folders, up and down: many files at a time."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from runstone.artifacts.base import CHUNK, ArtifactRepository
from runstone.artifacts.integrity import checked
from runstone.artifacts.local import LocalRepository
from runstone.artifacts.progress import TransferBar
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import (
    ArtifactNotFound,
    BackendUnavailable,
    InvalidValue,
    LocalFileNotFound,
    RunstoneError,
    restore,
)

THREADS = 8
# How many files a message lists.
_LISTED = 10


def upload_file(repository: ArtifactRepository, local_path: Path, path: ArtifactPath) -> None:
    """Store a local file.

    Args:
        repository: Where to.
        local_path: The file.
        path: What it is called there.

    Raises:
        LocalFileNotFound: There is no such file.
        InvalidValue: It is no plain file.
    """
    _check_is_file(local_path)
    with TransferBar(f"upload {path.name}", local_path.stat().st_size) as bar:
        repository.write(path, bar.counted(_pieces(local_path)))


def upload_folder(repository: ArtifactRepository, local_dir: Path, path: ArtifactPath) -> None:
    """Store all files of a local folder, several at a time; all are looked at before anything is sent.

    A file that fails stops no other, unless the store gives no answer any more.

    Args:
        repository: Where to.
        local_dir: The folder. Symbolic links are followed; folders without files leave no trace.
        path: Folder there that stands for ``local_dir``.

    Raises:
        LocalFileNotFound: There is no such folder, or a symbolic link in it leads nowhere.
        InvalidValue: It is no folder, or a file in it cannot be an artifact.
        RunstoneError: Files could not be stored: the error of the first, which lists all where they are several.
    """
    if not local_dir.is_dir():
        if local_dir.exists():
            raise InvalidValue(f"{str(local_dir)!r} is no folder; log a single file with log_artifact")
        raise LocalFileNotFound(str(local_dir))
    if isinstance(repository, LocalRepository) and repository.local_path().is_relative_to(local_dir.resolve()):
        raise InvalidValue(
            f"the folder {str(local_dir.resolve())!r} holds {str(repository.local_path())!r}, which it would be stored "
            "in; log the files and folders that are wanted"
        )
    found = list(_files(local_dir))
    for file in found:
        _check_is_file(file)
    upload_files(repository, {str(path / file.relative_to(local_dir).as_posix()): file for file in found})


def upload_files(repository: ArtifactRepository, files: Mapping[str, Path]) -> None:
    """Store local files, several at a time; one that fails stops no other, unless the store gives no answer any more.

    Args:
        repository: Where to.
        files: Plain files, by what they are called there.

    Raises:
        RunstoneError: Files could not be stored, as in :func:`upload_folder`.
    """
    with TransferBar(f"upload {len(files)} files", sum(file.stat().st_size for file in files.values())) as bar:

        def store(name: str) -> None:
            repository.write(ArtifactPath(name), bar.counted(_pieces(files[name])))

        in_parallel(store, list(files))


def download(repository: ArtifactRepository, path: ArtifactPath, folder: Path) -> Path:
    """Fetch a file, or a folder with all in it; each is compared with the hash that was recorded when it was written.

    Args:
        repository: Where from.
        path: What is fetched; the empty path for everything.
        folder: Local folder that it is put into, under its own name; made if need be.

    Returns:
        Where it is now; ``folder`` itself for the empty path.

    Raises:
        ArtifactNotFound: Nothing stands at ``path``.
        ArtifactDamaged: A file is not what was once written; nothing stands under its name in ``folder``.
        RunstoneError: Files could not be fetched, as in :func:`upload_folder`.
    """
    here = LocalRepository(folder)
    found = repository.info(path)
    files = list(remote_files(repository, path)) if found.is_dir else [found]
    if path and found.is_dir and not files:
        raise ArtifactNotFound(path)
    base = f"{path.folder}/" if path.folder else ""

    what = f"{len(files)} files" if found.is_dir else path.name
    with TransferBar(f"download {what}", sum(file.file_size or 0 for file in files)) as bar:

        def fetch(name: str) -> None:
            with closing(repository.read(ArtifactPath(name))) as pieces:
                whole = checked(pieces, ArtifactPath(name))
                here.write(ArtifactPath(name.removeprefix(base)), bar.counted(whole))

        in_parallel(fetch, [file.path for file in files])
    place = here.local_path(ArtifactPath(path.name))
    if found.is_dir:
        place.mkdir(parents=True, exist_ok=True)
    return place


def remote_files(repository: ArtifactRepository, path: ArtifactPath = ArtifactPath()) -> Iterator[FileInfo]:
    """Every file below a folder of a store."""
    for file in repository.list(path):
        if file.is_dir:
            yield from remote_files(repository, ArtifactPath(file.path))
        else:
            yield file


def _files(folder: Path, above: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Every file below a folder; a link to a folder that contains it is not followed."""
    real = os.path.realpath(folder)
    if real in above:
        return
    for place in sorted(folder.iterdir()):
        if place.is_dir():
            yield from _files(place, above | {real})
        else:
            yield place


def _check_is_file(place: Path) -> None:
    if not place.exists():
        raise LocalFileNotFound(str(place))
    if not place.is_file():
        raise InvalidValue(f"{str(place)!r} is neither a file nor a folder, and cannot be an artifact")


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(CHUNK):
            yield piece


def in_parallel(action: Callable[[str], None], names: Sequence[str]) -> None:
    """Do ``action`` for all files, several at a time.

    Raises:
        RunstoneError: What the only one that failed raised; of several, the first by the order given, with a message
            that lists them.
    """
    if len(names) < 2:
        for name in names:
            action(name)
        return
    is_away = threading.Event()

    def attempt(name: str) -> None:
        if is_away.is_set():
            return  # each of the others would wait as long
        try:
            action(name)
        except BackendUnavailable:
            is_away.set()
            raise

    with ThreadPoolExecutor(THREADS, "runstone-artifacts") as pool:
        futures = [pool.submit(attempt, name) for name in names]
        try:
            failed = dict(_failures(names, futures))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    if len(failed) == 1:
        raise next(iter(failed.values()))
    if failed:
        first = next(iter(failed.values()))
        listed = "".join(f"\n  {name}: {error.message}" for name, error in list(failed.items())[:_LISTED])
        more = f"\n  and {len(failed) - _LISTED} more" if len(failed) > _LISTED else ""
        message = f"{len(failed)} of {len(names)} files failed, the others are there:{listed}{more}"
        raise restore(first.code, message, name=type(first).__name__, facts=first.facts)


def _failures(names: Sequence[str], futures: Sequence[Future[None]]) -> Iterator[tuple[str, RunstoneError]]:
    for name, future in zip(names, futures, strict=True):
        try:
            future.result()
        except BackendUnavailable:
            raise
        except RunstoneError as error:
            yield name, error
