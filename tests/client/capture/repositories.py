"""Real repositories of git, made for a test."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runstone.client import Client

Take = Callable[[], dict[str, Any]]


class WorkTree:
    """A folder under git, with an author of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        identity = [
            "-c",
            "user.name=An author",
            "-c",
            "user.email=author@example.org",
            "-c",
            "protocol.file.allow=always",
        ]
        done = subprocess.run(
            ["git", *identity, "-C", str(self.folder), *arguments], input=stdin, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().strip()

    def add_moved_library(self) -> None:
        """Commit a submodule `library`, and let it be at another commit than the one that is noted of it."""
        library = WorkTree(self.folder.parent / "library")
        library.commit(lib__py="1\n")
        self.git("submodule", "add", "-q", str(library.folder), "library")
        self.commit(train__py="a\n")
        library.commit(lib__py="2\n")
        self.git("-C", "library", "pull", "-q")

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def commit(self, **files: str | bytes) -> str:
        """Commit everything, with these files besides; returns the commit."""
        for path, content in files.items():
            self.write(path.replace("__", "."), content)
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")


def kept(client: Client, run_id: str, path: str) -> bytes:
    return Path(client.download_artifacts(run_id, f"runstone/{path}")).read_bytes()
