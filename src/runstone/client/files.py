"""The verbs of ``Client`` about artifacts."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any, BinaryIO

from msgspec.structs import replace

from runstone.artifacts import transfer
from runstone.artifacts.base import CHUNK, ArtifactRepository
from runstone.artifacts.local import LocalRepository
from runstone.client import arguments
from runstone.client.records import RecordVerbs
from runstone.client.runs import now_ms
from runstone.entities import ArtifactPath, FileInfo, Tag
from runstone.entities.names import a_class, check_int64, shown
from runstone.errors import InvalidValue, LocalFileNotFound
from runstone.journal import keeping
from runstone.media import documents, figures, images

_LOGGED_IMAGES = "mlflow.loggedImages"


class FileVerbs(RecordVerbs):
    """Log, list and fetch files."""

    def log_artifact(self, run_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Store a local file, or a folder with all in it.

        Args:
            run_id: A run in use.
            local_path: The file or folder.
            artifact_path: Folder of the run that it is put into, under its own name; the root if ``None``.

        Raises:
            LocalFileNotFound: There is no such file.
            InvalidArtifactPath: ``artifact_path`` or a file's name is not the name of an artifact.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        source = arguments.local_path("the file to log", local_path)
        if not source.exists():  # such as C:\\data.csv, whose name could be no artifact's either
            raise LocalFileNotFound(str(source))
        name = source.name if source.name not in {"", ".."} else source.resolve().name
        target = arguments.artifact_path(artifact_path) / name
        upload = transfer.upload_folder if source.is_dir() else transfer.upload_file
        self._put(run_id, lambda repository: upload(repository, source, target))

    def log_artifacts(self, run_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Store all that is in a local folder, several files at a time.

        Args:
            run_id: A run in use.
            local_dir: The folder.
            artifact_path: Folder of the run that its contents are put into; the root if ``None``.

        Raises:
            LocalFileNotFound: There is no such folder.
            InvalidValue: It is no folder.
            InvalidArtifactPath: ``artifact_path`` or a file's name is not the name of an artifact; nothing is stored.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        source = arguments.local_path("the folder to log", local_dir)
        target = arguments.artifact_path(artifact_path)
        self._put(run_id, lambda repository: transfer.upload_folder(repository, source, target))

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Store a text as an artifact, in UTF-8.

        Args:
            run_id: A run in use.
            text: The text.
            artifact_file: Name of the artifact, such as ``notes/first.txt``.

        Raises:
            InvalidValue: ``text`` is none, or holds half a character, which UTF-8 cannot write.
            InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        path = arguments.artifact_file(artifact_file)
        self._put_file(run_id, path, documents.encode_text(arguments.text("the text of an artifact", text)))

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        """Store a dict or a list as an artifact.

        Args:
            run_id: A run in use.
            dictionary: What JSON holds; numbers and arrays of numpy become numbers and lists, other values their text.
            artifact_file: Name of the artifact: YAML where it ends in ``.yaml`` or ``.yml``, else JSON.

        Raises:
            InvalidValue: It cannot be written so.
            InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
            Unsupported: YAML is wanted and PyYAML is not installed.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        path = arguments.artifact_file(artifact_file)
        self._put_file(run_id, path, documents.encode(dictionary, PurePosixPath(path).suffix))

    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None
    ) -> None:
        """Store a figure as an artifact.

        Args:
            run_id: A run in use.
            figure: A figure of matplotlib or of plotly.
            artifact_file: Name of the artifact; its suffix decides the format, such as ``.png`` or ``.html``.
            save_kwargs: Passed on to ``savefig`` of matplotlib, or ``to_html`` or ``to_image`` of plotly.

        Raises:
            InvalidValue: It is no figure, or cannot be written so.
            InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        path = arguments.artifact_file(artifact_file)
        self._put_file(run_id, path, figures.encode(figure, PurePosixPath(path).suffix, save_kwargs))

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Store an image, alone or as one of a series.

        Args:
            run_id: A run in use.
            image: A ``runstone.Image``, an image of PIL, or an array of shape (height, width) or (height, width, 1, 3
                or 4): bool, integers from 0 to 255, floats from 0 to 1.
            artifact_file: Name of the artifact, for a single image.
            key: Or name of a series, which the page shows by step.
            step: Training step, for a series; 0 if ``None``.
            timestamp: Milliseconds since the Unix epoch, UTC, for a series; now if ``None``.
            synchronous: Accepted; images are stored at once so far.

        Raises:
            InvalidValue: It is no image, or not one of ``artifact_file`` and ``key`` is given.
            InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
            Unsupported: Pillow is not installed.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        del synchronous
        arguments.exactly_one("log_image", artifact_file=artifact_file, key=key)
        if artifact_file is not None:
            if step is not None or timestamp is not None:
                raise InvalidValue("log_image takes step and timestamp with key only; leave them out, or give a key")
            path = arguments.artifact_file(artifact_file)
            self._put_file(run_id, path, images.encode(image, PurePosixPath(path).suffix))
            return
        step = 0 if step is None else arguments.integer("the step of an image", step)
        check_int64("the step of an image", step)
        timestamp = now_ms() if timestamp is None else arguments.integer("the timestamp of an image", timestamp)
        check_int64("the timestamp of an image", timestamp, least=0)
        full, small = images.step_names(arguments.text("the key of an image", key), step, timestamp)
        pixels = images.to_pil(image)
        self._put_file(run_id, full, images.encode(pixels, ".png"))
        self._put_file(run_id, small, images.thumbnail(pixels))
        self._journal(run_id).log(tags=(Tag(_LOGGED_IMAGES, "True"),))

    def log_stream(self, run_id: str, stream: BinaryIO, artifact_file: str) -> None:
        """Store what a binary stream gives as an artifact, with flat memory.

        One that cannot be read again, such as a pipe, is not kept for a server that is away.

        Args:
            run_id: A run in use.
            stream: Something with ``read(size)`` that gives bytes, read to its end.
            artifact_file: Name of the artifact.

        Raises:
            InvalidValue: The stream gives no bytes.
            InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        path = arguments.artifact_file(artifact_file)
        if not hasattr(stream, "read"):
            raise InvalidValue(f"a stream has a method read(); got {shown(stream)}, {a_class(stream)}")
        if not hasattr(stream, "seekable") or not stream.seekable():
            self._artifacts(run_id, writes=True).write(path, _pieces(stream))
            return
        start = stream.tell()

        def put(repository: ArtifactRepository) -> None:
            stream.seek(start)
            repository.write(path, _pieces(stream))

        self._put(run_id, put)

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """What is in a folder of a run, by path; paths are relative to the run's root.

        Args:
            run_id: The run.
            path: The folder; the root if ``None``. One that is not there is empty. Where the run has none of this name,
                it is the logged model of this name that the run made.

        Raises:
            InvalidArtifactPath: ``path`` is not the name of an artifact.
            RunNotFound: There is no such run.
        """
        repository, place, name = self._place(run_id, arguments.artifact_path(path))
        found = repository.list(place)
        return [replace(file, path=f"{name}/{file.path}") for file in found] if name else found

    def download_artifacts(self, run_id: str, path: str, dst_path: str | os.PathLike[str] | None = None) -> str:
        """Fetch a file or a folder of a run.

        Args:
            run_id: The run.
            path: The file or folder; empty for all. Where the run has none of this name, it is the logged model of this
                name that the run made, or a file of it.
            dst_path: Local folder that it is put into, under its own name. Where it is ``None``, artifacts that are on
                this machine stay where they are, others are put into a new temporary folder.

        Returns:
            Where it is now.

        Raises:
            ArtifactNotFound: There is no such file or folder.
            ArtifactDamaged: A file is not what was once written.
            InvalidArtifactPath: ``path`` is not the name of an artifact.
            RunNotFound: There is no such run.
        """
        repository, place, name = self._place(run_id, arguments.artifact_path(path))
        if name and not place and dst_path is not None:
            dst_path = arguments.local_path("dst_path", dst_path) / name
        return fetch(repository, place, dst_path)

    def _place(self, run_id: str, path: ArtifactPath) -> tuple[ArtifactRepository, ArtifactPath, str]:
        """Where a file or folder of a run is: among its files, or among those of its logged model of the name."""
        repository = self._artifacts(run_id, writes=False)
        name, _, rest = path.partition("/")
        if not name or repository.list(ArtifactPath(name)):
            return repository, path, ""
        model = self._model_of(self._store.get_run(run_id), name)
        if model is None:
            return repository, path, ""
        return self._model_artifacts(model.model_id), ArtifactPath(rest), name

    def _put(self, run_id: str, put: Callable[[ArtifactRepository], object]) -> None:
        """Store files of a run; where the store does not answer, they are kept beside the journal until it does.

        Args:
            run_id: The run.
            put: Writes the files; called once more where the store is lost meanwhile.
        """
        run_id = arguments.identifier("the id of a run", run_id)
        self._now_or_later(
            lambda: put(self._artifacts(run_id, writes=True)), lambda: keeping.keep_files(self._journal(run_id), put)
        )

    def _put_file(self, run_id: str, path: ArtifactPath, data: bytes) -> None:
        self._put(run_id, lambda repository: repository.write(path, (data,)))

    def _store_file(self, run_id: str, path: ArtifactPath, data: bytes) -> None:
        self._artifacts(run_id, writes=True).write(path, (data,))


def fetch(repository: ArtifactRepository, path: ArtifactPath, dst_path: str | os.PathLike[str] | None) -> str:
    """Where a file or folder is on this machine, fetched if need be; see ``Client.download_artifacts``.

    Raises:
        ArtifactNotFound: There is no such file or folder.
    """
    if dst_path is not None:
        return str(transfer.download(repository, path, arguments.local_path("dst_path", dst_path)))
    if isinstance(repository, LocalRepository):
        repository.info(path)
        return str(repository.local_path(path))
    folder = Path(mkdtemp(prefix="runstone-"))
    try:
        return str(transfer.download(repository, path, folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        if not isinstance(piece, bytes | bytearray | memoryview):
            raise InvalidValue(f"a stream of bytes is wanted; got {shown(piece)}: open the file in binary mode")
        yield bytes(piece)
