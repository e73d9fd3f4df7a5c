"""Which installed packages a model needs, read off the running environment without another process."""

import platform
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidValue, LocalFileNotFound

REQUIREMENTS = "requirements.txt"
CONDA = "conda.yaml"
PYTHON_ENV = "python_env.yaml"
CONSTRAINTS = "constraints.txt"
LOCK = "lock/requirements.txt"

_BUILD = ("pip", "setuptools", "wheel")
# Another file, of requirements or of constraints.
_FILE = re.compile(r"(-r|-c|--requirement|--constraint)(?:\s*=\s*|\s*)(?!.*://)([^-].*)")


def of_modules(modules: Iterable[str]) -> list[str]:
    """The distributions that modules come from, each pinned to its installed version.

    Args:
        modules: Names of modules, such as ``sklearn`` or ``sklearn.linear_model``; those of no distribution, as of the
            standard library and of the user's own code, count for nothing. Of a namespace such as ``google``, which
            several distributions fill, all of them are taken.

    Example:
        >>> [line.partition("==")[0] for line in of_modules(["yaml", "json"])]
        ['pyyaml']
    """
    names: set[str] = set()
    for top in {name.partition(".")[0] for name in modules} - sys.stdlib_module_names:
        found = _distributions().get(top, ())
        names.update((found if len(found) > 1 and _is_namespace(top) else found[:1]) or _linked(top))
    metadata = _metadata()
    return [f"{name}=={metadata.version(name)}" for name in sorted({normal(name) for name in names} - {"runstone"})]


def is_installed(module: str, place: Path) -> bool:
    """Whether a module came with an installed package; a module of a user's own may have the name of one.

    Args:
        module: Its top name.
        place: Its file, or the folder of its package.
    """
    place = place.resolve()
    for each in map(_metadata().distribution, _distributions().get(module, ())):
        if place.is_relative_to(Path(str(each.locate_file(""))).resolve()) or _is_editable(each):
            return True
    return bool(_linked(module))


def lock(requirements: Iterable[str]) -> list[str]:
    """All packages that requirements bring, pinned to the versions installed here.

    Args:
        requirements: Lines of a file of requirements; lines that pip alone understands, such as ``-r other.txt`` and
            addresses, and packages that are not installed here in such a version, are left as they are. Hashes are
            left out: pip wants them of all packages or of none.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    metadata = _metadata()
    pinned: dict[str, str] = {}
    others: list[str] = []
    waiting: list[tuple[str, frozenset[str]]] = []
    for line in requirements:
        try:
            wanted = Requirement(_without_hashes(line))
            fits = wanted.url is None and wanted.specifier.contains(metadata.version(wanted.name), prereleases=True)
        except (InvalidRequirement, metadata.PackageNotFoundError):
            fits = False
        if fits:
            waiting.append((wanted.name, frozenset(wanted.extras)))
        else:
            others.append(line)
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            others.append(name)
            continue
        pinned[normal(name)] = f"{normal(name)}=={found.version}"
        waiting += _needed(found.requires or (), extras)
    return [*sorted(pinned.values()), *sorted(set(others) - pinned.keys())]


def _needed(requires: Iterable[str], extras: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
    from packaging.requirements import InvalidRequirement, Requirement

    for text in requires:
        try:
            found = Requirement(text)
        except InvalidRequirement:  # of an old package: installers read it no more
            continue
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield found.name, frozenset(found.extras)


def listed(what: str, given: Any) -> list[str]:
    """Requirements as a user gives them: a list of lines, or the path of a file with them.

    Raises:
        InvalidValue: It is neither, or a line is empty, or the file is no text.
    """
    wrong = f"{what} is a list such as ['pandas>=2'] or the path of a file; got {shown(given)}"
    if isinstance(given, str | Path):
        file = Path(given)
        if not file.is_file():
            raise InvalidValue(f"{wrong}, and there is no such file")
        try:
            text = file.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidValue(f"{what}: {str(file)!r} is no text of UTF-8: {error}") from error
        # A line goes on behind a backslash, as those do that have hashes.
        lines = (re.split(r"\s#|^#", line)[0].strip() for line in re.sub(r"\\\n\s*", "", text).splitlines())
        return [line for line in lines if line]
    if not isinstance(given, Sequence) or not all(isinstance(line, str) and line.strip() for line in given):
        raise InvalidValue(wrong)
    return [line.strip() for line in given]


def complete(what: str, given: Any, *, inside: tuple[Path, ...] = ()) -> list[str]:
    """The same with the lines of other files that they name, and with whole paths of files of constraints.

    Args:
        what: What they are called, for messages.
        given: The list, or the path of a file.
        inside: The files that this one is named in.

    Raises:
        InvalidValue: It is none of these, a line is no requirement, or a file names itself.
        LocalFileNotFound: A file that they name is not there.
    """
    if isinstance(given, str | Path):
        inside = (*inside, Path(given))
    return [each for line in listed(what, given) for each in _read(what, line, inside)]


def _read(what: str, line: str, inside: tuple[Path, ...]) -> list[str]:
    from packaging.requirements import InvalidRequirement, Requirement

    if found := _FILE.fullmatch(line):
        file = (inside[-1].parent if inside else Path()) / found[2]
        if not file.is_file():
            raise LocalFileNotFound(str(file))
        if found[1] not in {"-r", "--requirement"}:
            return [f"-c {file.resolve()}"]
        if file.resolve() in {each.resolve() for each in inside}:
            raise InvalidValue(f"{what}: {str(file)!r} is named in itself: {shown(line)}")
        return complete(what, file, inside=inside)
    asked = _without_hashes(line)
    if not asked.startswith(("-", ".")) and not re.search(r"[/\\]", asked):  # an option, an address or a path
        try:
            Requirement(asked)
        except InvalidRequirement as error:
            raise InvalidValue(
                f"{what}: {shown(line)} is no requirement such as 'pandas>=2': {str(error).splitlines()[0]}"
            ) from None
    return [line]


def _without_hashes(line: str) -> str:
    return re.split(r"\s--", line)[0]


def write(folder: Path, requirements: Sequence[str], *, conda: dict[str, Any] | None = None) -> None:
    """Write the files that say what a model needs, as MLflow's and as ours.

    Args:
        folder: The model's folder.
        requirements: Lines for pip.
        conda: A conda environment to write as it is; made of ``requirements`` if ``None``.
    """
    import yaml

    python = platform.python_version()
    constraints = [line for line in requirements if line.startswith("-c ")]
    plain = [line for line in requirements if line not in constraints]
    if constraints:
        texts = (Path(line.removeprefix("-c ")).read_text("utf-8").strip() for line in constraints)
        (folder / CONSTRAINTS).write_text("".join(f"{text}\n" for text in texts), "utf-8")
        requirements = [*plain, f"-c {CONSTRAINTS}"]
    (folder / REQUIREMENTS).write_text("".join(f"{line}\n" for line in requirements), "utf-8")
    environment = {"python": python, "build_dependencies": list(_BUILD), "dependencies": [f"-r {REQUIREMENTS}"]}
    (folder / PYTHON_ENV).write_text(yaml.safe_dump(environment, sort_keys=False), "utf-8")
    conda = conda or {
        "channels": ["conda-forge"],
        "dependencies": [f"python={python}", "pip", {"pip": list(requirements)}],
        "name": "runstone-model",
    }
    (folder / CONDA).write_text(yaml.safe_dump(conda, sort_keys=False), "utf-8")
    place = folder / LOCK
    place.parent.mkdir(exist_ok=True)
    place.write_text("".join(f"{line}\n" for line in [f"# Python {python}", *lock(plain)]), "utf-8")


def name_in(line: str) -> str:
    """The name of the distribution that a line of a file of requirements asks for, as indexes write it.

    Example:
        >>> name_in("Scikit_Learn[plots]>=1.6; python_version > '3'")
        'scikit-learn'
    """
    return normal(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0])


def normal(name: str) -> str:
    """The name of a distribution as indexes write it.

    Example:
        >>> normal("Scikit_Learn")
        'scikit-learn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _distributions() -> dict[str, list[str]]:
    """Module to distributions, read once: what is installed hardly changes while a program runs.

    It is what ``packages_distributions`` of Python says, in a third of the time: that makes a path of each file.
    """
    found = defaultdict(list)
    for each in _metadata().distributions():
        for module in (each.read_text("top_level.txt") or "").split() or _modules(each):
            found[module].append(each.name)
    return dict(found)


def _is_namespace(module: str) -> bool:
    """Whether a package has no file of its own, so that one distribution is as good as another."""
    try:
        found = find_spec(module)
    except ValueError:  # some of old are made when Python starts, and have no spec
        return True
    return found is not None and found.origin is None


def _modules(distribution: Any) -> list[str]:
    record = distribution.read_text("RECORD")
    files = (line.partition(",")[0] for line in record.splitlines()) if record else map(str, distribution.files or ())
    return list({file.partition("/")[0].removesuffix(".py"): None for file in files if file.endswith(".py")})


def _linked(module: str) -> list[str]:
    """The distributions that bring a module and leave it in the folder of its source, as after ``pip install -e``."""
    return [
        name
        for folder, name in _links()
        if (folder / module / "__init__.py").is_file() or (folder / f"{module}.py").is_file()
    ]


@cache
def _links() -> list[tuple[Path, str]]:
    return [
        (Path(line.strip()), each.name)
        for each in _metadata().distributions()
        if _is_editable(each)
        for file in each.files or ()
        if file.suffix == ".pth"
        for line in each.locate_file(file).read_text("utf-8").splitlines()
    ]


def _is_editable(distribution: Any) -> bool:
    return '"editable"' in (distribution.read_text("direct_url.json") or "")


def _metadata() -> Any:
    """Imported on use: `import runstone` has no need of it, and it is slow to import."""
    return import_module("importlib.metadata")
