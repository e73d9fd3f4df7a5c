"""`runstone runs`, against a database and against a server."""

import json
from pathlib import Path

import pytest

from runstone.client.client import Client
from runstone.entities import Metric, Param, Tag
from runstone.entities.tag import END, PARENT_RUN_ID, TRACEBACK
from tests.cli.conftest import Command


@pytest.fixture
def run_ids(command: Command, address: str) -> list[str]:
    """Two runs of the experiment `trials`: one that has ended, and one that goes on and has a loss of NaN."""
    client = Client(address)
    first = client.create_run("1", start_time=1_000, run_name="first").info.run_id
    client.log_batch(first, [Metric("loss", 0.25, 1, 3)], [Param("depth", "4")], [Tag("stage", "done")])
    client.set_terminated(first, "FINISHED", 63_000)
    second = client.create_run("1", start_time=2_000, run_name="second").info.run_id
    client.log_batch(second, [Metric("loss", float("nan"), 1, 3)], [Param("depth", "2")])
    return [first, second]


def test_runs_are_listed_the_latest_first(command: Command, run_ids: list[str]) -> None:
    lines = command("runs", "list", "trials").stdout.splitlines()

    assert lines[0].split() == ["id", "name", "experiment", "status", "started", "duration"]
    assert [line.split()[:3] for line in lines[1:]] == [
        [run_ids[1], "second", "trials"],
        [run_ids[0], "first", "trials"],
    ]
    assert lines[2].endswith("1m 2s")


def test_columns_are_added_by_name(command: Command, run_ids: list[str]) -> None:
    listed = command("runs", "list", "-c", "metrics.loss", "-c", "params.depth", "-c", "tags.stage")

    lines = listed.stdout.splitlines()

    assert lines[0].split()[-3:] == ["metrics.loss", "params.depth", "tags.stage"]
    assert lines[1].split()[-2:] == ["nan", "2"]
    assert lines[2].split()[-3:] == ["0.25", "4", "done"]


def test_listing_in_json_is_one_document_with_stable_keys(command: Command, run_ids: list[str]) -> None:
    listed = json.loads(command("runs", "search", "1", "--order-by", "start_time ASC", "--json").stdout)

    assert [run["run_id"] for run in listed] == run_ids
    assert set(listed[0]) == {
        "run_id",
        "run_name",
        "experiment_id",
        "status",
        "lifecycle_stage",
        "user_id",
        "start_time",
        "end_time",
        "artifact_uri",
        "params",
        "metrics",
        "tags",
    }
    assert listed[0]["metrics"] == {"loss": 0.25}
    assert listed[0]["end_time"] == 63_000
    assert listed[1]["metrics"] == {"loss": "NaN"}
    assert listed[1]["end_time"] is None


def test_listing_filters_and_cuts(command: Command, run_ids: list[str]) -> None:
    filtered = json.loads(command("runs", "list", "--filter", "params.depth > 3", "--json").stdout)
    cut = json.loads(command("runs", "list", "--max", "1", "--json").stdout)

    assert [run["run_id"] for run in filtered] == run_ids[:1]
    assert [run["run_id"] for run in cut] == run_ids[1:]


def test_only_the_experiments_that_are_named_are_listed(command: Command, run_ids: list[str]) -> None:
    listed = command("runs", "list", "Default", "--json")

    assert json.loads(listed.stdout) == []


def test_run_is_shown_with_all_it_logged(command: Command, run_ids: list[str]) -> None:
    shown = command("runs", "show", run_ids[0]).stdout

    assert f"id          {run_ids[0]}\n" in shown
    assert "experiment  trials (1)\n" in shown
    assert "status      FINISHED\n" in shown
    assert "params\n  depth  4\n" in shown
    assert "metrics\n  loss  0.25\n" in shown
    assert "  stage           done\n" in shown


@pytest.mark.parametrize("how", ["--console", "--follow"])
def test_console_of_a_run_that_has_ended_is_printed(
    command: Command, run_ids: list[str], address: str, how: str
) -> None:
    client = Client(address)
    client.log_text(run_ids[0], "epoch 1\n\x1b[31mred\x1b[0m \x1b]0;title\x07half a", "runstone/console/000000.log")
    client.log_text(run_ids[0], " line\n100 %", "runstone/console/000001.log")
    client.log_text(run_ids[0], "of nobody's", "runstone/console/note.txt")

    printed = command("runs", "show", run_ids[0], how)
    empty = command("runs", "show", run_ids[1], "--console")
    unknown = command("runs", "show", "0" * 32, how)
    both = command("runs", "show", run_ids[0], how, "--json")

    assert (printed.stdout, printed.exit_code) == ("epoch 1\nred half a line\n100 %\n", 0)
    assert (empty.stdout, empty.exit_code) == ("", 0)
    assert empty.stderr == f"Nothing that the run {run_ids[1]} has printed was kept.\n"
    assert unknown.exit_code == 1
    assert "take one" in both.stderr


def test_run_is_shown_with_where_it_came_from(command: Command, run_ids: list[str], address: str) -> None:
    client = Client(address)
    code = {
        "commit": "0123456789abcdef",
        "branch": "main",
        "patch": True,
        "untracked": ["a.py"],
        "remote": "ssh://host",
    }
    environment = {
        "command": ["python", "train.py", "--note", "a b"],
        "python": {"version": "3.11.7"},
        "platform": {"system": "Linux", "distribution": "Debian GNU/Linux 12"},
        "hardware": {"cpu": "A processor", "cores": 2, "memory_bytes": 25_000_000_000, "gpus": []},
        "packages": [{"name": "numpy", "version": "2.0"}],
    }
    client.log_dict(run_ids[0], code, "runstone/code/code.json")
    client.log_dict(run_ids[0], environment, "runstone/environment.json")
    client.log_text(run_ids[1], "{", "runstone/code/code.json")
    client.log_dict(run_ids[1], environment, "runstone/environment.json")

    shown = command("runs", "show", run_ids[0]).stdout
    broken = command("runs", "show", run_ids[1])

    assert "code        0123456789ab on main with a patch and 1 untracked file\n" in shown
    assert "repository  ssh://host\n" in shown
    assert "command     python train.py --note 'a b'\n" in shown
    assert "python      3.11.7, 1 packages\n" in shown
    assert "machine     A processor, 2 cores, 23.3 GiB, Debian GNU/Linux 12\n" in shown
    assert broken.exit_code == 0
    reason = f"runstone/code/code.json of the run {run_ids[1]} cannot be read: it is not JSON"
    assert f"code        unknown: {reason}\n" in broken.stdout
    assert "command     python train.py --note 'a b'\n" in broken.stdout


def test_run_within_another_names_that_as_where_its_code_is(command: Command, run_ids: list[str], address: str) -> None:
    client = Client(address)
    client.set_tag(run_ids[0], PARENT_RUN_ID, "of-its-parent")
    client.set_tag(run_ids[1], PARENT_RUN_ID, "of-its-parent")
    client.log_dict(run_ids[1], {"commit": "0123456789abcdef"}, "runstone/code/code.json")

    neither, code = (command("runs", "show", run_id).stdout for run_id in run_ids[:2])

    assert "code         that of the run around it, of-its-parent\n" in neither
    assert "environment  that of the run around it, of-its-parent\n" in neither
    assert "code         0123456789ab\n" in code
    assert "environment  that of the run around it, of-its-parent\n" in code


def test_run_within_one_without_code_says_that_there_is_none(
    command: Command, run_ids: list[str], address: str
) -> None:
    client = Client(address)
    outer, middle = run_ids
    inner = client.create_run("1").info.run_id
    client.set_tag(middle, PARENT_RUN_ID, outer)
    client.set_tag(inner, PARENT_RUN_ID, middle)
    client.log_dict(outer, {"python": {"version": "3.11.7"}}, "runstone/environment.json")

    shown = command("runs", "show", inner).stdout

    assert "code         not captured, neither here nor of a run around it\n" in shown
    assert f"environment  that of the run around it, {outer}\n" in shown


def test_files_that_a_run_left_out_are_counted_and_a_missing_patch_is_told(
    command: Command, run_ids: list[str], address: str
) -> None:
    client = Client(address)
    no_patch = {"path": "", "reason": "no patch is kept: git diff prints more than 4,194,304 bytes"}
    many = [
        *({"path": f"{number}.bin", "reason": "large"} for number in range(100)),
        {"path": "", "reason": "400 more files"},
    ]
    for run_id, left_out in zip(run_ids, ([no_patch], [no_patch, *many]), strict=False):
        client.log_dict(run_id, {"commit": "0123456789abcdef", "left_out": left_out}, "runstone/code/code.json")

    first, second = (command("runs", "show", run_id).stdout for run_id in run_ids[:2])

    assert f"code        0123456789ab; {no_patch['reason']}\n" in first
    assert f"code        0123456789ab; 500 files left out; {no_patch['reason']}\n" in second


def test_run_that_failed_is_shown_with_why(command: Command, run_ids: list[str], address: str) -> None:
    client = Client(address)
    client.set_terminated(run_ids[1], "FAILED", 9_000)
    client.log_batch(run_ids[1], tags=[Tag(END, "ValueError: bad news"), Tag(TRACEBACK, "Traceback\n  x = 1\nbad\n")])

    shown = command("runs", "show", run_ids[1]).stdout

    assert "status      FAILED\nbecause     ValueError: bad news\n" in shown
    assert shown.endswith("\ntraceback\n  Traceback\n    x = 1\n  bad\n")
    assert "runstone.end" not in shown
    assert "because" not in command("runs", "show", run_ids[0]).stdout


def test_listing_and_a_dry_run_remove_nothing(
    command: Command, run_ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begun = tmp_path / ".runstone" / "runs" / "a" / ".run.json-1"
    begun.parent.mkdir(parents=True)
    begun.write_text("{")

    for arguments in (("runs", "list"), ("sync", "--dry-run")):
        assert command(*arguments).exit_code == 0
        assert begun.exists()
    command("sync")

    assert not begun.parent.exists()


def test_run_is_shown_in_json(command: Command, run_ids: list[str]) -> None:
    shown = json.loads(command("runs", "show", run_ids[0], "--json").stdout)

    assert shown["run_name"] == "first"
    assert shown["params"] == {"depth": "4"}


def test_runs_go_to_the_trash_and_come_back(command: Command, run_ids: list[str]) -> None:
    deleted = command("runs", "delete", *run_ids)
    left = json.loads(command("runs", "list", "--json").stdout)
    trash = json.loads(command("runs", "list", "--deleted", "--json").stdout)
    restored = command("runs", "restore", run_ids[0])

    assert deleted.stdout.count("is in the trash") == 2
    assert left == []
    assert {run["run_id"] for run in trash} == set(run_ids)
    assert restored.stdout == f"Run {run_ids[0]} is back.\n"
    assert len(json.loads(command("runs", "list", "--json").stdout)) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["show", "0" * 32], 1, "no run has the id"),
        (["delete", "0" * 32], 1, "no run has the id"),
        (["delete"], 2, "RUN_ID"),
        (["list", "--filter", "metrics.loss <"], 1, "^"),
        (["list", "--column", "loss"], 2, "metrics.NAME"),
        (["list", "nobody"], 1, "'nobody'"),
        (["list", "--max", "0"], 2, "--max"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, arguments: list[str], code: int, reason: str) -> None:
    done = command("runs", *arguments)

    assert done.exit_code == code
    assert done.stdout == ""
    assert reason in done.stderr
