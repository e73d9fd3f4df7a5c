"""The file ``manifest.json``: each file of a model's folder with its length and its SHA-256."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from runstone.entities import ArtifactPath
from runstone.errors import InvalidArtifactPath, InvalidModel, ModelChanged, RunstoneError

MANIFEST = "manifest.json"
# Who made the model, as `models/signing.py` writes it; it says so of the manifest too.
SIGNATURE = "model.sig"
FORMAT = 1
# Written beside a model later, by whoever keeps or uses it.
_NOT_OURS = (MANIFEST, SIGNATURE, "registered_model_meta")
_COMPILED = "__pycache__"
# Where compiled code may appear: beside the code, and beside a script in the folder itself.
_CODE = ("code", _COMPILED)


class FileRecord(Struct, frozen=True):
    """One file.

    Attributes:
        path: As seen from the folder.
        size: Length in bytes.
        sha256: In hexadecimal.
    """

    path: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What ``manifest.json`` says.

    Attributes:
        files: All files of the folder but this one and the signature, by path.
        version: Version of the format.
    """

    files: list[FileRecord]
    version: int = FORMAT

    @property
    def digest(self) -> str:
        """SHA-256 over all records, in hexadecimal: two folders with the same digest hold the same model."""
        return hashlib.sha256(msgspec.json.encode(self.files)).hexdigest()


def write(folder: Path) -> Manifest:
    """Record all files of a folder.

    Raises:
        InvalidValue: The name of a file is none that stores of files take.
    """
    for file in _files(folder):
        path = file.relative_to(folder).as_posix()
        if ArtifactPath(path) != path:
            raise InvalidArtifactPath(path, "is no composed Unicode")
    return _write(folder, Manifest([_record(folder, file) for file in _files(folder)]))


def amend(folder: Path, path: str) -> None:
    """Record anew one file of a folder, which was written on purpose."""
    recorded = read(folder)
    assert recorded is not None
    files = [file for file in recorded.files if file.path != path]
    _write(folder, Manifest(sorted([*files, _record(folder, folder / path)], key=lambda file: file.path)))


def read(folder: Path) -> Manifest | None:
    """What was recorded of a folder; ``None`` for one without a manifest, as MLflow's are.

    Raises:
        InvalidModel: The manifest cannot be read, or is of a newer version.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    except IsADirectoryError as error:
        raise InvalidModel(f"{str(folder / MANIFEST)!r} is a folder, and no manifest of a model") from error
    try:
        found = msgspec.json.decode(content, type=Manifest)
        for file in found.files:
            ArtifactPath(file.path)  # nothing outside of the folder
    except (msgspec.MsgspecError, UnicodeDecodeError, RunstoneError) as error:
        raise InvalidModel(f"{str(folder / MANIFEST)!r} is no manifest of a model: {error}") from error
    if found.version > FORMAT:
        raise InvalidModel(
            f"the manifest of {str(folder)!r} is of version {found.version}; this Runstone reads {FORMAT}: upgrade"
        )
    return found


def check(folder: Path) -> Manifest | None:
    """Compare a folder with its manifest; returns that, or ``None`` for a folder without one.

    Raises:
        ModelChanged: A file is missing, was changed or was added.
        InvalidModel: The manifest cannot be read.
    """
    recorded = read(folder)
    if recorded is None:
        return None
    for path, what in _differences(folder, recorded):
        raise ModelChanged(str(folder), path, what)
    return recorded


def differences(folder: Path) -> list[str] | None:
    """How a folder differs from its manifest, a line for each file; ``None`` for a folder without one.

    Raises:
        InvalidModel: The manifest cannot be read.
    """
    recorded = read(folder)
    return None if recorded is None else [f"{path} {what}" for path, what in _differences(folder, recorded)]


def sha256_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _differences(folder: Path, recorded: Manifest) -> Iterator[tuple[str, str]]:
    wanted = {file.path: file for file in recorded.files}
    found = {file.relative_to(folder).as_posix(): file for file in _files(folder)}
    for path in sorted(wanted.keys() - found.keys()):
        yield path, "is missing"
    for path in sorted(found.keys() - wanted.keys()):
        yield path, "was added"
    for path, file in found.items():
        if path in wanted and (not file.is_file() or _record(folder, file) != wanted[path]):
            yield path, "was changed"


def _write(folder: Path, made: Manifest) -> Manifest:
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")
    return made


def _files(folder: Path) -> list[Path]:
    found = (file for file in folder.rglob("*") if file.is_file() or file.is_symlink())
    return sorted(
        (file for file in found if not _is_left_out(file.relative_to(folder))),
        key=lambda file: file.relative_to(folder).as_posix(),
    )


def _is_left_out(path: Path) -> bool:
    """Whether somebody may write a file beside a model later: the manifest, or Python what it compiles of the code."""
    if path.parts[0] in _CODE:
        return _COMPILED in path.parts
    return path.as_posix() in _NOT_OURS


def _record(folder: Path, file: Path) -> FileRecord:
    return FileRecord(file.relative_to(folder).as_posix(), file.stat().st_size, sha256_of(file))
