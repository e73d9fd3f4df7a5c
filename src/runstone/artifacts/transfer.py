"""Whole files and folders, up and down: many files at a time."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from runstone.artifacts.base import CHUNK, ArtifactRepository
from runstone.artifacts.local import LocalRepository
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import ArtifactNotFound, InvalidValue, LocalFileNotFound

THREADS = 8

T = TypeVar("T")


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
    repository.write(path, _pieces(local_path))


def upload_folder(repository: ArtifactRepository, local_dir: Path, path: ArtifactPath) -> None:
    """Store all files of a local folder, several at a time; all are looked at before anything is sent.

    Args:
        repository: Where to.
        local_dir: The folder. Symbolic links are followed; folders without files leave no trace.
        path: Folder there that stands for ``local_dir``.

    Raises:
        LocalFileNotFound: There is no such folder, or a symbolic link in it leads nowhere.
        InvalidValue: It is no folder, or a file in it cannot be an artifact.
    """
    if not local_dir.is_dir():
        if local_dir.exists():
            raise InvalidValue(f"{str(local_dir)!r} is no folder; log a single file with log_artifact")
        raise LocalFileNotFound(str(local_dir))
    found = list(_files(local_dir))
    for file in found:
        _check_is_file(file)
    files = [(file, path / file.relative_to(local_dir).as_posix()) for file in found]
    _in_parallel(lambda pair: upload_file(repository, *pair), files)


def download(repository: ArtifactRepository, path: ArtifactPath, folder: Path) -> Path:
    """Fetch a file, or a folder with all in it.

    Args:
        repository: Where from.
        path: What is fetched; the empty path for everything.
        folder: Local folder that it is put into, under its own name; made if need be.

    Returns:
        Where it is now; ``folder`` itself for the empty path.

    Raises:
        ArtifactNotFound: Nothing stands at ``path``.
    """
    here = LocalRepository(folder)
    found = repository.info(path)
    files = list(_remote_files(repository, path)) if found.is_dir else [found]
    if path and found.is_dir and not files:
        raise ArtifactNotFound(path)
    base = f"{path.folder}/" if path.folder else ""

    def fetch(file: FileInfo) -> None:
        here.write(ArtifactPath(file.path.removeprefix(base)), repository.read(ArtifactPath(file.path)))

    _in_parallel(fetch, files)
    place = here.local_path(ArtifactPath(path.name))
    if found.is_dir:
        place.mkdir(parents=True, exist_ok=True)
    return place


def _remote_files(repository: ArtifactRepository, path: ArtifactPath) -> Iterator[FileInfo]:
    for file in repository.list(path):
        if file.is_dir:
            yield from _remote_files(repository, ArtifactPath(file.path))
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


def _in_parallel(action: Callable[[T], None], items: Iterable[T]) -> None:
    """Do ``action`` for all; the first error stops what has not begun, and is raised."""
    waiting = list(items)
    if len(waiting) < 2:
        for item in waiting:
            action(item)
        return
    with ThreadPoolExecutor(THREADS, "runstone-artifacts") as pool:
        futures = [pool.submit(action, item) for item in waiting]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
