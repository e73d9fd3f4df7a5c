"""`runstone experiments`, against a database and against a server."""

import json

import pytest

from tests.cli.conftest import Command


def test_experiment_is_made_and_found_by_id_and_by_name(command: Command) -> None:
    by_id = json.loads(command("experiments", "show", "1", "--json").stdout)
    by_name = json.loads(command("experiments", "show", "trials", "--json").stdout)

    assert by_id == by_name
    assert by_id["experiment_id"] == "1"
    assert by_id["name"] == "trials"
    assert by_id["lifecycle_stage"] == "active"


def test_id_goes_before_a_name_of_digits(command: Command) -> None:
    command("experiments", "create", "1")
    command("experiments", "create", "77")

    assert json.loads(command("experiments", "show", "1", "--json").stdout)["name"] == "trials"
    assert json.loads(command("experiments", "show", "77", "--json").stdout)["name"] == "77"


def test_experiment_keeps_the_tags_it_is_made_with(command: Command) -> None:
    made = command("experiments", "create", "tagged", "--tag", "team=risk", "--tag", "note=a=b", "--json")

    shown = command("experiments", "show", "tagged")

    assert json.loads(made.stdout) == {"experiment_id": "2", "name": "tagged"}
    assert "tag team     risk\n" in shown.stdout
    assert "tag note     a=b\n" in shown.stdout


def test_tag_without_a_value_is_a_mistake_of_usage(command: Command) -> None:
    made = command("experiments", "create", "tagged", "--tag", "team")

    assert made.exit_code == 2
    assert "KEY=VALUE" in made.stderr


def test_listing_is_a_table_with_the_newest_first(command: Command) -> None:
    command("experiments", "create", "later")

    lines = command("experiments", "list").stdout.splitlines()

    assert lines[0].split() == ["id", "name", "state", "last", "change"]
    assert [line.split()[1] for line in lines[1:]] == ["later", "trials", "Default"]


def test_listing_filters_orders_and_cuts(command: Command) -> None:
    for name in ("trial b", "trial a", "other"):
        command("experiments", "create", name)

    listed = command(
        "experiments", "list", "--filter", "name LIKE 'trial %'", "--order-by", "name ASC", "--max", "1", "--json"
    )

    assert [each["name"] for each in json.loads(listed.stdout)] == ["trial a"]


def test_search_is_another_word_for_list(command: Command) -> None:
    assert command("experiments", "search", "--json").stdout == command("experiments", "list", "--json").stdout


def test_experiment_gets_another_name(command: Command) -> None:
    renamed = command("experiments", "rename", "trials", "trials of May")

    assert renamed.stdout == "Experiment 1 is called 'trials of May' now.\n"
    assert command("experiments", "show", "trials of May").exit_code == 0


def test_experiment_goes_to_the_trash_and_comes_back(command: Command) -> None:
    deleted = command("experiments", "delete", "trials")
    again = command("experiments", "delete", "trials")
    gone = json.loads(command("experiments", "list", "--json").stdout)
    trash = json.loads(command("experiments", "list", "--deleted", "--json").stdout)
    both = json.loads(command("experiments", "list", "--all", "--json").stdout)
    restored = command("experiments", "restore", "1")

    assert "runstone experiments restore 1" in deleted.stdout
    assert again.exit_code == 1
    assert "'trials', is in the trash already; `runstone experiments restore 1`" in again.stderr
    assert [each["name"] for each in gone] == ["Default"]
    assert [each["name"] for each in trash] == ["trials"]
    assert len(both) == 2
    assert restored.stdout == "Experiment 1, 'trials', is back.\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["show", "nobody"], "no experiment has the id or the name 'nobody'"),
        (["create", "trials"], "trials"),
        (["create", " "], "is not empty"),
        (["list", "--filter", "name LIKE"], "^"),
        (["restore", "trials"], "1"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_one(command: Command, arguments: list[str], reason: str) -> None:
    done = command("experiments", *arguments)

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert reason in done.stderr
