"""A disk that is small enough to be filled, and that room can be made on."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 8 << 20


class SmallDisk:
    """A folder on a file system of its own where we may mount one, else one that a process may write little to.

    Attributes:
        folder: Where the disk is.
        is_mounted: Whether it is a file system of its own.
    """

    def __init__(self, folder: Path, *, is_mounted: bool) -> None:
        self.folder = folder
        self.is_mounted = is_mounted

    def fill(self, pid: int, *, leave: int) -> None:
        """Leave room for so many bytes more."""
        if not self.is_mounted:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (leave, resource.RLIM_INFINITY))
            return
        room = os.statvfs(self.folder)
        (self.folder / "ballast").write_bytes(b"x" * (room.f_bavail * room.f_frsize - leave))

    def make_room(self, pid: int) -> None:
        """Undo :meth:`fill`."""
        if not self.is_mounted:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return
        (self.folder / "ballast").unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """A disk of 8 MiB while the block runs."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "runstone-test"]
    mounted = os.geteuid() == 0 and not subprocess.run(["mount", *options, folder], check=False).returncode
    try:
        yield SmallDisk(folder, is_mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)
