"""What this Python imports of the run's repository as that stands now, and how a repetition has the run's instead."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from runstone.client.capture import git
from runstone.client.capture.environment import EnvironmentFacts
from runstone.errors import Unsupported
from runstone.reproduction import checkout

_WITHOUT_SETTINGS = re.compile(r"-[A-Za-z]*[EIS][A-Za-z]*")

# Python imports it at its start, once it knows where packages are; so do the processes that the program starts.
_SITE = '''"""Leads imports from a repository, as it stands now, into the folder that the code of a run was put into."""

import importlib.machinery
import importlib.util
import os
import sys

ROOTS, CODE = {roots}, {code}
HERE = os.path.realpath(os.path.dirname(__file__))
KEPT = [CODE, *(os.path.realpath(each) for each in (sys.prefix, sys.exec_prefix, sys.base_prefix))]


def is_within(path, folders):
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def led(path):
    real = os.path.realpath(path)
    if not os.path.isabs(path) or is_within(real, KEPT) or real.endswith(("site-packages", "dist-packages")):
        return path
    root = next((each for each in ROOTS if is_within(real, [each])), None)
    return path if root is None else CODE + real[len(root) :]


sys.path[:] = [led(path) for path in sys.path if os.path.realpath(path) != HERE]
for name, module in list(sys.modules.items()):
    if name.startswith("__editable__"):
        mapped, shared = getattr(module, "MAPPING", {{}}), getattr(module, "NAMESPACES", {{}})
        mapped.update({{key: led(path) for key, path in mapped.items()}})
        shared.update({{key: [led(path) for path in paths] for key, paths in shared.items()}})

spec = importlib.machinery.PathFinder.find_spec(__name__, sys.path)  # the one that stands behind this
if spec is not None and spec.loader is not None:
    sys.modules[__name__] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[__name__])
'''


def roots(commit: str) -> list[str]:
    """The repositories with a commit that this Python imports something from."""
    places = {Path(os.path.realpath(place)) for place in _imported()}
    return sorted({str(root) for place in places if place.is_dir() and (root := root_with(commit, place))})


def told(facts: EnvironmentFacts, commit: str, *, with_this_python: bool) -> list[str]:
    """What is told of packages in editable form that cannot be had as they were, a sentence each.

    Args:
        facts: What was recorded.
        commit: That of the run: a folder of a repository that has it can be had as it was.
        with_this_python: Whether the program is to run with this Python; else what is installed is installed anew.
    """
    imported = [Path(os.path.realpath(place)) for place in _imported()]
    sentences = []
    for package in facts.packages:
        version = None if with_this_python else package.version
        folder = installed_from(package.name, version) if package.source == "editable" else None
        if folder is None or not folder.is_dir():
            continue
        why = ""
        if root_with(commit, folder) is None:
            why = "the commit is not in there" if with_this_python else "unless the project is in the code of the run"
        elif with_this_python and not any(place.is_relative_to(folder) for place in imported):
            why = "how it is installed is not understood"
        elif with_this_python and _is_deaf(facts.command):
            why = "an option of the command demands it"
        if why:
            sentences.append(f"{package.name} is taken from {folder} as it is now: {why}")
    return sentences


def root_with(commit: str, place: Path) -> Path | None:
    """The top of the repository around a place, or of one around that, if it has a commit."""
    for top in checkout.around(Path(os.path.realpath(place))):
        try:
            git.run(top, "cat-file", "-e", f"{commit}^{{commit}}")
        except Unsupported:
            continue
        return top
    return None


def installed_from(name: str, version: str | None = None) -> Path | None:
    """The folder or file that a package is installed from here; ``None`` if from elsewhere, or in another version."""
    try:
        here = distribution(name)
        url = msgspec.json.decode(here.read_text("direct_url.json") or "{}").get("url", "")
    except (PackageNotFoundError, msgspec.DecodeError):
        return None
    place = Path(os.path.realpath(unquote(urlsplit(url).path)))
    return place if version in {None, here.version} and url.startswith("file:") and place.exists() else None


def lead(commit: str, code: Path, folder: Path) -> dict[str, str]:
    """The settings with which Python imports from the code of the run what it would import from its repository.

    Args:
        commit: That of the run.
        code: Where its code is.
        folder: Where what Python needs for it is put.
    """
    found = roots(commit)
    if not found:
        return {}
    folder.mkdir()
    site = _SITE.format(roots=json.dumps(found), code=json.dumps(os.path.realpath(code)))
    (folder / "sitecustomize.py").write_text(site, encoding="utf-8")
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(paths)}


def _imported() -> Iterator[str]:
    """Where this Python imports from, but for the folder of its own script, or that one stands in."""
    yield from sys.path[0 if sys.flags.safe_path else 1 :]
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            yield from getattr(module, "MAPPING", {}).values()


def _is_deaf(command: Sequence[str]) -> bool:
    """Whether Python is told to heed no setting, or to know no packages."""
    for argument in command[1:]:
        if not argument.startswith("-") or argument in {"-", "-c", "-m"}:
            return False
        if _WITHOUT_SETTINGS.fullmatch(argument):
            return True
    return False
