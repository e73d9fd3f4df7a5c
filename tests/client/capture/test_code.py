"""A run keeps the code it ran: what is kept of a repository gives the same tree again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import runstone
from runstone.client import Client
from runstone.client.capture import code
from runstone.client.capture.part import Subject
from runstone.errors import RunstoneError, Unsupported
from tests.client.capture.repositories import Take, WorkTree, kept


def test_clean_tree_is_known_by_its_commit(tree: WorkTree, take: Take, client: Client, run_id: str) -> None:
    commit = tree.commit(train__py="a = 1\n")
    tree.git("remote", "add", "origin", "https://me:s3cret@git.example.org/team/project.git")

    facts = take()

    assert facts == {
        "version": 1,
        "commit": commit,
        "branch": "main",
        "remote": "https://git.example.org/team/project.git",
        "dirty": False,
        "patch": False,
        "untracked": [],
        "executable": [],
        "absent": [],
        "left_out": [],
        "redacted": 0,
    }
    tags = client.get_run(run_id).data.tags
    assert tags["mlflow.source.git.commit"] == commit
    assert tags["mlflow.source.git.branch"] == "main"
    assert tags["mlflow.source.git.repoURL"] == "https://git.example.org/team/project.git"
    assert [file.path for file in client.list_artifacts(run_id, "runstone/code")] == ["runstone/code/code.json"]


def test_commit_patch_and_untracked_files_give_the_tree_again(
    tree: WorkTree, take: Take, client: Client, run_id: str, tmp_path: Path
) -> None:
    tree.commit(train__py="a = 1\nb = 2\n", gone__py="x\n", old__py="1\n2\n3\n", weights__bin=bytes(range(256)) * 9)
    tree.write("train.py", "a = 1\nb = 3\n")
    tree.write("weights.bin", bytes(range(255, -1, -1)) * 9)
    (tree.folder / "gone.py").unlink()
    tree.git("mv", "old.py", "new.py")
    tree.write("staged.py", "s = 1\n")
    tree.git("add", "staged.py")
    tree.write("model/deep/net.py", "n = 1\n")
    tree.write("größe 1.yaml", "size: 1\n")
    clone = tmp_path / "clone"

    facts = take()
    tree.git("clone", "-q", str(tree.folder), str(clone))
    patch = kept(client, run_id, code.PATCH)
    subprocess.run(["git", "-C", str(clone), "apply", "-"], input=patch, check=True)
    client.download_artifacts(run_id, "runstone/code/untracked", tmp_path)
    subprocess.run(["cp", "-r", f"{tmp_path}/untracked/.", str(clone)], check=True)

    def files(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and {".git", ".runstone"}.isdisjoint(path.parts)
        }

    assert files(clone) == files(tree.folder)
    assert facts["dirty"] is True
    assert facts["patch"] is True
    assert facts["untracked"] == ["größe 1.yaml", "model/deep/net.py"]
    assert facts["left_out"] == []


def test_folder_within_the_repository_keeps_all_of_it(
    tree: WorkTree, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.commit(a__py="a\n", b__py="b\n")
    tree.write("a.py", "changed\n")
    tree.write("lib/c.py", "c\n")
    tree.write("jobs/d.py", "d\n")
    monkeypatch.chdir(tree.folder / "jobs")

    facts = take()

    assert (facts["patch"], facts["untracked"]) == (True, ["jobs/d.py", "lib/c.py"])


def test_secrets_are_replaced_in_patch_and_files(tree: WorkTree, take: Take, client: Client, run_id: str) -> None:
    tree.commit(train__py="a = 1\n")
    tree.write("train.py", "a = 1\npassword = 'hunter2'\n")
    tree.write("settings.yaml", "api_key: abcdef123\n")
    tree.write(".env", "PASSWORD=hunter2\n")
    tree.write("server.key", "hunter2\n")

    facts = take()

    assert facts["redacted"] == 2
    assert b"+password = '[redacted]'\n" in kept(client, run_id, code.PATCH)
    assert kept(client, run_id, f"{code.UNTRACKED}/settings.yaml") == b"api_key: [redacted]\n"
    assert facts["left_out"] == [
        {"path": ".env", "reason": "its name promises secrets"},
        {"path": "server.key", "reason": "its name promises secrets"},
    ]


def test_settings_whose_names_promise_secrets_are_left_out_and_programs_are_kept(tree: WorkTree, take: Take) -> None:
    secret = [".secrets.toml", ".vault_pass.txt", "api_key.txt", "aws_credentials.ini", "client_secret.json"]
    secret += ["my-secrets.yaml", "passwords.txt", "secrets_prod.yaml", "service-account.json", "token.txt"]
    source = ["password_policy.py", "secrets_manager.py", "special_tokens_map.json", "token_classification.py"]
    source += ["tokenizer.json", "tokenizer.py", "tokens.py", "tokens.txt"]
    tree.commit(train__py="a\n")
    for name in secret + source:
        tree.write(name, "pw: x\n")

    facts = take()

    assert facts["untracked"] == source
    assert [entry["path"] for entry in facts["left_out"]] == secret


def test_tracked_file_whose_name_promises_secrets_is_in_no_patch(
    tree: WorkTree, take: Take, client: Client, run_id: str
) -> None:
    tree.commit(train__py="a\n", __env="DB=old-one\n", credentials__yaml="door: old-one\n")
    tree.write("train.py", "b\n")
    tree.write(".env", "DB=new-one\n")
    tree.write("deploy/server.key", "new-one\n")
    tree.git("add", "deploy/server.key")
    (tree.folder / "credentials.yaml").unlink()

    facts = take()

    patch = kept(client, run_id, code.PATCH)
    assert b"+b\n" in patch
    assert b"-one" not in patch
    assert {entry["path"]: entry["reason"] for entry in facts["left_out"]} == {
        ".env": "its name promises secrets",
        "credentials.yaml": "its name promises secrets",
        "deploy/server.key": "its name promises secrets",
    }


def test_what_is_large_or_no_source_is_left_out_by_name(tree: WorkTree, take: Take, tmp_path: Path) -> None:
    tree.commit(data__csv="x\n", train__py="a\n")
    tree.write("data.csv", "x,y\n" * 300_000)
    tree.write("train.py", "b\n")
    tree.write("large.json", "1" * (code.MAX_FILE + 1))
    tree.write("raw/table.parquet", b"PAR1")
    tree.write("bad:name.py", "c\n")
    (tree.folder / "link.py").symlink_to(tmp_path / "elsewhere.py")
    WorkTree(tree.folder / "vendored")
    tree.write("runstone-artifacts/1/run/notes.txt", "ours\n")
    tree.write("runstone.db", "ours\n")

    facts = take()

    assert facts["patch"] is True
    assert facts["untracked"] == []
    assert {entry["path"]: entry["reason"] for entry in facts["left_out"]} == {
        "data.csv": "larger than 1,048,576 bytes",
        "large.json": "larger than 1,048,576 bytes",
        "raw/table.parquet": "neither source nor settings",
        "bad:name.py": "its name cannot be that of an artifact",
        "link.py": "a symbolic link",
        "vendored/": "a repository of its own",
    }


def test_number_and_size_of_files_are_limited(tree: WorkTree, take: Take) -> None:
    tree.commit(train__py="a\n")
    for number in range(5):
        tree.write(f"a{number}.txt", "x" * 1_000_000)
    for number in range(code.MAX_FILES + 200):
        tree.write(f"b{number:03}.py", "b\n")

    facts = take()

    assert len(facts["untracked"]) == code.MAX_FILES
    assert facts["left_out"][0] == {"path": "a4.txt", "reason": "beyond 4,194,304 bytes in all"}
    assert facts["left_out"][1]["reason"] == "beyond the first 200 files"
    assert facts["left_out"][-1] == {"path": "", "reason": "105 more files"}


def test_file_that_was_large_takes_no_patch_with_it(tree: WorkTree, take: Take, client: Client, run_id: str) -> None:
    tree.commit(train__py="a\n", model__bin=os.urandom(6 << 20), table__csv="x,y\n" * 2_000_000, gone__py="g\n")
    tree.write("train.py", "b\n")
    tree.write("table.csv", "x,y\n")
    for name in ("model.bin", "gone.py"):
        (tree.folder / name).unlink()

    facts = take()

    patch = kept(client, run_id, code.PATCH)
    assert b"+b\n" in patch
    assert b"deleted file" in patch
    assert facts["left_out"] == [
        {"path": "model.bin", "reason": "removed, and larger than 1,048,576 bytes in the commit"},
        {"path": "table.csv", "reason": "larger than 1,048,576 bytes in the commit"},
    ]


def test_file_with_a_conflict_is_in_the_patch_as_it_stands(
    tree: WorkTree, take: Take, client: Client, run_id: str
) -> None:
    tree.commit(train__py="a\n")
    tree.git("checkout", "-q", "-b", "other")
    tree.commit(train__py="b\n")
    tree.git("checkout", "-q", "main")
    tree.commit(train__py="c\n")
    subprocess.run(["git", "-C", str(tree.folder), "merge", "other"], capture_output=True, check=False)

    facts = take()

    assert facts["left_out"] == []
    assert b"+<<<<<<< HEAD\n c\n+=======\n+b\n" in kept(client, run_id, code.PATCH)


def test_missing_patch_is_told_whatever_else_is_left_out(tree: WorkTree, take: Take) -> None:
    tree.commit(**{f"s{number:03}__pem": "a\n" for number in range(code.MAX_FILES + 1)})
    for number in range(code.MAX_FILES + 1):
        tree.write(f"s{number:03}.pem", "b\n")
    tree.write("more.bin", "x\n")

    facts = take()

    assert facts["left_out"][-2:] == [
        {"path": "", "reason": "no patch is kept: more than 200 files differ that it leaves out"},
        {"path": "", "reason": "102 more files"},
    ]
    assert len(facts["left_out"]) == 102


def test_patch_that_is_too_large_is_left_out(tree: WorkTree, take: Take) -> None:
    tree.commit(**{f"data{number}__csv": "x\n" for number in range(6)})
    for number in range(6):
        tree.write(f"data{number}.csv", "y,z\n" * 250_000)

    facts = take()

    assert facts["patch"] is False
    assert facts["left_out"] == [{"path": "", "reason": "no patch is kept: git diff prints more than 4,194,304 bytes"}]


def test_folder_with_more_files_than_can_be_listed_is_left_out(
    tree: WorkTree, take: Take, client: Client, run_id: str
) -> None:
    tree.commit(train__py="a\n")
    tree.write("train.py", "b\n")
    tree.write("helper.py", "h\n")
    name = "x" * 250
    folder = os.open(tree.folder, os.O_RDONLY)
    for part in ["data", *[name] * 15]:  # long paths, so that few files do
        os.mkdir(part, dir_fd=folder)
        folder = os.open(part, os.O_RDONLY, dir_fd=folder)
    for number in range(4600):
        os.close(os.open(f"{number:05}.png", os.O_CREAT, dir_fd=folder))

    facts = take()

    assert facts["untracked"] == ["helper.py"]
    assert facts["left_out"] == [
        {
            "path": "data/",
            "reason": "its files cannot be listed: git ls-files prints more than 16,777,216 bytes",
        }
    ]
    assert b"+b\n" in kept(client, run_id, code.PATCH)


def test_detached_head_has_no_branch(tree: WorkTree, take: Take, client: Client, run_id: str) -> None:
    first = tree.commit(train__py="a\n")
    tree.commit(train__py="b\n")
    tree.git("checkout", "-q", first)

    facts = take()

    assert (facts["commit"], facts["branch"]) == (first, None)
    assert "mlflow.source.git.branch" not in client.get_run(run_id).data.tags


def test_commit_and_branch_are_known_where_git_cannot_say_what_differs(
    tree: WorkTree, client: Client, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = tree.commit(train__py="a\n")
    tree.git("remote", "add", "origin", "git@git.example.org:team/project.git")
    command = tmp_path / "bin" / "git"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\ncase "$*" in *" status "*) kill -9 $$;; esac\nexec {shutil.which("git")} "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=os.pathsep)

    with pytest.raises(Unsupported, match="git status fails: exit code -9"):
        code.picture(Subject(client, run_id))

    tags = client.get_run(run_id).data.tags
    assert tags["mlflow.source.git.commit"] == commit
    assert tags["mlflow.source.git.branch"] == "main"
    assert tags["mlflow.source.git.repoURL"] == "git@git.example.org:team/project.git"


def test_branch_and_remote_that_are_no_utf_8_are_told_as_far_as_they_can_be(tree: WorkTree, take: Take) -> None:
    tree.commit(train__py="a\n")
    tree.git("checkout", "-q", "-b", "gr\udcf6\udcdfe")
    tree.git("config", "branch.gr\udcf6\udcdfe.remote", "r\udce9seau")
    tree.git("config", "remote.r\udce9seau.url", "/srv/gr\udcf6\udcdfe.git")

    facts = take()

    assert (facts["branch"], facts["remote"]) == ("gr\ufffd\ufffde", "/srv/gr\ufffd\ufffde.git")


def test_repository_without_a_commit_keeps_what_is_there(
    tree: WorkTree, take: Take, client: Client, run_id: str
) -> None:
    tree.write("train.py", "a = 1\n")
    tree.git("add", "train.py")
    tree.write("other.py", "b = 1\n")

    facts = take()

    assert (facts["commit"], facts["branch"], facts["untracked"]) == (None, "main", ["other.py"])
    assert b"+a = 1" in kept(client, run_id, code.PATCH)


def test_submodule_is_known_by_its_commit(tree: WorkTree, take: Take, client: Client, run_id: str) -> None:
    tree.add_moved_library()
    tree.write("library/dirty.py", "not looked at\n")

    facts = take()

    assert facts["patch"] is True
    assert b"Subproject commit" in kept(client, run_id, code.PATCH)
    assert facts["untracked"] == []


@pytest.mark.parametrize("url", ["git@git.example.org:team/project.git", "ssh://git@git.example.org/team/project.git"])
def test_remote_of_the_branch_is_taken_as_it_is_without_a_secret(tree: WorkTree, take: Take, url: str) -> None:
    tree.commit(train__py="a\n")
    tree.git("remote", "add", "upstream", url)
    tree.git("config", "branch.main.remote", "upstream")

    assert take()["remote"] == url


@pytest.mark.parametrize("secret", ["0123456789abcdef", "gldt-abcdefghij0123456789", "me:pass@word", "token"])
def test_token_in_a_remote_is_removed(tree: WorkTree, take: Take, secret: str) -> None:
    tree.commit(train__py="a\n")
    tree.git("remote", "add", "origin", f"https://{secret}@git.example.org/team/project.git")

    assert take()["remote"] == "https://git.example.org/team/project.git"


def test_folder_outside_of_a_repository_has_no_code(client: Client, run_id: str) -> None:
    code.picture(Subject(client, run_id))

    assert client.list_artifacts(run_id, "runstone") == []
    assert "mlflow.source.git.commit" not in client.get_run(run_id).data.tags


def test_git_that_is_missing_or_distrusts_the_folder_is_told(
    tree: WorkTree, client: Client, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.commit(train__py="a\n")

    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("PATH", str(tmp_path))
        with pytest.raises(Unsupported, match="git cannot be run: No such file"):
            code.picture(Subject(client, run_id))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tree.write(".git/broken", "[")))
    with pytest.raises(Unsupported, match="git rev-parse fails: fatal: bad config line"):
        code.picture(Subject(client, run_id))


def test_switch_leaves_the_commit_alone(
    tree: WorkTree, client: Client, run_id: str, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.commit(train__py="a\n")
    tree.write("train.py", "b\n")
    monkeypatch.setenv("RUNSTONE_CAPTURE_CODE", "false")

    facts = take()

    assert (facts["dirty"], facts["patch"]) == (True, False)


def test_resumed_run_keeps_what_it_has(tree: WorkTree, take: Take, client: Client, run_id: str) -> None:
    tree.commit(train__py="a\n")
    first = take()
    tree.commit(train__py="b\n")

    code.picture(Subject(client, run_id, is_resumed=True))

    assert json.loads(kept(client, run_id, code.FACTS)) == first
    assert client.get_run(run_id).data.tags["mlflow.source.git.commit"] == first["commit"]


SCRIPT = """
import runstone
with runstone.start_run() as outer:
    with runstone.start_run(nested=True) as inner:
        pass
print(outer.info.run_id, inner.info.run_id)
"""


@pytest.mark.parametrize("offline", ["0", "1"])
def test_script_is_captured_where_it_is_and_its_nested_runs_have_the_tags(
    tree: WorkTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: str
) -> None:
    commit = tree.commit(train__py=SCRIPT)
    tree.write("helper.py", "h = 1\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings = {"RUNSTONE_CAPTURE_GIT": "1", "RUNSTONE_CAPTURE_CODE": "1", "RUNSTONE_OFFLINE": offline}

    done = subprocess.run(
        [sys.executable, str(tree.folder / "train.py")],
        cwd=elsewhere,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    monkeypatch.chdir(elsewhere)
    if offline == "1":
        subprocess.run([sys.executable, "-m", "runstone", "sync"], check=True, capture_output=True)
    outer, inner = done.stdout.split()
    here = Client(f"sqlite:///{elsewhere}/runstone.db")

    assert done.stderr == ""
    assert {here.get_run(run).data.tags["mlflow.source.git.commit"] for run in (outer, inner)} == {commit}
    assert json.loads(kept(here, outer, code.FACTS))["untracked"] == ["helper.py"]
    assert here.list_artifacts(inner, "runstone") == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_run_within_that_of_a_parent_process_does_not_wait_for_its_capture(
    tree: WorkTree, client: Client, experiment_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = tree.commit(train__py="a\n")
    runstone.set_tracking_uri(client.tracking_uri)
    monkeypatch.setenv("RUNSTONE_CAPTURE_GIT", "true")
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "2")

    with runstone.start_run(experiment_id=experiment_id):
        child = os.fork()  # before git has answered
        if child == 0:
            with runstone.start_run(nested=True, run_name="inner"):
                pass
            os._exit(0)
        os.waitpid(child, 0)
    [inner] = client.search_runs([experiment_id], "attributes.run_name = 'inner'")

    assert inner.data.tags["mlflow.source.git.commit"] == commit


def test_deleted_run_raises_for_the_capture_to_warn_of(tree: WorkTree, client: Client, run_id: str) -> None:
    tree.commit(train__py="a\n")
    client.delete_run(run_id)

    with pytest.raises(RunstoneError):
        code.picture(Subject(client, run_id))
