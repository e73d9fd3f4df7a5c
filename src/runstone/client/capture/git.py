"""Calls of ``git`` that read a repository, and let it run nothing: no hook, pager, filter, or program of its own."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from time import monotonic
from types import MappingProxyType

from runstone import forking
from runstone.errors import Unsupported

TOP = PurePosixPath()
_TIMEOUT_S = 30
_QUIET = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.quotePath": "false",
    "diff.orderFile": os.devnull,
    "diff.suppressBlankEmpty": "false",
    "submodule.recurse": "false",
}
_FALSE = {"false", "no", "off", "0"}
_FILTERS = ("clean", "smudge", "process")


class Repository:
    """A work tree of git, read by the ``git`` of this machine.

    Attributes:
        root: The top folder of the work tree.
        config: What the repository's own configuration says, names in git's spelling; the last of equal names.
    """

    def __init__(self, within: Path) -> None:
        """Find the repository that a folder is in.

        Raises:
            Unsupported: git is not installed, does not trust the folder, finds no work tree there, or cannot be kept
                from a filter of it.
        """
        self.root = within
        self._options = dict(_QUIET)
        self.root = Path(os.fsdecode(self.read("rev-parse", "--show-toplevel").removesuffix(b"\n")))
        self.config: dict[str, str] = {}
        self._add_config("--local")
        if self.config.get("extensions.worktreeconfig", "false").lower() not in _FALSE:
            self._add_config("--worktree")
        # A filter that the user has set up for all repositories, such as that of large files, is the user's own.
        for name in self.config:
            kind, _, key = name.rpartition(".")
            if kind.startswith("filter.") and key in {*_FILTERS, "required"}:
                if "=" in kind:  # behind `-c`, git takes a name to end there
                    raise Unsupported(
                        f"its repository has a filter named {kind.removeprefix('filter.')!r}, which git cannot be told "
                        "not to run: give it a name without `=`"
                    )
                self._options |= {f"{kind}.{word}": "" for word in _FILTERS} | {f"{kind}.required": "false"}

    def _add_config(self, place: str) -> None:
        listed = self.read("config", place, "--includes", "--list", "-z")
        for entry in os.fsdecode(listed).split("\0"):
            name, _, value = entry.partition("\n")
            self.config[name] = value

    def read(
        self,
        *arguments: str,
        options: Mapping[str, str] = MappingProxyType({}),
        given: bytes = b"",
        most: int = 16 << 20,
        within_s: float = _TIMEOUT_S,
    ) -> bytes:
        """What a command of git prints; see :func:`run`. ``options`` go before those of the repository."""
        options = {**self._options, **options}
        return run(self.root, *arguments, options=options, given=given, most=most, within_s=within_s)


def run(
    folder: Path,
    *arguments: str,
    options: Mapping[str, str] = _QUIET,
    given: bytes = b"",
    most: int = 16 << 20,
    within_s: float = _TIMEOUT_S,
) -> bytes:
    """What a command of git prints.

    Args:
        folder: Where it runs.
        arguments: The command and what follows it.
        options: Configuration that goes before that of files.
        given: What it reads from its standard input.
        most: Bytes that it may print.
        within_s: Seconds that it may take.

    Raises:
        Unsupported: It failed, printed more, or took too long.
    """
    with forking.held_off():  # on use: `import runstone` is to stay quick
        import subprocess
        from tempfile import TemporaryFile

    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    command = ["git", "--no-pager", "--no-optional-locks", *settings, "-C", str(folder), *arguments]
    with TemporaryFile() as complaints, TemporaryFile() as question:
        question.write(given)
        question.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603  # a list, and what git is told to run is switched off
                command, stdin=question, stdout=subprocess.PIPE, stderr=complaints, env=_environment()
            )
        except OSError as error:
            raise Unsupported(f"git cannot be run: {error.strerror}") from error
        began = monotonic()
        timer = threading.Timer(within_s, process.kill)
        timer.start()
        with process:
            assert process.stdout is not None
            printed = process.stdout.read(most + 1)
            if len(printed) > most:
                process.kill()
            process.wait()
        timer.cancel()
        if len(printed) > most:
            raise Unsupported(f"git {arguments[0]} prints more than {most:,} bytes")
        if process.returncode and monotonic() - began >= within_s:
            raise Unsupported(f"git {arguments[0]} took longer than {within_s:g} s")
        if process.returncode:
            complaints.seek(0)
            lines = complaints.read(2000).decode(errors="replace").strip().split("\n")
            said = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[0])
            raise Unsupported(f"git {arguments[0]} fails: {said or f'exit code {process.returncode}'}")
    return printed


def submodules(repository: Repository, within: PurePosixPath = TOP) -> dict[PurePosixPath, str]:
    """The submodules that ``.gitmodules`` tells of: their names by their paths, as seen from the top of the repository.

    Args:
        repository: The one around them all.
        within: The path of one of them, for those of that one.
    """
    file = repository.root / within / ".gitmodules"
    if not file.is_file():
        return {}
    try:
        listed = repository.read("config", "--file", str(file), "-z", "--get-regexp", r"^submodule\..*\.path$")
    except Unsupported:  # it tells of none, or is none
        return {}
    found = {}
    for entry in os.fsdecode(listed).split("\0"):
        key, _, path = entry.partition("\n")
        if path and ".." not in PurePosixPath(path).parts and not path.startswith("/"):
            found[within / path] = key.removeprefix("submodule.").removesuffix(".path")
    return found


def is_in_repository(folder: Path) -> bool:
    """Whether a folder looks as if it were in a work tree of git; without asking git."""
    return any((above / ".git").exists() for above in (folder, *folder.parents))


def _environment() -> dict[str, str]:
    """Ours, without what would lead git elsewhere, and with its messages in English.

    Objects that a partial clone lacks are not fetched on the way: its remote may name a program.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    return kept | {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        "GIT_NO_LAZY_FETCH": "1",
    }
