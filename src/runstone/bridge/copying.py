"""Files of runs and logged models, from one place to another."""

from collections.abc import Iterator

from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.integrity import Counted, checked
from runstone.bridge.source import Files
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import ArtifactDamaged


def files_below(files: Files, folder: ArtifactPath = ArtifactPath()) -> Iterator[FileInfo]:
    """All files in a folder and below, by path."""
    for found in sorted(files.list(folder), key=lambda each: each.path):
        if found.is_dir:
            yield from files_below(files, ArtifactPath(found.path))
        else:
            yield found


def copy(source: Files, path: ArtifactPath, target: ArtifactRepository) -> None:
    """Copy a file; what was written is what was read.

    Raises:
        ArtifactDamaged: It is not what was once written to the source, or the target has something else now.
        ArtifactNotFound: There is no such file.
    """
    pieces = source.read(path)
    counted = Counted(checked(pieces, path))
    try:
        written = target.write(path, counted)
    finally:
        pieces.close()
    if written != counted.sha256:
        raise ArtifactDamaged(path, expected=counted.sha256, found=written)
