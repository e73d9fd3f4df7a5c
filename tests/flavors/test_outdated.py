"""Files of strangers need trust where the library that opens them is known to run what they hold."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runstone.flavors.base import Flavor
from runstone.flavors.keras import KerasFlavor
from runstone.flavors.lightgbm import LightgbmFlavor
from runstone.flavors.pytorch import PytorchFlavor
from runstone.flavors.sklearn import SklearnFlavor
from runstone.flavors.spacy import SpacyFlavor

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts the description of a package where Python finds it first."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def installed(name: str, version: str) -> None:
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    return installed


@pytest.mark.parametrize(
    ("flavor", "package", "old", "new"),
    [
        (KerasFlavor(), "keras", "3.8.0", "3.12.0"),
        (KerasFlavor(), "keras", "2.15", "3.15.1"),
        (PytorchFlavor(), "torch", "2.5.1+cpu", "2.6.0+cu124"),
        (PytorchFlavor(), "torch", "1.13", "3.0"),
        (SpacyFlavor(), "torch", "2.5.1", "2.13.0"),
        (SklearnFlavor(), "skops", "0.11.0", "0.12.0"),
        (LightgbmFlavor(), "skops", "0.9", "1.0.0"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
@pytest.mark.parametrize("is_old", [True, False])
def test_file_of_a_stranger_needs_trust_where_its_library_is_old(
    flavor: Flavor, package: str, old: str, new: str, is_old: bool, install: Install
) -> None:
    install(package, old if is_old else new)

    found = flavor.runs_code({"weights_only": True, "serialization_format": "skops", "data": "model.skops"})

    assert found.startswith(f"{package} {old} can be made to run code by a file" if is_old else "")
    assert bool(found) == is_old


@pytest.mark.parametrize("flavor", [KerasFlavor(), SpacyFlavor()], ids=lambda each: each.name)
def test_library_that_is_not_there_opens_nothing(flavor: Flavor) -> None:
    assert flavor.runs_code({}) == ""
