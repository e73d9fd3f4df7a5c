"""Git runs nothing that a repository names, whoever has made it."""

import os
from pathlib import Path

import pytest

from runstone.client import Client
from runstone.client.capture import code, git
from runstone.client.capture.part import Subject
from runstone.errors import Unsupported
from tests.client.capture.repositories import Take, WorkTree, kept


def test_repository_runs_no_program(tree: WorkTree, take: Take, tmp_path: Path) -> None:
    tree.write(".gitattributes", "*.py filter=evil diff=evil\n")
    tree.commit(train__py="a\n")
    trap, ran = tmp_path / "trap", tmp_path / "ran"
    trap.write_text(f"#!/bin/sh\ntouch '{ran}'\ncat\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "core.hooksPath", "diff.external", "diff.evil.command"):
        tree.git("config", name, str(trap))
    for name in ("diff.evil.textconv", "filter.evil.clean", "filter.evil.process"):
        tree.git("config", name, str(trap))
    for hook in ("post-index-change", "pre-commit"):
        hook_file = tree.folder / ".git" / "hooks" / hook
        hook_file.write_bytes(trap.read_bytes())
        hook_file.chmod(0o755)
    tree.write("train.py", "b\n")

    facts = take()

    assert facts["patch"] is True
    assert not ran.exists()


def name_a_filter(tree: WorkTree, name: bytes, program: str) -> None:
    """Let the repository alone name a filter of all its programs, in words that `git config` may not take."""
    git = tree.folder / ".git"
    with (git / "config").open("ab") as config, (git / "info" / "attributes").open("ab") as attributes:
        config.write(b'[filter "%s"]\n\tclean = %s\n' % (name, program.encode()))
        attributes.write(b"*.py filter=%s\n" % name)


def test_filter_whose_name_is_no_utf_8_is_not_run(tree: WorkTree, take: Take, tmp_path: Path) -> None:
    tree.commit(train__py="a\n")
    name_a_filter(tree, b"caf\xe9", f"touch '{tmp_path}/ran'; cat")
    tree.write("train.py", "b\n")

    facts = take()

    assert facts["patch"] is True
    assert not (tmp_path / "ran").exists()


def test_filter_that_git_cannot_be_kept_from_leaves_the_run_without_code(
    tree: WorkTree, client: Client, run_id: str, tmp_path: Path
) -> None:
    tree.commit(train__py="a\n")
    name_a_filter(tree, b"a=b", f"touch '{tmp_path}/ran'; cat")
    tree.write("train.py", "b\n")

    with pytest.raises(Unsupported, match=r"a filter named 'a=b', .* give it a name without `=`"):
        code.picture(Subject(client, run_id))
    assert not (tmp_path / "ran").exists()


def test_submodule_runs_no_program_either(
    tree: WorkTree, take: Take, client: Client, run_id: str, tmp_path: Path
) -> None:
    tree.add_moved_library()
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    trap.chmod(0o755)
    tree.git("config", "diff.submodule", "diff")
    tree.git("-C", "library", "config", "diff.external", str(trap))

    take()

    assert b"+Subproject commit" in kept(client, run_id, code.PATCH)
    assert not (tmp_path / "ran").exists()


def test_configuration_of_a_work_tree_runs_no_program_either(tree: WorkTree, take: Take, tmp_path: Path) -> None:
    tree.write(".gitattributes", "*.py filter=evil\n")
    tree.commit(train__py="a\n")
    tree.git("config", "extensions.worktreeConfig", "true")
    tree.git("config", "--worktree", "filter.evil.clean", f"touch '{tmp_path}/ran'; cat")
    tree.write("train.py", "b\n")

    facts = take()

    assert facts["patch"] is True
    assert not (tmp_path / "ran").exists()


def test_what_a_partial_clone_lacks_is_not_fetched(tree: WorkTree, take: Take, tmp_path: Path) -> None:
    tree.commit(train__py="a\n")
    blob = tree.git("rev-parse", "HEAD:train.py")
    tree.git("config", "core.repositoryFormatVersion", "1")
    tree.git("config", "extensions.partialClone", "origin")
    tree.git("config", "remote.origin.promisor", "true")
    tree.git("config", "remote.origin.url", str(tmp_path / "nowhere"))
    tree.git("config", "remote.origin.uploadPack", f"touch '{tmp_path}/ran'; git-upload-pack")
    (tree.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    tree.write("train.py", "b\n")

    facts = take()

    assert facts["left_out"] == [
        {"path": "", "reason": f"no patch is kept: git diff fails: fatal: unable to read {blob}"}
    ]
    assert not (tmp_path / "ran").exists()


def test_command_that_takes_too_long_is_said_to(
    tree: WorkTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(Unsupported, match=r"^git status took longer than 0\.2 s$"):
        git.run(tree.folder, "status", within_s=0.2)
