"""Writing a bundle: the same content gives the same bytes."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from runstone.artifacts.integrity import checked
from runstone.bridge import bundle_format as layout
from runstone.bridge.bundle_format import Counts, Lack, Manifest, Member
from runstone.bridge.copying import files_below
from runstone.bridge.selection import Folder, Selection
from runstone.bridge.source import Files
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import AlreadyExists, ArtifactDamaged, BackendError, InvalidValue, NotFound, RunstoneError
from runstone.schemas.wire import encode

# The earliest time that the format has, since a bundle of the same content is to have the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_LEVEL = 6
_CHUNK = 1 << 20


class Written(Struct):
    """What became of an export.

    Attributes:
        counts: How much the bundle holds.
        problems: What it has not, though it belongs to what it has, one sentence each.
    """

    counts: Counts
    problems: list[str]


def write(selection: Selection, file: Path) -> Written:
    """Write what was selected into a new file, which is there when it is whole.

    Files that are gone, or not what was once logged, are left out; the bundle says so.

    Args:
        selection: What it holds.
        file: The bundle.

    Returns:
        How much it holds, and what it has not.

    Raises:
        AlreadyExists: There is such a file.
        BackendError: It cannot be written, or the store cannot be read.
    """
    if file.exists():
        raise AlreadyExists(f"there is a file {file} already; name another one, or remove it")
    unfinished = file.with_name(f".{file.name}-{os.urandom(8).hex()}.part")
    try:
        with unfinished.open("xb") as opened:
            written = _Writing(opened).write(selection)
            opened.flush()
            os.fsync(opened.fileno())
        os.link(unfinished, file)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise AlreadyExists(f"there is a file {file} already; name another one, or remove it") from None
    except OSError as error:
        raise BackendError(f"the bundle {file} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return written


def counted(selection: Selection) -> Written:
    """How much a bundle of this selection would hold, and what it would not; no file is read for that."""
    files, problems = 0, []
    for folder in selection.folders():
        reasons: list[str] = []
        files += _length(_found(folder, selection.files(folder), reasons.append))
        problems += [*_unfinished(folder), *(_problem(folder, reason) for reason in reasons)]
    counts = Counts(
        experiments=_length(selection.experiments()),
        runs=_length(selection.runs()),
        metric_values=sum(_length(selection.metrics(run_id)) for run_id in selection.run_ids),
        logged_models=_length(selection.logged_models()),
        registered_models=_length(selection.registered_models()),
        model_versions=_length(selection.model_versions()),
        files=files,
    )
    return Written(counts, problems)


def _found(folder: Folder, files: Files, tell: Callable[[str], None]) -> Iterator[FileInfo]:
    """The files of a folder; ``tell`` takes why there are others, in one sentence each."""
    is_empty = True
    for found in files_below(files, tell=tell):
        is_empty = False
        yield found
    if folder.lacks_some:
        tell("an import could not bring them")
    elif is_empty and folder.has_some:
        tell("it had some, and its folder is empty or gone")


def _unfinished(folder: Folder) -> list[str]:
    return [layout.unfinished(folder.whose)] if folder.is_unfinished else []


def _problem(folder: Folder, reason: str) -> str:
    return f"among the files of the {folder.whose}, some were left out: {reason}"


def _length(things: Iterable[object]) -> int:
    return sum(1 for _ in things)


class _Writing:
    """A bundle that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self._members: list[Member] = []
        self._values = 0
        self._files = 0
        self._lacks: list[Lack] = []
        self._problems: list[str] = []

    def write(self, selection: Selection) -> Written:
        """Write all, the manifest last."""
        with self._zip:
            made = {
                layout.EXPERIMENTS: self._table(layout.EXPERIMENTS, selection.experiments()),
                layout.RUNS: self._table(layout.RUNS, selection.runs()),
                layout.LOGGED_MODELS: self._table(layout.LOGGED_MODELS, selection.logged_models()),
                layout.REGISTERED_MODELS: self._table(layout.REGISTERED_MODELS, selection.registered_models()),
                layout.MODEL_VERSIONS: self._table(layout.MODEL_VERSIONS, selection.model_versions()),
            }
            for run_id in selection.run_ids:
                self._values += self._table(layout.metrics_of(run_id), selection.metrics(run_id), may_miss=True)
            for folder in selection.folders():
                self._folder(folder, selection.files(folder))
            counts = Counts(
                experiments=made[layout.EXPERIMENTS],
                runs=made[layout.RUNS],
                metric_values=self._values,
                logged_models=made[layout.LOGGED_MODELS],
                registered_models=made[layout.REGISTERED_MODELS],
                model_versions=made[layout.MODEL_VERSIONS],
                files=self._files,
            )
            members = sorted(self._members, key=lambda member: member.name)
            manifest = encode(Manifest(layout.FORMAT, layout.VERSION, counts, members, self._lacks))
            self._add(layout.MANIFEST, [msgspec.json.format(manifest, indent=1), b"\n"])
        return Written(counts, self._problems)

    def _table(self, name: str, records: Iterable[msgspec.Struct], *, may_miss: bool = False) -> int:
        """Write records, one a line; returns how many."""
        lines = _Lines(records)
        first = next(lines, None)
        if first is None and may_miss:
            return 0
        self._add(name, _chained(first, lines))
        return lines.count

    def _folder(self, folder: Folder, files: Files) -> None:
        def tell(reason: str) -> None:
            self._lacks.append(Lack(folder.name, reason))
            self._problems.append(_problem(folder, reason))

        self._problems += _unfinished(folder)
        try:
            for found in _found(folder, files, tell):
                try:
                    self._copy(f"{folder.name}/{found.path}", files, ArtifactPath(found.path))
                    self._files += 1
                except (NotFound, ArtifactDamaged) as error:
                    tell(error.message)
        except BackendError as error:
            raise BackendError(f"the files of the {folder.whose} cannot be read: {error.message}") from error

    def _copy(self, name: str, files: Files, path: ArtifactPath) -> None:
        """Write a file; of one that turns out to be damaged at its end, nothing stays."""
        pieces = files.read(path)
        try:
            self._add(name, checked(pieces, path), is_file=True)
        except RunstoneError:
            damaged = self._zip.NameToInfo.pop(name)
            self._zip.filelist.remove(damaged)
            self._zip.start_dir = damaged.header_offset  # where the next one begins
            self._file.truncate(damaged.header_offset)
            raise
        finally:
            pieces.close()

    def _add(self, name: str, pieces: Iterable[bytes], *, is_file: bool = False) -> None:
        info = zipfile.ZipInfo(name, _TIME)
        # Files are as they are, so that no bundle can hold more of them than it is long.
        info.compress_type = zipfile.ZIP_STORED if is_file else zipfile.ZIP_DEFLATED
        info._compresslevel = _LEVEL  # type: ignore[attr-defined]  # how the library itself hands it on until 3.13
        info.create_system = 3  # on every system
        info.external_attr = _READABLE
        size, hashed = 0, hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece)
                hashed.update(piece)
                size += len(piece)
        if not is_file and layout.is_bomb(size, info.compress_size):
            raise InvalidValue(f"{name} would be so repetitive that no reader takes the bundle; export fewer runs")
        self._members.append(Member(name, size, hashed.hexdigest()))


class _Lines(Iterator[bytes]):
    """Records as lines of JSON, counted as they pass; about a megabyte at once."""

    def __init__(self, records: Iterable[msgspec.Struct]) -> None:
        self._records = iter(records)
        self.count = 0

    def __next__(self) -> bytes:
        together = bytearray()
        for record in self._records:
            together += encode(record)
            together += b"\n"
            self.count += 1
            if len(together) >= _CHUNK:
                break
        if not together:
            raise StopIteration
        return bytes(together)


def _chained(first: bytes | None, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first is not None:
        yield first
    yield from rest
