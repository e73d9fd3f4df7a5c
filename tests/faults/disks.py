"""Disks that can be filled, and disks whose power can be cut."""

import fcntl
import os
import resource
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

SIZE = 8 << 20
_IMAGE_SIZE = 32 << 20
# Of `linux/fs/ext4/ioctl.h`: all that is not on the disk is dropped, its journal included.
_EXT4_SHUTDOWN = 0x8004587D
_WITHOUT_FLUSHING = 2


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


class LosingDisk:
    """A folder on a file system that a loss of power takes from the system, where we may mount one.

    Attributes:
        folder: Where the disk is.
        is_mounted: Whether it is a file system of its own; else nothing is lost.
    """

    def __init__(self, folder: Path, image: Path) -> None:
        self.folder, self._image = folder, image
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(_IMAGE_SIZE)
        self.is_mounted = os.geteuid() == 0 and which("mkfs.ext4") is not None and self._make() and self._mount()

    def cut(self) -> None:
        """Take the power away: what the system has not written to the disk is gone, and nothing can be written."""
        if self.is_mounted:
            root = os.open(self.folder, os.O_RDONLY)
            try:
                fcntl.ioctl(root, _EXT4_SHUTDOWN, struct.pack("I", _WITHOUT_FLUSHING))
            finally:
                os.close(root)

    def give_back(self) -> None:
        """Let the system find what is on the disk; no process may use it any more."""
        if self.is_mounted:
            self._unmount()
            assert self._mount()

    def remove(self) -> None:
        """Take it out."""
        if self.is_mounted:
            self._unmount()

    def _make(self) -> bool:
        return not subprocess.run(["mkfs.ext4", "-q", "-F", self._image], check=False).returncode

    def _mount(self) -> bool:
        return not subprocess.run(["mount", "-o", "loop", self._image, self.folder], check=False).returncode

    def _unmount(self) -> None:
        subprocess.run(["umount", self.folder], check=True)


@contextmanager
def losing_disk(folder: Path) -> Iterator[LosingDisk]:
    """A disk of 32 MiB while the block runs, whose power can be cut."""
    disk = LosingDisk(folder, folder.with_name(f"{folder.name}.img"))
    try:
        yield disk
    finally:
        disk.remove()
