"""The code of a run that has submodules is put into a fresh folder with them as they were."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from runstone.client import Client
from runstone.client.capture import code, reading
from runstone.client.capture.part import Subject
from runstone.errors import NotReproducible
from runstone.reproduction.checkout import check_out, moved_submodules
from tests.client.capture.repositories import WorkTree
from tests.reproduction.conftest import Command, Train

Again = Callable[..., Path]


@pytest.fixture
def library(tmp_path: Path) -> WorkTree:
    made = WorkTree(tmp_path / "library")
    made.commit(model__py="1\n")
    return made


@pytest.fixture
def outer(tmp_path: Path, library: WorkTree) -> WorkTree:
    """A project with the library as a submodule."""
    made = WorkTree(tmp_path / "outer")
    made.commit(train__py="import model\n")
    made.git("submodule", "add", "-q", str(library.folder), "job/library")
    made.commit()
    return made


@pytest.fixture
def again(outer: WorkTree, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Again:
    """Captures the code of a run in the project; returns the folder into which it was put again, from there or not."""
    monkeypatch.setenv("RUNSTONE_CAPTURE_CODE", "true")
    (tmp_path / "store").mkdir()

    def put(place: Path = outer.folder) -> Path:
        monkeypatch.chdir(outer.folder)
        run_id, folder = client.create_run("0").info.run_id, tmp_path / "again"
        code.picture(Subject(client, run_id))
        facts = reading.of(client, run_id).code
        assert facts is not None
        folder.mkdir()
        check_out(client, run_id, facts, [str(place)], folder)
        return folder

    return put


def test_submodule_is_there_at_its_commit(outer: WorkTree, library: WorkTree, again: Again) -> None:
    library.commit(model__py="2\n")

    assert (again() / "job/library/model.py").read_text() == "1\n"


def test_submodule_is_there_at_the_commit_that_it_was_moved_to(
    outer: WorkTree, library: WorkTree, again: Again
) -> None:
    library.commit(model__py="2\n")
    outer.git("-C", "job/library", "pull", "-q")
    library.commit(model__py="3\n")

    assert (again() / "job/library/model.py").read_text() == "2\n"


def test_submodule_that_is_added_and_not_committed_is_there(outer: WorkTree, again: Again) -> None:
    outer.git("reset", "-q", "--soft", "HEAD~1")

    assert (again() / "job/library/model.py").read_text() == "1\n"


def test_submodule_that_was_removed_and_not_committed_is_not_there(outer: WorkTree, again: Again) -> None:
    outer.git("rm", "-q", "job/library")

    folder = again()

    assert not (folder / "job/library/model.py").exists()
    assert (folder / "train.py").exists()


def test_address_of_a_submodule_is_meant_from_where_its_repository_came(
    outer: WorkTree, library: WorkTree, again: Again, tmp_path: Path
) -> None:
    outer.git("config", "-f", ".gitmodules", "submodule.job/library.url", "../library.git")
    outer.commit()
    (tmp_path / "served").mkdir()
    outer.git("clone", "-q", "--bare", str(library.folder), str(tmp_path / "served" / "library.git"))
    outer.git("remote", "add", "origin", (tmp_path / "served" / "outer.git").as_uri())

    assert (again() / "job/library/model.py").read_text() == "1\n"


def test_submodule_comes_from_the_clone_where_its_address_is_gone(library: WorkTree, again: Again) -> None:
    shutil.rmtree(library.folder)

    assert (again() / "job/library/model.py").read_text() == "1\n"


def test_submodule_that_was_not_there_is_done_without(outer: WorkTree, library: WorkTree, again: Again) -> None:
    outer.git("submodule", "--quiet", "deinit", "--all")
    shutil.rmtree(library.folder)

    folder = again()

    assert list((folder / "job/library").iterdir()) == []
    assert (folder / "train.py").exists()


def test_submodule_within_a_submodule_is_there_unless_it_was_not(
    outer: WorkTree, library: WorkTree, again: Again, tmp_path: Path
) -> None:
    for name in ("deep", "hollow"):
        WorkTree(tmp_path / name).commit(deep__py="1\n")
        library.git("submodule", "add", "-q", f"../{name}", name)
    library.git("config", "-f", ".gitmodules", "submodule.deep.url", str(tmp_path / "deep"))
    library.git("config", "-f", ".gitmodules", "submodule.hollow.url", str(tmp_path / "hollow"))
    library.commit()
    outer.git("-C", "job/library", "pull", "-q")
    outer.git("-C", "job/library", "submodule", "--quiet", "update", "--init", "deep")
    outer.commit()

    folder = again()

    assert (folder / "job/library/deep/deep.py").read_text() == "1\n"
    assert list((folder / "job/library/hollow").iterdir()) == []


def test_submodule_that_is_nowhere_is_told(outer: WorkTree, library: WorkTree, again: Again, tmp_path: Path) -> None:
    outer.git("clone", "-q", str(outer.folder), str(tmp_path / "plain"))
    shutil.rmtree(library.folder)

    with pytest.raises(NotReproducible, match="submodules of the commit cannot be fetched: job/library: the commit"):
        again(tmp_path / "plain")


def test_repository_within_that_no_file_tells_of_hinders_nothing(outer: WorkTree, again: Again, tmp_path: Path) -> None:
    (WorkTree(outer.folder / "inner")).commit(inner__py="1\n")
    outer.commit()
    outer.git("clone", "-q", str(outer.folder), str(tmp_path / "plain"))

    folder = again(tmp_path / "plain")

    assert list((folder / "inner").iterdir()) == []
    assert (folder / "job/library/model.py").exists()


def test_text_that_looks_like_a_submodule_is_none() -> None:
    patch = "diff --git a/a b/a\nindex 00..11 100644\n--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+Subproject commit " + "0" * 40

    assert list(moved_submodules(patch)) == []


@pytest.mark.slow
def test_run_whose_submodule_was_moved_is_the_same_again(
    tree: WorkTree, library: WorkTree, train: Train, reproduce: Command, client: Client
) -> None:
    library.write("settings.json", '{"steps": 5}')
    library.commit()
    (tree.folder / "job/settings.json").unlink()
    tree.git("submodule", "add", "-q", str(library.folder), "job/library")
    script = (tree.folder / "job/train.py").read_text().replace('"settings.json"', '"library/settings.json"')
    tree.write("job/train.py", script)
    tree.commit()
    library.write("settings.json", '{"steps": 7}')
    library.commit()
    tree.git("-C", "job/library", "pull", "-q")
    run_id = train()

    done = reproduce(run_id)

    assert done.exit_code == 0, done.output
    run = client.get_run(run_id)
    assert (run.data.params["steps"], run.data.tags["runstone.reproduction"]) == ("7", "same")
