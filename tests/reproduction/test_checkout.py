"""Where the code of a run is looked for, and how it is put into a fresh folder."""

from pathlib import Path

import pytest

from runstone.client import Client
from runstone.client.capture import code, reading
from runstone.client.capture.code import CodeFacts
from runstone.client.capture.part import Subject
from runstone.reproduction.checkout import check_out, sources
from tests.client.capture.repositories import WorkTree
from tests.reproduction.conftest import Command, Train


def test_commit_is_found_from_a_folder_below_the_top(
    train: Train, reproduce: Command, tree: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = train()
    monkeypatch.chdir(tree.folder / "job")

    done = reproduce(run_id)

    assert done.exit_code == 0, done.output


def test_repository_may_be_named_by_a_folder_in_it(tree: WorkTree, tmp_path: Path) -> None:
    tree.git("clone", "-q", "--bare", str(tree.folder), "bare")

    named = [
        sources(CodeFacts(), place, tmp_path)
        for place in (f"{tree.folder}/job", f"{tree.folder}/bare", str(tmp_path), "https://git.example/x")
    ]

    assert named == [[str(tree.folder)], [f"{tree.folder}/bare"], [str(tmp_path)], ["https://git.example/x"]]


def test_repository_around_a_submodule_is_tried_too(tmp_path: Path) -> None:
    outer = WorkTree(tmp_path / "outer")
    outer.add_moved_library()

    found = sources(CodeFacts(remote="https://git.example/x"), None, outer.folder / "library")

    assert found == [str(outer.folder / "library"), str(outer.folder), "https://git.example/x"]


CALLS = """
import subprocess, runstone
runstone.log_metric("seven", float(subprocess.check_output("./seven.sh")))
"""


def test_file_that_git_does_not_track_can_still_be_executed(
    train: Train, reproduce: Command, tree: WorkTree, client: Client
) -> None:
    tree.write("job/train.py", CALLS)
    tree.write("job/seven.sh", "#!/bin/sh\necho 7\n").chmod(0o755)
    run_id = train()

    done = reproduce(run_id)

    assert done.exit_code == 0, done.output
    facts = reading.of(client, run_id).code
    assert facts is not None
    assert (facts.untracked, facts.executable) == (["job/settings.json", "job/seven.sh"], ["job/seven.sh"])


@pytest.mark.parametrize(
    "setting",
    [
        ("diff.context", "0"),
        ("diff.interHunkContext", "9"),
        ("diff.suppressBlankEmpty", "true"),
        ("diff.relative", "true"),
        ("diff.orderFile", "gone"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("core.quotePath", "true"),
        ("apply.whitespace", "error"),
    ],
)
def test_patch_applies_whatever_is_set_up_of_git(
    tree: WorkTree, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: tuple[str, str]
) -> None:
    lines = [f"{number}\n\n" for number in range(30)]
    tree.commit(**{"größe__py": "".join(lines), "job/model__py": "a\n"})
    now = "".join([lines[0], "new \n", *lines[1:9], "new\n", *lines[11:]])
    tree.write("größe.py", now)
    monkeypatch.setenv("RUNSTONE_CAPTURE_CODE", "true")
    for name, value in zip(("COUNT", "KEY_0", "VALUE_0"), ("1", *setting), strict=True):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    monkeypatch.chdir(tree.folder / "job")
    for folder in ("store", "again"):
        (tmp_path / folder).mkdir()
    run_id = client.create_run("0").info.run_id

    code.picture(Subject(client, run_id))
    facts = reading.of(client, run_id).code
    assert facts is not None
    check_out(client, run_id, facts, [str(tree.folder)], tmp_path / "again")

    assert (tmp_path / "again/größe.py").read_text() == now
