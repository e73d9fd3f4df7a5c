"""A model's folder is as it was saved, or it is not opened."""

from pathlib import Path

import pytest

from runstone.errors import InvalidModel, ModelChanged
from runstone.models import manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "MLmodel").write_text("flavors: {}\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "helper.py").write_text("ANSWER = 1\n")
    manifest.write(tmp_path)
    return tmp_path


def test_untouched_folder_passes(folder: Path) -> None:
    found = manifest.check(folder)

    assert found is not None
    assert [file.path for file in found.files] == ["MLmodel", "code/helper.py"]


def test_same_files_have_the_same_digest(folder: Path) -> None:
    before = manifest.write(folder).digest

    again = manifest.write(folder).digest

    assert again == before
    (folder / "code" / "helper.py").write_text("ANSWER = 2\n")
    assert manifest.write(folder).digest != before


def test_changed_file_is_named(folder: Path) -> None:
    (folder / "code" / "helper.py").write_text("ANSWER = 2\n")

    with pytest.raises(ModelChanged, match=r"'code/helper.py' was changed"):
        manifest.check(folder)


def test_missing_file_is_named(folder: Path) -> None:
    (folder / "code" / "helper.py").unlink()

    with pytest.raises(ModelChanged, match=r"'code/helper.py' is missing"):
        manifest.check(folder)


def test_added_file_is_named(folder: Path) -> None:
    (folder / "code" / "evil.py").write_text("\n")

    with pytest.raises(ModelChanged, match=r"'code/evil.py' was added"):
        manifest.check(folder)


def test_compiled_files_and_what_a_registry_adds_count_for_nothing(folder: Path) -> None:
    (folder / "code" / "__pycache__").mkdir()
    (folder / "code" / "__pycache__" / "helper.cpython-311.pyc").write_bytes(b"\0")
    (folder / "registered_model_meta").write_text("model_name: churn\n")

    found = manifest.check(folder)

    assert found is not None


def test_folder_without_a_manifest_is_taken_as_it_is(tmp_path: Path) -> None:
    found = manifest.check(tmp_path)

    assert found is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no manifest"),
        ('{"files": [{"path": "../x", "size": 1, "sha256": "00"}]}', "is no manifest"),
        ('{"files": [], "version": 2}', "of version 2; this Runstone reads 1: upgrade"),
    ],
)
def test_manifest_that_cannot_be_read_is_refused(content: str, message: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(content)

    with pytest.raises(InvalidModel, match=message):
        manifest.check(folder)


def test_folder_in_the_place_of_the_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.json").unlink(missing_ok=True)
    (folder / "manifest.json").mkdir()

    with pytest.raises(InvalidModel, match="is a folder, and no manifest of a model"):
        manifest.check(folder)


def test_file_that_was_written_on_purpose_is_recorded_anew(folder: Path) -> None:
    (folder / "MLmodel").write_text("flavors: {}\nrun_id: a\n")

    manifest.amend(folder, "MLmodel")

    assert manifest.check(folder) is not None


def test_only_what_python_and_registries_write_counts_for_nothing(folder: Path) -> None:
    (folder / "artifacts" / "__pycache__").mkdir(parents=True)

    for path in ("artifacts/registered_model_meta", "artifacts/__pycache__/table.bin"):
        (folder / path).write_text("\n")
        with pytest.raises(ModelChanged, match=f"'{path}' was added"):
            manifest.check(folder)
        (folder / path).unlink()


def test_folder_may_lie_below_one_of_compiled_files(tmp_path: Path) -> None:
    place = tmp_path / "__pycache__" / "model"
    place.mkdir(parents=True)
    (place / "MLmodel").write_text("flavors: {}\n")

    assert [file.path for file in manifest.write(place).files] == ["MLmodel"]


@pytest.mark.parametrize("target", ["nowhere", "code"])
def test_link_in_the_place_of_a_file_is_a_change(target: str, folder: Path) -> None:
    (folder / "MLmodel").unlink()
    (folder / "MLmodel").symlink_to(target)

    with pytest.raises(ModelChanged, match="'MLmodel' was changed"):
        manifest.check(folder)
