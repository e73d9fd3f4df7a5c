"""Reading a bundle, which may come from anybody: checked as a whole before anything of it is used."""

import builtins
import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from runstone.artifacts.base import CHUNK, Pieces
from runstone.bridge import bundle_format as layout
from runstone.bridge.bundle_format import Counts, Header, Manifest, Member
from runstone.bridge.marks import UNFINISHED
from runstone.entities import (
    ArtifactPath,
    Experiment,
    FileInfo,
    LoggedModel,
    Metric,
    ModelVersion,
    RegisteredModel,
    Run,
)
from runstone.entities.names import shown
from runstone.errors import ArtifactNotFound, BackendError, InvalidArtifactPath, InvalidValue, Unsupported

T = TypeVar("T", bound=msgspec.Struct)

_MOST_MANIFEST = 256 << 20
_MOST_LINE = 256 << 20  # a run may have read many datasets, each with a profile of 16 MB
_METRICS = re.compile(r"metrics/[0-9a-f]{32}\.jsonl")
_FILE = re.compile(r"artifacts/(?:runs/[0-9a-f]{32}|models/m-[0-9a-f]{32})/(.+)", re.DOTALL)
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
# Far more than any model has, and few enough digits for whoever counts with it.
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_ENCRYPTED = 0x1
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What the library raises of an archive whose bytes are others than they were.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    UnicodeDecodeError,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
)


class Bundle:
    """A bundle; does what ``Source`` says."""

    def __init__(self, file: Path) -> None:
        """Open it and check it: that it is whole, that it holds what it says, and that each record can be read.

        Args:
            file: The bundle.

        Raises:
            BackendError: It cannot be read.
            InvalidValue: It is no bundle, or it is damaged, cut off or made to do harm.
            Unsupported: It is of a newer version.
        """
        self.name = str(file)
        self.problems: list[str] = []
        try:
            self._file = file.open("rb")
        except OSError as error:
            raise BackendError(f"the bundle {file} cannot be read: {error.strerror or error}") from None
        try:
            with self._explained():
                self._zip = zipfile.ZipFile(self._file)
                self._manifest = self._checked_manifest()
                self._by_name = {member.name: member for member in self._manifest.members}
                self._check_members()
            self._check_records()
        except BaseException:
            self._file.close()
            raise

    @property
    def counts(self) -> Counts:
        """How much it holds."""
        return self._manifest.counts

    @property
    def members(self) -> list[Member]:
        """Its members but for the manifest, by name."""
        return self._manifest.members

    def experiments(self) -> Iterator[Experiment]:
        """All experiments."""
        return self._records(layout.EXPERIMENTS, Experiment)

    def runs(self, experiment_id: str) -> Iterator[Run]:
        """Runs of an experiment, without their metrics."""
        return (run for run in self._records(layout.RUNS, Run) if run.info.experiment_id == experiment_id)

    def count_runs(self, experiment_id: str) -> int:
        """How many runs an experiment has."""
        return sum(1 for _ in self.runs(experiment_id))

    def metrics(self, run_id: str) -> Iterator[Metric]:
        """Every value of every metric of a run."""
        return self._records(layout.metrics_of(run_id), Metric)

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Logged models of an experiment."""
        models = self._records(layout.LOGGED_MODELS, LoggedModel)
        return (model for model in models if model.experiment_id == experiment_id)

    def registered_models(self) -> Iterator[RegisteredModel]:
        """All registered models."""
        return self._records(layout.REGISTERED_MODELS, RegisteredModel)

    def model_versions(self, name: str) -> Iterator[ModelVersion]:
        """Versions of a registered model."""
        return (each for each in self._records(layout.MODEL_VERSIONS, ModelVersion) if each.name == name)

    def files(self, uri: str) -> "_Folder":
        """The files of a folder in it."""
        reasons = [lack.reason for lack in self._manifest.lacks if lack.folder == uri]
        return _Folder(self, uri, self._folders.get(uri, {}), reasons)

    @cached_property
    def _folders(self) -> dict[str, dict[str, Member]]:
        """The files of each run and each logged model, by folder and path in it."""
        found: dict[str, dict[str, Member]] = {}
        for name, member in self._by_name.items():
            folder, path = _folder_and_path(name)
            if path:
                found.setdefault(folder, {})[path] = member
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def open(self, name: str) -> IO[bytes]:
        """A member that is read."""
        return self._zip.open(name)

    def _records(self, name: str, kind: type[T]) -> Iterator[T]:
        """The records of a table, one a line; none where there is no such member."""
        if name not in self._by_name:
            return
        decode = layout.decoder(kind)
        with self._explained(), self.open(name) as member:
            number = 0
            while line := member.readline(_MOST_LINE + 1):
                number += 1
                if len(line) > _MOST_LINE:
                    raise InvalidValue(f"the bundle {self.name} is not taken: line {number} of {name} is too long")
                yield decode(line, f"{name}, line {number}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what the library says of a file into one sentence."""
        try:
            yield
        except _DAMAGE as error:
            raise InvalidValue(
                f"{self.name} is no bundle, or it is damaged or cut off ({error}); copy it again, or export it again"
            ) from None
        except OSError as error:
            raise BackendError(f"the bundle {self.name} cannot be read: {error.strerror or error}") from None

    def _checked_manifest(self) -> Manifest:
        infos = self._zip.infolist()
        names = [info.filename for info in infos]
        if len(set(names)) != len(names):
            raise self._refusal("two of its members have the same name")
        if layout.MANIFEST not in names:
            raise InvalidValue(f"{self.name} is no bundle: it has no {layout.MANIFEST}; `runstone export` makes one")
        end = self._file.seek(0, 2)
        if sum(info.compress_size for info in infos) > end:
            raise self._refusal("its members overlap")
        for info in infos:
            self._check_shape(info)
        if self._zip.getinfo(layout.MANIFEST).file_size > _MOST_MANIFEST:
            raise self._refusal(f"its {layout.MANIFEST} is too large")
        text = self._zip.read(layout.MANIFEST)
        header = layout.decoder(Header)(text, layout.MANIFEST)
        if header.format != layout.FORMAT:
            raise InvalidValue(f"{self.name} is no bundle: its format is {shown(header.format)}, not {layout.FORMAT!r}")
        if header.version > layout.VERSION:
            raise Unsupported(
                f"the bundle {self.name} is of version {header.version}, and this Runstone reads up to "
                f"{layout.VERSION}; upgrade Runstone"
            )
        manifest: Manifest = layout.decoder(Manifest)(text, layout.MANIFEST)
        return manifest

    def _check_shape(self, info: zipfile.ZipInfo) -> None:
        """That a member is a plain file with a name that a bundle has, and no bomb."""
        name = info.filename
        mode = info.external_attr >> 16
        if info.flag_bits & _ENCRYPTED:
            raise self._refusal(f"its member {shown(name)} is encrypted")
        if stat.S_ISLNK(mode) or (stat.S_IFMT(mode) not in {0, stat.S_IFREG}):
            raise self._refusal(f"its member {shown(name)} is a link or no plain file")
        if info.compress_type not in _COMPRESSIONS:
            raise self._refusal(f"its member {shown(name)} is compressed in a way that no bundle is")
        file = _FILE.fullmatch(name)
        if file is not None:
            try:
                is_plain = ArtifactPath(file[1]) == file[1]
            except InvalidArtifactPath:
                is_plain = False
            if not is_plain:
                raise self._refusal(f"its member {shown(name)} leads out of its folder, or is not written plainly")
            if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
                raise self._refusal(f"its file {shown(name)} is compressed, which files of a bundle are not")
        elif name not in {layout.MANIFEST, *layout.TABLES} and not _METRICS.fullmatch(name):
            raise self._refusal(f"its member {shown(name)} is none that a bundle has")
        if layout.is_bomb(info.file_size, info.compress_size):
            raise self._refusal(f"its member {shown(name)} would grow to {info.file_size:,} bytes")

    def _check_members(self) -> None:
        """That the members are those that the manifest names, to the last byte."""
        infos = {info.filename: info for info in self._zip.infolist() if info.filename != layout.MANIFEST}
        if set(infos) != set(self._by_name) or len(self._by_name) != len(self._manifest.members):
            differing = sorted(set(infos) ^ set(self._by_name))
            raise self._refusal(f"its members are not those of its manifest: {shown(differing)}")
        for name, info in infos.items():
            member = self._by_name[name]
            hashed = hashlib.sha256()
            if info.file_size == member.bytes:
                with self.open(name) as opened:
                    while piece := opened.read(CHUNK):
                        hashed.update(piece)
            if hashed.hexdigest() != member.sha256:
                raise self._refusal(f"its member {shown(name)} is not what was exported: the hash differs")

    def _check_records(self) -> None:
        """That each record can be read, and that there are as many as it says."""
        experiments = {each.experiment_id for each in self.experiments()}
        runs = self._ids(
            layout.RUNS,
            _RUN_ID,
            (
                (self._told(f"run {each.info.run_id}", each.info.run_id, each.data.tags), each.info.experiment_id)
                for each in self._records(layout.RUNS, Run)
            ),
            experiments,
        )
        models = self._ids(
            layout.LOGGED_MODELS,
            _MODEL_ID,
            (
                (self._told(f"logged model {each.model_id}", each.model_id, each.tags), each.experiment_id)
                for each in self._records(layout.LOGGED_MODELS, LoggedModel)
            ),
            experiments,
        )
        registered = {each.name for each in self.registered_models()}
        versions = 0
        for version in self._records(layout.MODEL_VERSIONS, ModelVersion):
            versions += 1
            if version.name not in registered or not _NUMBER.fullmatch(version.version):
                raise self._refusal(
                    f"a version of {shown(version.name)} belongs to no registered model of it, or has no number"
                )
        found = Counts(
            experiments=len(experiments),
            runs=len(runs),
            metric_values=sum(1 for run_id in runs for _ in self.metrics(run_id)),
            logged_models=len(models),
            registered_models=len(registered),
            model_versions=versions,
            files=sum(1 for name in self._by_name if _FILE.fullmatch(name)),
        )
        if found != self.counts:
            raise self._refusal("it does not hold as many records as its manifest says")
        self._check_owners(runs, models)

    def _told(self, whose: str, id: str, tags: dict[str, str]) -> str:
        """An id as it is; tells what it stands for where that was not whole when it was exported."""
        if UNFINISHED in tags:
            self.problems.append(layout.unfinished(whose))
        return id

    def _ids(
        self, table: str, wanted: re.Pattern[str], ids: Iterable[tuple[str, str]], experiments: set[str]
    ) -> set[str]:
        found: set[str] = set()
        for number, (each, experiment_id) in enumerate(ids, start=1):
            if not wanted.fullmatch(each) or each in found or experiment_id not in experiments:
                raise self._refusal(
                    f"line {number} of {table} has the id {shown(each)} of the experiment {shown(experiment_id)}, "
                    "which is none, comes twice, or belongs to no experiment of it"
                )
            found.add(each)
        return found

    def _check_owners(self, runs: set[str], models: set[str]) -> None:
        """That values and files belong to runs and logged models that are there."""
        owners = {layout.metrics_of(run_id) for run_id in runs}
        folders = {layout.files_of_run(run_id) for run_id in runs} | {layout.files_of_model(each) for each in models}
        for name in self._by_name:
            is_owned = name in layout.TABLES or name in owners or _folder_and_path(name)[0] in folders
            if not is_owned:
                raise self._refusal(f"its member {shown(name)} belongs to no run and no logged model of it")
        for lack in self._manifest.lacks:
            if lack.folder not in folders:
                raise self._refusal(
                    f"what it lacks in {shown(lack.folder)} belongs to no run and no logged model of it"
                )

    def _refusal(self, why: str) -> InvalidValue:
        return InvalidValue(f"the bundle {self.name} is not taken, and nothing was changed: {why}; export it again")


def _folder_and_path(name: str) -> tuple[str, str]:
    """The folder of a run or a logged model that a member is in, and its path there."""
    folder = "/".join(name.split("/", 3)[:3])
    return folder, name[len(folder) + 1 :]


class _Folder:
    """The files of a run or a logged model in a bundle; does what ``Files`` and ``Unlisted`` say."""

    def __init__(self, bundle: Bundle, folder: str, members: dict[str, Member], lacks: list[str]) -> None:
        self._bundle = bundle
        self._folder = folder
        self._members = members
        self._lacks = lacks

    def read(self, path: ArtifactPath) -> Pieces:
        """The bytes of a file.

        Raises:
            ArtifactNotFound: There is no such file.
        """
        member = self._members.get(path)
        if member is None:
            raise ArtifactNotFound(path)
        return _Pieces(self._bundle.open(f"{self._folder}/{path}"), member)

    def list(self, path: ArtifactPath = ArtifactPath()) -> list[FileInfo]:
        """The files below a folder, however deep."""
        start = f"{path}/" if path else ""
        return [
            FileInfo(path=name, is_dir=False, size=member.bytes)
            for name, member in sorted(self._members.items())
            if name.startswith(start)
        ]

    def unlisted(self, path: ArtifactPath = ArtifactPath()) -> builtins.list[str]:
        """Why the bundle has not all of them; told of the folder as a whole."""
        return [] if path else self._lacks


class _Pieces(Iterator[bytes]):
    """The bytes of a member, piece by piece."""

    def __init__(self, opened: IO[bytes], member: Member) -> None:
        self.size: int | None = member.bytes
        self.sha256: str | None = member.sha256
        self._opened = opened

    def __next__(self) -> bytes:
        piece = self._opened.read(CHUNK)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        self._opened.close()
