"""Files of runs and logged models, from one place to another."""

from collections.abc import Callable, Iterator

from runstone.artifacts.base import ArtifactRepository, Pieces, Unlisted
from runstone.artifacts.integrity import Counted, checked
from runstone.bridge.brought import Brought
from runstone.bridge.source import Files, Source
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import ArtifactDamaged, BackendError, LocalFileNotFound, NotFound, RunstoneError


def files_below(
    files: Files, folder: ArtifactPath = ArtifactPath(), tell: Callable[[str], None] = lambda _: None
) -> Iterator[FileInfo]:
    """All files in a folder and below, by path; ``tell`` takes why others cannot be read, in one sentence each."""
    if isinstance(files, Unlisted):
        for reason in files.unlisted(folder):
            tell(reason)
    for found in sorted(files.list(folder), key=lambda each: each.path):
        if found.is_dir:
            yield from files_below(files, ArtifactPath(found.path), tell)
        else:
            yield found


def copy(pieces: Pieces, path: ArtifactPath, target: ArtifactRepository) -> None:
    """Copy a file that was opened; what was written is what was read.

    Raises:
        ArtifactDamaged: The target has something else now.
        BackendError: It cannot be written.
        Unreadable: It cannot be read on, or is not what was once written to the source.
    """
    counted = Counted(_from_source(pieces, path))
    try:
        written = target.write(path, counted)
    finally:
        pieces.close()
    if written != counted.sha256:
        raise ArtifactDamaged(path, expected=counted.sha256, found=written)


class Unreadable(BackendError):
    """A file of the source that cannot be read to its end, or is not what was once written."""


def _from_source(pieces: Pieces, path: ArtifactPath) -> Iterator[bytes]:
    """Pieces of a file of the source, whose errors are told from those of the target."""
    try:
        yield from checked(pieces, path)
    except RunstoneError as error:
        raise Unreadable(error.message) from error
    except OSError as error:
        raise Unreadable(f"it cannot be read on: {error.strerror or error}") from error


class Copying:
    """The files of one import.

    Args:
        source: Where they come from.
        brought: Is told how many there were, and what was left out.
        watch: Is called after each file.
    """

    def __init__(self, source: Source, brought: Brought, watch: Callable[[], None]) -> None:
        self._source = source
        self._brought = brought
        self._watch = watch

    def count(self, whose: str, uri: str, *, has_some: bool, lacks_some: bool) -> None:
        """Count the files below a URI, and copy none.

        Args:
            whose: What they belong to, such as ``run 17``.
            uri: Where the source has them; none if empty.
            has_some: Whether it is known that there were some.
            lacks_some: Whether an import into the source could not bring all of them there.
        """
        for _, file in self._found(whose, uri, has_some=has_some, lacks_some=lacks_some, would="would be")[0]:
            self._counted(file)

    def copy(self, whose: str, uri: str, target: ArtifactRepository, *, has_some: bool, lacks_some: bool) -> bool:
        """Copy the files below a URI; returns whether none was left out.

        Args:
            whose: What they belong to, such as ``run 17``.
            uri: Where the source has them; none if empty.
            target: Where they go.
            has_some: Whether it is known that there were some.
            lacks_some: Whether an import into the source could not bring all of them there.
        """
        found, is_whole = self._found(whose, uri, has_some=has_some, lacks_some=lacks_some, would="were")
        for files, file in found:
            path = ArtifactPath(file.path)
            try:
                pieces = files.read(path)
            except (NotFound, BackendError) as error:
                self._leave_out(whose, path, error)
                is_whole = False
                continue
            try:
                copy(pieces, path, target)
            except (ArtifactDamaged, Unreadable) as error:
                self._leave_out(whose, path, error)
                is_whole = False
            else:
                self._counted(file)
        return is_whole

    def _leave_out(self, whose: str, path: ArtifactPath, error: RunstoneError) -> None:
        self._brought.problems.append(f"the file {path!r} of the {whose} was left out: {error.message}")

    def _counted(self, file: FileInfo) -> None:
        self._brought.files += 1
        self._brought.bytes += file.file_size or 0
        self._watch()

    def _found(
        self, whose: str, uri: str, *, has_some: bool, lacks_some: bool, would: str
    ) -> tuple[list[tuple[Files, FileInfo]], bool]:
        """The files below a URI, and whether there are no others; what cannot be seen is told."""
        if not uri:
            return [], True
        problems = self._brought.problems
        before = len(problems)

        def tell(reason: str) -> None:
            problems.append(f"among the files of the {whose}, some {would} left out: {reason}")

        if lacks_some:
            tell("an import could not bring them into the source")
        try:
            files = self._source.files(uri)
            found = files_below(files, tell=tell)
            return [(files, file) for file in found], len(problems) == before
        except LocalFileNotFound as error:
            if not has_some:
                self._brought.notes.append(
                    f"the {whose} has no folder {error.local_path}: it has no files, or they are elsewhere now"
                )
                return [], not lacks_some
            problems.append(f"the files of the {whose} {would} left out: {error.message}")
        except RunstoneError as error:
            problems.append(f"the files of the {whose} {would} left out: {error.message}")
        return [], False
