"""The code of a run in a fresh folder: its commit, then the patch, then the files that git did not track."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from runstone.client.capture import code, git, program, reading
from runstone.client.capture.code import CodeFacts
from runstone.client.capture.git import Repository
from runstone.client.client import Client
from runstone.client.redaction import MARK
from runstone.entities import ArtifactPath
from runstone.errors import NotReproducible, Unsupported

_FETCH_S = 600
_MOST_LISTED = 256 << 20  # of a million files
_SUBMODULE = re.compile(r"index [0-9a-f]+\.\.[0-9a-f]+ 160000|(?:new|deleted) file mode 160000")
_SUBPROJECT = re.compile(r"\+Subproject commit ([0-9a-f]{40,64})")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def sources(facts: CodeFacts, given: str | None, standing: Path) -> list[str]:
    """Where the commit is looked for, in this order.

    Args:
        facts: What was captured.
        given: A path or an address that was named; nothing else is tried then.
        standing: Working directory of now: the repository that it is in comes first, and those around it where that
            is a submodule, then the captured remote.
    """
    if given is not None:
        named = Path(given).absolute()
        is_within = named.is_dir() and not (named / "HEAD").is_file()  # which a bare repository has
        return [str((is_within and program.root_of(named)) or named) if named.exists() else given]
    found = [str(top) for top in around(standing.absolute())]
    return [*found, facts.remote] if facts.remote else found


def around(folder: Path) -> Iterator[Path]:
    """The top of the repository that a folder is in, for git fetches from no folder below it.

    Where that is a submodule, those around it follow.
    """
    top = program.root_of(folder)
    while top is not None:
        yield top
        top = program.root_of(top.parent) if (top / ".git").is_file() else None  # as submodules have it


def check_places(commit: str, places: Sequence[str]) -> None:
    """Refuse a commit that no repository has, as far as folders tell; at an address, only fetching tells.

    Raises:
        NotReproducible: All places are folders, none of which has it, or there is no place.
    """
    told = []
    for place in places:
        if not Path(place).is_dir():
            return
        try:
            git.run(Path(place), "cat-file", "-e", f"{commit}^{{commit}}")
        except Unsupported as error:
            told.append(f"{place} ({error})")
        else:
            return
    raise _nowhere(commit, told)


def _nowhere(commit: str, told: Sequence[str]) -> NotReproducible:
    return NotReproducible(
        f"the commit {commit} is found nowhere: tried {'; '.join(told) or 'no repository'}; stand in a clone that has "
        "it, or name one with --repository"
    )


def check_out(client: Client, run_id: str, facts: CodeFacts, places: Sequence[str], folder: Path) -> None:
    """Put the code of a run into a folder, as it was.

    Args:
        client: The handle on where the run is kept.
        run_id: The run.
        facts: What was captured of its code.
        places: Repositories that may have the commit.
        folder: An empty folder.

    Raises:
        NotReproducible: No repository has the commit, a submodule cannot be fetched, the patch does not apply, or a
            file belongs elsewhere.
    """
    assert facts.commit is not None
    git.run(folder, "init", "--quiet")
    place = _fetch(folder, facts.commit, places)
    repository = Repository(folder)
    repository.read("checkout", "--quiet", "--detach", facts.commit, within_s=_FETCH_S)
    if facts.patch:
        _apply(repository, reading.content(client, run_id, code.PATCH))
    _fetch_submodules(repository, facts, facts.remote or place, places)
    for path in facts.untracked:
        file = _put(folder, path, reading.content(client, run_id, f"{code.UNTRACKED}/{path}"))
        if path in facts.executable:
            mode = file.stat().st_mode
            file.chmod(mode | (mode & 0o444) >> 2)  # by those who may read it


def _fetch(folder: Path, commit: str, places: Sequence[str]) -> str:
    """Fetch a commit; returns the repository that had it."""
    told = []
    for place in places:
        for wanted in ([commit], ["+refs/*:refs/fetched/*"]):  # not every server hands out a commit by its name
            depth = ["--depth=1"] if wanted == [commit] else []
            try:
                git.run(folder, "fetch", "--quiet", "--no-tags", *depth, "--", place, *wanted, within_s=_FETCH_S)
                git.run(folder, "cat-file", "-e", f"{commit}^{{commit}}")
            except Unsupported as error:
                complaint = str(error)
            else:
                return place
        told.append(f"{place} ({complaint})")
    raise _nowhere(commit, told)


def _apply(repository: Repository, patch: bytes) -> None:
    text = with_old_lines(patch.decode(errors="surrogateescape"), repository.root)
    file = repository.root / ".git" / "runstone.patch"
    file.write_bytes(text.encode(errors="surrogateescape"))
    try:
        repository.read("apply", "--whitespace=nowarn", str(file), options={"apply.ignoreWhitespace": "no"})
        for path, commit in moved_submodules(text):
            change = ["--add", "--cacheinfo", f"160000,{commit},{path}"] if commit else ["--force-remove", "--", path]
            repository.read("update-index", *change)
    except Unsupported as error:
        raise NotReproducible(f"the patch of the run does not apply to its commit: {error}") from error
    finally:
        file.unlink()


def _fetch_submodules(
    repository: Repository,
    facts: CodeFacts,
    origin: str,
    places: Sequence[str],
    within: PurePosixPath = git.TOP,
) -> None:
    """Put the submodules into their folders, each at the commit that the index names, and theirs into them.

    Args:
        repository: The one around them.
        facts: What was captured: the run did without those that were absent then.
        origin: Where it came from: addresses such as ``../library`` are meant from there.
        places: Repositories that may hold them as well, in the same folders: they are tried first.
        within: Its own path in the outermost one.
    """
    names = git.submodules(repository)
    for path, commit in _submodules_of_index(repository):
        inner = repository.root / path
        held = [str(Path(place, within / path)) for place in places if Path(place, within / path, ".git").exists()]
        if str(within / path) in facts.absent or not (held or path in names):
            continue
        if not _is_within(repository.root, inner):
            raise NotReproducible(f"the submodule {str(within / path)!r} belongs outside of its folder")
        try:
            address = _address(repository, path, names[path], origin) if path in names else ""
            inner.mkdir(parents=True, exist_ok=True)
            git.run(inner, "init", "--quiet")
            _fetch(inner, commit, [*held, *filter(None, [address])])
            found = Repository(inner)
            found.read("checkout", "--quiet", "--detach", commit, within_s=_FETCH_S)
        except (NotReproducible, Unsupported) as error:
            raise NotReproducible(
                f"the submodules of the commit cannot be fetched: {within / path}: {error}"
            ) from error
        _fetch_submodules(found, facts, address, places, within / path)


def _submodules_of_index(repository: Repository) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in os.fsdecode(repository.read("ls-files", "--stage", "-z", most=_MOST_LISTED)).split("\0"):
        told, _, path = entry.partition("\t")
        if told.startswith("160000 "):
            yield PurePosixPath(path), told.split(" ")[1]


def _address(repository: Repository, path: PurePosixPath, name: str, origin: str) -> str:
    """The address of a submodule; empty where it has none that git accepts."""
    try:
        repository.read("submodule", "--quiet", "init", "--", str(path), options={"remote.origin.url": origin})
        address = repository.read("config", "--local", f"submodule.{name}.url")
    except Unsupported:
        return ""
    return os.fsdecode(address.removesuffix(b"\n"))


def lost_secrets(client: Client, run_id: str, facts: CodeFacts) -> int:
    """How many secrets of the code of a run are gone: not those of old lines, which its commit has."""
    if not facts.redacted:
        return 0
    kept = [reading.content(client, run_id, f"{code.UNTRACKED}/{path}") for path in facts.untracked]
    texts = [data.decode(errors="replace") for data in kept]
    if facts.patch:
        patch = reading.content(client, run_id, code.PATCH).decode(errors="replace").split("\n")
        texts += [line for line in patch if line.startswith("+")]
    return min(facts.redacted, sum(text.count(MARK) for text in texts))  # the code itself may have the mark


def moved_submodules(patch: str) -> Iterator[tuple[str, str]]:
    """The submodules that a patch moves, adds or removes: the path of each, and its commit; empty if it is removed."""
    path, is_submodule = "", False
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            path, is_submodule = "", False
        elif _SUBMODULE.fullmatch(line):
            is_submodule = True
        elif line.startswith(("--- a/", "+++ b/")):
            path = line[len("--- a/") :].rstrip("\t")
        elif is_submodule and path and line == "+++ /dev/null":
            yield path, ""
        elif is_submodule and path and (found := _SUBPROJECT.fullmatch(line)):
            yield path, found[1]


def with_old_lines(patch: str, root: Path) -> str:
    """A patch whose lines of the old files hold again what was redacted in them, as the files at its commit have it."""
    lines = patch.split("\n")
    for at, name, number in _old_lines(lines):
        if MARK in lines[at] and (root / name).is_file() and _is_within(root, root / name):
            old = (root / name).read_bytes().decode(errors="surrogateescape").split("\n")
            if number <= len(old):
                lines[at] = lines[at][0] + old[number - 1]
    return "\n".join(lines)


def _old_lines(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """The lines of the old files: where in the patch, of which file, and their number there."""
    name, number, left = "", 0, 0
    for at, line in enumerate(lines):
        if left > 0 and line[:1] in {" ", "-"}:
            yield at, name, number
            number, left = number + 1, left - 1
        elif line.startswith("--- "):
            name = line.removeprefix("--- ").rstrip("\t").removeprefix("a/")
        elif found := _HUNK.match(line):
            number, left = int(found[1]), int(found[2] or 1)


def _put(folder: Path, path: str, data: bytes) -> Path:
    parts = PurePosixPath(ArtifactPath(path)).parts
    target = folder.joinpath(*parts)
    if ".git" in (part.lower() for part in parts) or not _is_within(folder, target):
        raise NotReproducible(f"the file {path!r} of the run belongs outside of its folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def _is_within(folder: Path, path: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
