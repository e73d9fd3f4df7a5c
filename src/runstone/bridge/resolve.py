"""From what a user names to the source behind it."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from runstone.bridge.bundle_reader import Bundle
from runstone.bridge.fence import Fence, usual_folders
from runstone.bridge.mlflow_folder import MlflowFolder
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.entities.names import shown_address
from runstone.errors import InvalidValue, LocalFileNotFound, Unsupported
from runstone.stores.resolve import scheme_of

_DATABASES = {"sqlite", "postgres", "postgresql"}


def open_source(named: str, allowed: Sequence[Path] = ()) -> Source:
    """Open what experiments and runs are brought from.

    Where it names files by a folder of this machine, they are read only below that of a SQLite database or of a folder
    of MLflow, or for other databases and servers below ``mlruns`` and ``mlartifacts`` in the working directory.

    Args:
        named: A bundle, a folder of MLflow, or the address of a database of MLflow or of Runstone, or of a server.
        allowed: Other folders below which files may be read.

    Raises:
        BackendError: It cannot be read.
        InvalidValue: The address cannot be read, or the bundle is none or is damaged.
        LocalFileNotFound: There is no such file.
        SchemaMismatch: The database is neither MLflow's nor Runstone's, or of a version that is not known.
        Unsupported: Nothing of this kind can be read.
    """
    scheme = scheme_of(named)
    if scheme.partition("+")[0] in _DATABASES:
        # By name: what reads databases comes with an extra, and a bundle needs none.
        database: Source = import_module("runstone.bridge.mlflow_database").open_database(named, _fence(named, allowed))
        return database
    if scheme in {"http", "https"}:
        return StoreSource(named, fence=_fence(named, allowed))
    path = Path(named)
    if scheme:
        raise Unsupported(
            f"nothing can be imported from {shown_address(named)}; wanted: a bundle, a folder of MLflow, "
            "'sqlite:///FILE', 'postgresql://USER@HOST/DATABASE', or the 'http://' or 'https://' address of a server"
        )
    if not path.exists():
        raise LocalFileNotFound(named)
    if path.is_dir():
        return MlflowFolder(path, allowed)
    if not path.is_file():
        raise InvalidValue(f"{named} is neither a file nor a folder")
    if _is_database(path):
        raise Unsupported(f"{path} is a database; name it 'sqlite:///{path}'")
    if allowed:
        raise InvalidValue(f"{path} is a bundle, which has its files in itself; leave out `--allow-artifacts-under`")
    return Bundle(path)


def _fence(address: str, allowed: Sequence[Path]) -> Fence:
    """Where the files of a database or a server may be."""
    if not scheme_of(address).startswith("sqlite"):
        return Fence([*usual_folders(Path.cwd()), *allowed])
    # By name, as above.
    path: Path = import_module("runstone.stores.sql.database").path_of(f"sqlite{address[address.index('://') :]}")
    return Fence([path.parent, *allowed])


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"
