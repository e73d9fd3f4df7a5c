"""Which folders of this machine a source may have its files read from."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from runstone.artifacts import resolve
from runstone.artifacts.base import ArtifactRepository
from runstone.errors import InvalidValue, LocalFileNotFound

# Where MLflow keeps files unless it is told another place: beside its database, or where it was started.
_USUAL = ("mlruns", "mlartifacts")
# Below such a folder, the artifacts of a run or of a logged model.
_LAYOUT = re.compile(r"(/.+)/\d+/(?:models/m-)?[0-9a-f]{32}/artifacts")


class Fence:
    """The folders below which local files are read, whatever place a record names.

    Args:
        roots: The folders.
    """

    def __init__(self, roots: Iterable[str | os.PathLike[str]]) -> None:
        self._roots = [Path(os.path.realpath(root)) for root in roots]

    def files(self, uri: str, *, tracking_uri: str = "") -> ArtifactRepository:
        """The files below a URI, as ``artifacts.resolve`` finds them.

        Raises:
            InvalidValue: They are in a folder of this machine that is below none of the roots, or nobody knows the
                scheme of the URI.
            LocalFileNotFound: They would be in a folder that is not there.
            Unsupported: It needs an extra that is not installed.
        """
        folder = resolve.local_folder(uri)
        if folder is not None:
            self.check(folder)
        return resolve.repository(uri, tracking_uri=tracking_uri)

    def check(self, folder: Path) -> None:
        """Refuse a folder that is not there, or whose files may not be read.

        Raises:
            InvalidValue: It is below none of the roots.
            LocalFileNotFound: It is not there.
        """
        place = Path(os.path.realpath(folder))
        if not place.is_dir():
            raise LocalFileNotFound(str(place))
        layout = _LAYOUT.fullmatch(str(place))
        if not any(root == place or root in place.parents for root in self._roots):
            raise InvalidValue(
                f"{place} is outside of {', '.join(map(str, self._roots))}; if the files there may be read, import "
                f"again with `--allow-artifacts-under {layout[1] if layout else place}`"
            )


def usual_folders(beside: Path) -> list[Path]:
    """Where MLflow keeps files that nobody gave a place, beside a folder's other things."""
    return [beside / name for name in _USUAL]
