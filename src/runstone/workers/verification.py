"""Whether a model is what it was when it was saved: its files, its environment, its answers."""

import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from runstone import environments
from runstone.config import without_secrets
from runstone.entities.names import shown_address
from runstone.errors import RunstoneError
from runstone.models import comparison, example, manifest, requirements, signing
from runstone.models.example import SelfTest
from runstone.models.format import RUNSTONE, Model
from runstone.workers import fresh
from runstone.workers.needs import needs

_INSTALLED = """
import importlib.metadata, json, platform
found = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}
print(json.dumps({"python": platform.python_version(), "packages": found}))
"""
_CHANGED = "the files are not those that were saved, so nothing of them is run"
_UNSIGNED = "it is not what the owner of the key signed, so nothing of it is run"
_UNTRUSTED = "it comes from a place that is not yours, so nothing of it is run; if you trust its maker, say so"


class Outcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Check(Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        name: Which: ``files``, ``signature``, ``environment`` or ``answers``.
        outcome: What came of it.
        details: What differs, or why it was skipped, a sentence each.
    """

    name: str
    outcome: Outcome
    details: list[str]


class Verification(Struct, frozen=True):
    """What is known of a model after it was looked at.

    Attributes:
        checks: One after the other.
    """

    checks: list[Check]

    @property
    def has_passed(self) -> bool:
        """Whether no check failed."""
        return all(check.outcome is not Outcome.FAILED for check in self.checks)


class _Installed(Struct):
    python: str
    packages: dict[str, str]


def verify(folder: Path, *, uri: str, quick: bool, trust: bool, public_key: Path | None = None) -> Verification:
    """Compare a model with what was recorded when it was saved.

    The files are compared by their hashes. Then an environment is made of its lock, anew, and there the model answers
    its example, in a process of its own; the answers are compared with those of then.

    Args:
        folder: The model's folder.
        uri: Where it came from, for messages.
        quick: Whether no environment is made: the model answers where this program runs.
        trust: Whether what it brings may run: its code, and the packages that it asks for.
        public_key: A file with the key that it has to be signed with; ``None`` if it needs no signature.

    Raises:
        InvalidModel: The folder is no model, or cannot be read.
        InvalidValue: The key cannot be used.
        Unsupported: A key is given, and the library for signatures is not installed.
    """
    model = Model.load(folder)
    looked = [_files(model, folder), *_signature(folder, public_key)]
    if any(check.outcome is Outcome.FAILED for check in looked) or not trust:
        why = _CHANGED if looked[0].outcome is Outcome.FAILED else _UNTRUSTED if not trust else _UNSIGNED
        return Verification([*looked, _skipped("environment", why), _skipped("answers", why)])
    if quick:
        environment = _skipped("environment", "left out, as was wanted")
        return Verification([*looked, environment, _answers(model, folder, Path(sys.executable), uri)])
    with TemporaryDirectory(prefix="runstone-environment-") as place:
        environment, python = _environment(model, folder, Path(place), uri)
        if python is None:
            return Verification([*looked, environment, _skipped("answers", "there is no environment to answer in")])
        return Verification([*looked, environment, _answers(model, folder, python, uri)])


def _skipped(name: str, why: str) -> Check:
    return Check(name, Outcome.SKIPPED, [why])


def _check(name: str, wrong: list[str], right: str) -> Check:
    return Check(name, Outcome.FAILED, wrong) if wrong else Check(name, Outcome.PASSED, [right])


def _files(model: Model, folder: Path) -> Check:
    wrong = manifest.differences(folder)
    if wrong is None and RUNSTONE in model.flavors:
        return Check("files", Outcome.FAILED, [f"there is no {manifest.MANIFEST}, which Runstone wrote with the model"])
    if wrong is None:
        return _skipped("files", f"there is no {manifest.MANIFEST}, as in folders that MLflow saved")
    recorded = manifest.read(folder)
    assert recorded is not None
    size = sum(file.size for file in recorded.files)
    return _check("files", wrong, f"{len(recorded.files)} files, {size:,} bytes, digest {recorded.digest}")


def _signature(folder: Path, public_key: Path | None) -> list[Check]:
    if public_key is not None:
        return [
            _check("signature", signing.complaints(folder, public_key), f"signed with the key of {public_key.name}")
        ]
    if (folder / manifest.SIGNATURE).is_file():
        return [_skipped("signature", "it is signed; to compare that, give the public key of whom you expect")]
    return []


def _environment(model: Model, folder: Path, place: Path, uri: str) -> tuple[Check, Path | None]:
    try:
        wanted = needs(model, folder, uri)
        python = environments.make(place, wanted, what=f"the model at {shown_address(uri)}")
    except RunstoneError as error:
        return Check("environment", Outcome.FAILED, [error.message]), None
    command = [str(python), "-I", "-c", _INSTALLED]
    done = subprocess.run(command, capture_output=True, check=True, env=without_secrets())  # noqa: S603  # a list, of ours
    found = msgspec.json.decode(done.stdout, type=_Installed)
    installed = {requirements.normal(name): at for name, at in found.packages.items()}
    once = "" if found.python == wanted.python else f" ({wanted.python} when it was saved)"
    right = f"Python {found.python}{once} with {len(installed)} packages"
    return _check("environment", list(_other_versions(folder, installed)), right), python


def _other_versions(folder: Path, installed: dict[str, str]) -> Iterator[str]:
    lock = folder / requirements.LOCK
    for line in requirements.listed(requirements.LOCK, lock) if lock.is_file() else ():
        name, pinned, version = line.partition("==")
        there = installed.get(requirements.normal(name))
        if pinned and there != version:
            yield f"{name} {there or 'is missing'} instead of {version}"


def _answers(model: Model, folder: Path, python: Path, uri: str) -> Check:
    test = example.self_test(folder) or _example_of_mlflow(model, folder)
    try:
        with fresh.start(model, folder, python, what=f"the model at {shown_address(uri)}") as worker:
            if test is None:
                return _skipped("answers", "it can be loaded; it was saved without an example: give input_example=")
            got = worker.predict(test.data, test.params)
    except RunstoneError as error:
        return Check("answers", Outcome.FAILED, [error.message])
    if not test.is_answered:
        return Check("answers", Outcome.PASSED, ["it answers its example; what it once answered was not kept"])
    return _check("answers", comparison.differences(test.expected, got), "it answers its example as when it was saved")


def _example_of_mlflow(model: Model, folder: Path) -> SelfTest | None:
    """An example as MLflow keeps it: without an answer."""
    if model.saved_input_example_info is None:
        return None
    rows, params = example.read(folder, model.saved_input_example_info, model.signature)
    return SelfTest(rows, params, expected=None, is_answered=False)
