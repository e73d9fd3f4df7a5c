"""``runstone experiments``."""

from typing import Any

import click

from runstone.cli.options import as_json, connected, find_experiment, searching, view_type
from runstone.cli.output import moment, print_facts, print_json, print_table
from runstone.entities import Experiment, LifecycleStage
from runstone.entities.page import all_pages
from runstone.errors import InvalidState


@click.group()
def experiments() -> None:
    """Create, find, rename and delete experiments.

    Wherever an EXPERIMENT is wanted, its id or its name is taken.
    """


@experiments.command("create")
@click.argument("name")
@click.option("--artifact-location", metavar="URI", help="Where its runs keep artifacts; the store chooses by default.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag to set; may be repeated.")
@as_json
@click.pass_context
def create(
    ctx: click.Context, /, *, name: str, artifact_location: str | None, tags: tuple[str, ...], as_json: bool
) -> None:
    """Make an experiment and print its id."""
    with connected(ctx, may_create=True) as client:
        experiment_id = client.create_experiment(name, artifact_location, dict(map(_tag, tags)))
    if as_json:
        print_json({"experiment_id": experiment_id, "name": name})
    else:
        click.echo(experiment_id)


@experiments.command("list")
@searching
@click.pass_context
def list_experiments(ctx: click.Context, /, **given: Any) -> None:
    """List experiments, the newest first unless ordered otherwise.

    A filter looks like "name LIKE 'churn%' AND tags.team = 'risk'".
    """
    with connected(ctx) as client:
        pages = all_pages(
            lambda size, token: client.search_experiments(
                view_type=view_type(given["view"]),
                max_results=size,
                filter_string=given["filter_string"],
                order_by=list(given["order_by"]),
                page_token=token,
            ),
            at_once=1000,
            most=given["most"],
        )
        found = list(pages)
    if given["as_json"]:
        print_json([_document(experiment) for experiment in found])
        return
    print_table(
        ("id", "name", "state", "last change"),
        [(each.experiment_id, each.name, each.lifecycle_stage.value, moment(each.last_update_time)) for each in found],
    )


experiments.add_command(list_experiments, "search")


@experiments.command("show")
@click.argument("experiment")
@as_json
@click.pass_context
def show(ctx: click.Context, /, *, experiment: str, as_json: bool) -> None:
    """Show one experiment."""
    with connected(ctx) as client:
        found = find_experiment(client, experiment)
    if as_json:
        print_json(_document(found))
        return
    print_facts(
        [
            ("id", found.experiment_id),
            ("name", found.name),
            ("state", found.lifecycle_stage.value),
            ("created", moment(found.creation_time)),
            ("last change", moment(found.last_update_time)),
            ("artifacts", found.artifact_location),
            *((f"tag {key}", value) for key, value in sorted(found.tags.items())),
        ]
    )


@experiments.command("rename")
@click.argument("experiment")
@click.argument("new_name")
@click.pass_context
def rename(ctx: click.Context, /, *, experiment: str, new_name: str) -> None:
    """Give an experiment another name."""
    with connected(ctx) as client:
        found = find_experiment(client, experiment)
        client.rename_experiment(found.experiment_id, new_name)
    click.echo(f"Experiment {found.experiment_id} is called {new_name!r} now.")


@experiments.command("delete")
@click.argument("experiment")
@click.pass_context
def delete(ctx: click.Context, /, *, experiment: str) -> None:
    """Move an experiment and its runs to the trash."""
    with connected(ctx) as client:
        found = find_experiment(client, experiment)
        if found.lifecycle_stage is LifecycleStage.DELETED:
            raise InvalidState(
                f"the experiment {found.experiment_id}, {found.name!r}, is in the trash already; `runstone experiments "
                f"restore {found.experiment_id}` takes it back"
            )
        client.delete_experiment(found.experiment_id)
    click.echo(
        f"Experiment {found.experiment_id}, {found.name!r}, is in the trash; "
        f"`runstone experiments restore {found.experiment_id}` takes it back."
    )


@experiments.command("restore")
@click.argument("experiment")
@click.pass_context
def restore(ctx: click.Context, /, *, experiment: str) -> None:
    """Take an experiment out of the trash.

    The runs that went there with it come back with it.
    """
    with connected(ctx) as client:
        found = find_experiment(client, experiment)
        client.restore_experiment(found.experiment_id)
    click.echo(f"Experiment {found.experiment_id}, {found.name!r}, is back.")


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"a tag is given as KEY=VALUE; got {text!r}", param_hint="--tag")
    return key, value


def _document(experiment: Experiment) -> dict[str, Any]:
    return {
        "experiment_id": experiment.experiment_id,
        "name": experiment.name,
        "lifecycle_stage": experiment.lifecycle_stage.value,
        "creation_time": experiment.creation_time,
        "last_update_time": experiment.last_update_time,
        "artifact_location": experiment.artifact_location,
        "tags": experiment.tags,
    }
