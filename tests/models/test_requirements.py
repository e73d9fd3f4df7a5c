"""Which packages a model needs is read off what is installed here."""

import re
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from runstone.errors import InvalidValue
from runstone.models import requirements


def test_modules_belong_to_the_packages_that_python_names() -> None:
    known = {module: sorted(names) for module, names in packages_distributions().items()}

    found = {module: sorted(names) for module, names in requirements._distributions().items()}

    assert found == known


def test_lines_with_hashes_are_read_as_pip_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "needs.txt"
    hashes = " \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n"
    file.write_text(f"msgspec=={version('msgspec')}{hashes}click>=8  # a remark\n", "utf-8-sig")

    found = requirements.complete("pip_requirements", file)

    assert found == [f"msgspec=={version('msgspec')} --hash=sha256:00 --hash=sha256:01", "click>=8"]
    assert requirements.lock(found) == [f"click=={version('click')}", f"msgspec=={version('msgspec')}"]


def test_files_that_name_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("-r two.txt\n")
    (tmp_path / "two.txt").write_text(f"-r ../{tmp_path.name}/one.txt\n")

    with pytest.raises(InvalidValue, match=r"one\.txt' is named in itself: '-r \.\./"):
        requirements.complete("pip_requirements", tmp_path / "one.txt")


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "needs.txt").write_bytes(b"\xff\xfe")

    with pytest.raises(InvalidValue, match=re.escape("needs.txt' is no text of UTF-8")):
        requirements.complete("pip_requirements", tmp_path / "needs.txt")


def test_package_whose_own_needs_cannot_be_read_is_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ancient-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: ancient\nVersion: 1.0\nRequires-Dist: other (>=1.*)\nRequires-Dist: click\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    assert requirements.lock(["ancient"]) == ["ancient==1.0", f"click=={version('click')}"]


def test_namespace_needs_all_that_fill_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (folder / "top_level.txt").write_text("spaced\ntogether\n")
    (tmp_path / "spaced" / "inner").mkdir(parents=True)
    (tmp_path / "together").mkdir()
    (tmp_path / "together" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    requirements._distributions.cache_clear()

    found = [requirements.of_modules([name]) for name in ("spaced.inner", "together")]

    requirements._distributions.cache_clear()
    assert found[0] == ["one==1.0", "two==1.0"]
    assert len(found[1]) == 1
