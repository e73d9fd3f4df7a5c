"""The code of a run: the commit of its repository, and what differs from that."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct, field

from runstone import config
from runstone.client.capture import git, program
from runstone.client.capture.git import Repository, is_in_repository
from runstone.client.capture.part import Subject
from runstone.client.redaction import KEY_OWNERS, redact, redact_address, redact_patch
from runstone.entities import ArtifactPath
from runstone.entities.tag import GIT_BRANCH, GIT_COMMIT, GIT_REPO_URL
from runstone.errors import InvalidArtifactPath, Unsupported
from runstone.schemas import wire

FACTS = "code/code.json"
PATCH = "code/patch.diff"
UNTRACKED = "code/untracked"

MAX_PATCH = 4 << 20
MAX_FILE = 1 << 20
MAX_UNTRACKED = 4 << 20
MAX_FILES = 200
_MAX_LEFT_OUT = 100

_KINDS = {".c", ".cc", ".cfg", ".cpp", ".cu", ".cuh", ".h", ".hpp", ".ini", ".ipynb", ".jl", ".js", ".json", ".md"}
_KINDS |= {".py", ".pyi", ".pyx", ".qmd", ".r", ".rmd", ".rst", ".sh", ".sql", ".toml", ".ts", ".txt", ".yaml", ".yml"}
_NAMES = {"dockerfile", "containerfile", "makefile", "mlproject"}
_PRIVATE = (
    r"\.env|\.netrc|\.pgpass|\.pypirc|kaggle\.json$|id_(?:rsa|dsa|ecdsa|ed25519)|credentials?\b|secrets?\b"
    r"|.*\.(?:pem|key|p12|pfx)$"
)
# In the names of settings and notes; what programs hold is left to the search for secrets, for they are needed.
_SETTINGS = {".cfg", ".ini", ".json", ".toml", ".txt", ".yaml", ".yml"}
_PROMISES = (
    r"(?:.*[^a-z0-9])?(?:(?:secrets?|credentials?|creds|passwords?|passwd|passphrases?|service[_ -]?accounts?"
    r"|(?:access|api|auth|refresh)[_ -]?tokens?|(?:access|api|private|secret|signing|ssh)[_ -]?keys?)(?![a-z])"
    rf"|(?:(?:db|root|vault)[_ -]?pass|pwd|token|{KEY_OWNERS}[_ -]?keys?)\d*\.[a-z]+$)"
)
# Whatever the user's settings of git say, of which some make a patch that applies nowhere.
_PATCH_OPTIONS = (
    "--patch", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames",
    "--no-relative", "--unified=3", "--inter-hunk-context=0", "--ignore-submodules=dirty",
    "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
# What Runstone and MLflow keep beside a program by default.
_STORES = r"(?:.*/)?(?:\.runstone|runstone-artifacts|mlruns|mlartifacts)/|(?:.*/)?(?:runstone|mlflow)\.db(?:-\w+)?$"


class LeftOut(Struct, frozen=True):
    """A file that differs from the commit and is not kept.

    Where the path is empty, the reason tells of the whole: why there is no patch, or how many more files are not kept.
    """

    path: str
    reason: str


class CodeFacts(Struct, kw_only=True):
    """What ``code.json`` says.

    Attributes:
        version: Version of the format.
        commit: The commit; ``None`` where there is none yet.
        branch: The branch; ``None`` where the head is detached.
        remote: Address of the branch's remote, without credentials.
        dirty: Whether anything differs from the commit.
        patch: Whether ``patch.diff`` holds what differs in files that git tracks.
        untracked: Files below ``untracked`` that git does not track.
        executable: Those among them that their owner may execute.
        absent: Submodules that had not been put into their folders.
        left_out: What differs and is not kept.
        redacted: How many secrets were replaced in all of it.
    """

    version: int = 1
    commit: str | None = None
    branch: str | None = None
    remote: str | None = None
    dirty: bool = False
    patch: bool = False
    untracked: list[str] = field(default_factory=list)
    executable: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    redacted: int = 0

    @property
    def files_left_out(self) -> int:
        """How many files are left out, listed or not."""
        return sum(1 if left.path else _unlisted(left) for left in self.left_out)

    @property
    def notes(self) -> list[str]:
        """What is told of the whole but for that number."""
        return [left.reason for left in self.left_out if not left.path and not _unlisted(left)]


class _Status(Struct):
    """What ``git status`` says: files by how they differ.

    Attributes:
        changed: What git tracks, by path, and the hash of what the commit has there; all zeros where it has nothing.
        untracked: What git does not track; folders that are so as a whole end with ``/``.
    """

    changed: dict[str, str] = field(default_factory=dict)
    untracked: list[str] = field(default_factory=list)


def picture(subject: Subject) -> None:
    """Set the tags of a run that tell of its repository, and keep what differs from the commit.

    A nested run has the tags only: its code is that of the run around it. What an earlier process of a resumed run has
    kept stays.

    Raises:
        Unsupported: git cannot read the repository.
        RunstoneError: What was found cannot be stored.
    """
    if subject.parent is not None:
        subject.set_tags(subject.parent.git_tags.result())
        return
    home = program.current(subject.directory).home
    if not is_in_repository(home):
        return
    repository = Repository(home)
    commit, branch = _head(repository)
    facts = CodeFacts(commit=commit, branch=branch and program.readable(branch), remote=_remote(repository, branch))
    tags = {GIT_COMMIT: facts.commit, GIT_BRANCH: facts.branch, GIT_REPO_URL: facts.remote}
    subject.git_tags.set_result({key: value for key, value in tags.items() if value})
    if PurePosixPath(FACTS).name in subject.names_in("code"):
        return
    subject.set_tags(subject.git_tags.result())
    status = _status(repository)
    facts.dirty = bool(status.changed or status.untracked)
    facts.absent = [program.readable(path) for path in _absent(repository)]
    if config.CAPTURE_CODE.required():
        _keep_patch(subject, repository, status.changed, facts)
        _keep_untracked(subject, repository, status.untracked, facts)
    facts.left_out = _shortened(facts.left_out)
    subject.write(FACTS, wire.encode(facts) + b"\n")


def _absent(repository: Repository, within: PurePosixPath = git.TOP) -> list[str]:
    """The submodules whose folders are empty, in the order of ``.gitmodules``; also those of submodules."""
    absent = []
    for path in git.submodules(repository, within):
        if not (repository.root / path / ".git").exists():
            absent.append(str(path))
        elif path != within:
            absent += _absent(repository, path)
    return absent


def _shortened(left_out: list[LeftOut]) -> list[LeftOut]:
    """The first files, all that is told of the whole, and how many files are not listed."""
    files, notes = [left for left in left_out if left.path], [left for left in left_out if not left.path]
    unlisted = len(files) - _MAX_LEFT_OUT
    return [*files[:_MAX_LEFT_OUT], *notes, *([LeftOut("", f"{unlisted} more files")] if unlisted > 0 else [])]


def _unlisted(left: LeftOut) -> int:
    found = re.fullmatch(r"(\d+) more files", left.reason)
    return int(found[1]) if found else 0


def _head(repository: Repository) -> tuple[str | None, str | None]:
    """The commit, ``None`` where there is none yet, and the branch, ``None`` where the head is detached.

    Asked before what differs, which takes git long in a large work tree, or on a slow disk.
    """
    try:
        commit, _, name = _line(repository.read("rev-parse", "HEAD", "--symbolic-full-name", "HEAD")).partition("\n")
    except Unsupported:  # there is no commit yet, or git says next what is wrong
        commit, name = "", _line(repository.read("symbolic-ref", "HEAD"))
    branch = name.removeprefix("refs/heads/")
    return commit or None, branch if branch != name else None


def _line(printed: bytes) -> str:
    return os.fsdecode(printed.removesuffix(b"\n"))


def _status(repository: Repository) -> _Status:
    printed = repository.read(
        "status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=dirty"
    )
    status = _Status()
    for line in os.fsdecode(printed).split("\0"):
        kind, _, rest = line.partition(" ")
        if kind == "1":
            *_, old, _, path = rest.split(" ", 7)
            status.changed[path] = old
        elif kind == "u":  # of three versions, the second is ours
            *_, old, _, path = rest.split(" ", 9)
            status.changed[path] = old
        elif kind == "?" and not re.match(_STORES, rest):
            status.untracked.append(rest)
    return status


def _remote(repository: Repository, branch: str | None) -> str | None:
    """Address of the remote of a branch, else of ``origin``, without credentials."""
    name = repository.config.get(f"branch.{branch}.remote") or "origin"
    return redact_address(program.readable(repository.config.get(f"remote.{name}.url", ""))) or None


def _keep_patch(subject: Subject, repository: Repository, changed: Mapping[str, str], facts: CodeFacts) -> None:
    try:
        patch = _patch(repository, changed, facts) if changed else b""
    except Unsupported as error:
        facts.left_out.append(LeftOut("", f"no patch is kept: {error}"))
        return
    if not patch:
        return
    redacted = redact_patch(patch.decode(errors="surrogateescape"))
    facts.redacted += redacted.secrets
    facts.patch = True
    subject.write(PATCH, redacted.text.encode(errors="surrogateescape"))


def _patch(repository: Repository, changed: Mapping[str, str], facts: CodeFacts) -> bytes:
    """What differs from the commit, as `git apply` takes it; what it leaves out is noted."""
    unfit = _unfit_for_patch(repository, changed)
    facts.left_out += [LeftOut(program.readable(path), reason) for path, reason in unfit.items()]
    if len(unfit) > MAX_FILES:
        raise Unsupported(f"more than {MAX_FILES} files differ that it leaves out")
    # Where there is no commit yet, all files are new: they differ from the empty tree.
    base = facts.commit or repository.read("hash-object", "-t", "tree", os.devnull).decode().strip()
    return repository.read(
        "diff", *_PATCH_OPTIONS, base, "--", ":/", *(f":(top,exclude,literal){path}" for path in unfit),
        most=MAX_PATCH,
    )  # fmt: skip


def _unfit_for_patch(repository: Repository, changed: Mapping[str, str]) -> dict[str, str]:
    """The files that the patch leaves out, and why: it has the old text of a file as well as the new one."""
    asked = "".join(f"{old}\n" for old in changed.values()).encode()
    sizes = repository.read("cat-file", "--batch-check=%(objectsize)", given=asked).decode().splitlines()
    unfit = {}
    for path, size in zip(changed, sizes, strict=True):
        file = repository.root / path
        if _promises_secrets(path):
            unfit[path] = "its name promises secrets"
        elif _size(file) > MAX_FILE:
            unfit[path] = f"larger than {MAX_FILE:,} bytes"
        elif size.isdigit() and int(size) > MAX_FILE:  # else there is nothing of that hash here
            is_there = os.path.lexists(file)
            unfit[path] = f"{'' if is_there else 'removed, and '}larger than {MAX_FILE:,} bytes in the commit"
    return unfit


def _keep_untracked(subject: Subject, repository: Repository, untracked: list[str], facts: CodeFacts) -> None:
    size = 0
    for path in _files(repository, untracked, facts):
        reason = _why_not(repository.root / path, path)
        if not reason:
            data = _content(repository.root / path)
            if isinstance(data, str):
                reason = data
            elif len(facts.untracked) == MAX_FILES:
                reason = f"beyond the first {MAX_FILES} files"
            elif size + len(data) > MAX_UNTRACKED:
                reason = f"beyond {MAX_UNTRACKED:,} bytes in all"
            else:
                size += len(data)
                redacted = redact(data.decode(errors="surrogateescape"), path)
                facts.redacted += redacted.secrets
                facts.untracked.append(path)
                facts.executable += [path] if _is_executable(repository.root / path) else []
                subject.write(f"{UNTRACKED}/{path}", redacted.text.encode(errors="surrogateescape"))
        if reason:
            facts.left_out.append(LeftOut(program.readable(path), reason))


def _files(repository: Repository, untracked: list[str], facts: CodeFacts) -> list[str]:
    """The files of all that is untracked; git names a folder that is so as a whole, which is much quicker.

    Folders with more files than can be listed, such as those of a data set, are told to be left out.
    """
    folders = [path for path in untracked if path.endswith("/")]
    files = {path for path in untracked if not path.endswith("/")}
    if folders:
        try:
            listed = repository.read(
                "ls-files", "--others", "--exclude-standard", "-z", "--", *(f":(top,literal){path}" for path in folders)
            )
        except Unsupported as error:
            facts.left_out += [
                LeftOut(program.readable(path), f"its files cannot be listed: {error}") for path in folders
            ]
            return sorted(files)
        files |= {path for path in os.fsdecode(listed).split("\0") if path and not re.match(_STORES, path)}
    return sorted(files)


def _why_not(file: Path, path: str) -> str:
    """Why an untracked file is not kept; empty where it is."""
    name = file.name.lower()
    if path.endswith("/"):
        return "a repository of its own"
    if file.is_symlink():
        return "a symbolic link"
    if _promises_secrets(path):
        return "its name promises secrets"
    if file.suffix.lower() not in _KINDS and name not in _NAMES:
        return "neither source nor settings"
    if _size(file) > MAX_FILE:
        return f"larger than {MAX_FILE:,} bytes"
    try:
        ArtifactPath(path)
    except InvalidArtifactPath:
        return "its name cannot be that of an artifact"
    return ""


def _promises_secrets(path: str) -> bool:
    name = PurePosixPath(path.lower())
    return bool(re.match(_PRIVATE, name.name) or (name.suffix in _SETTINGS and re.match(_PROMISES, name.name)))


def _content(file: Path) -> bytes | str:
    """What is in a file, or why that cannot be told."""
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_FILE)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _is_executable(file: Path) -> bool:
    try:
        return bool(file.lstat().st_mode & stat.S_IXUSR)
    except OSError:  # it is gone
        return False


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:  # it is gone
        return 0
