"""Experiments: which one new runs belong to, and the verbs about them."""

from collections.abc import Mapping
from typing import Any

from runstone.client import arguments, choices, context
from runstone.entities import Experiment, LifecycleStage, Tag, ViewType
from runstone.entities.page import all_pages
from runstone.errors import ExperimentDeleted

_PAGE = 1000


def set_experiment(
    experiment_name: str | None = None, experiment_id: str | None = None, trace_location: object = None
) -> Experiment:
    """Choose the experiment that new runs belong to, in all threads.

    Args:
        experiment_name: Its name; it is made if no experiment in use has it.
        experiment_id: Or its id.
        trace_location: Not offered yet.

    Returns:
        The experiment.

    Raises:
        InvalidValue: Both or neither are given, or the name breaks a rule.
        ExperimentNotFound: There is none with this id.
        ExperimentDeleted: It is in the trash.
        Unsupported: ``trace_location`` was given.

    Example:
        >>> set_experiment("churn").name
        'churn'
    """
    arguments.refuse("traces", trace_location=trace_location)
    arguments.exactly_one("set_experiment", experiment_name=experiment_name, experiment_id=experiment_id)
    if experiment_name is not None:
        chosen = choices.get_or_create_experiment(context.client_for_runs(), experiment_name)
    else:
        chosen = choices.client().get_experiment(arguments.identifier("the id of an experiment", experiment_id))
        if chosen.lifecycle_stage is LifecycleStage.DELETED:
            raise ExperimentDeleted(chosen.experiment_id)
    choices.choose_experiment(chosen)
    return chosen


def create_experiment(
    name: str,
    artifact_location: str | None = None,
    tags: Mapping[str, Any] | None = None,
    trace_location: object = None,
) -> str:
    """Make an experiment and return its id; it is not chosen. See ``Client.create_experiment``.

    Raises:
        InvalidValue: The name or a tag breaks a rule.
        ExperimentExists: An experiment in use has this name.
        Unsupported: ``trace_location`` was given.
    """
    arguments.refuse("traces", trace_location=trace_location)
    return choices.client().create_experiment(name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """The experiment with this id, in use or in the trash.

    Raises:
        ExperimentNotFound: There is none.
    """
    return choices.client().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """The experiment with this name, in use or else the one deleted last; ``None`` if there is none."""
    return choices.client().get_experiment_by_name(name)


def search_experiments(
    view_type: int | ViewType = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[Experiment]:
    """All experiments that match, the newest first unless ordered. See ``Client.search_experiments``.

    Args:
        view_type: Those in use, those in the trash, or all.
        max_results: Largest length of the list; ``None`` for all.
        filter_string: For example ``"name LIKE 'churn%'"``.
        order_by: For example ``["name DESC"]``.

    Raises:
        InvalidFilter: The filter or the order cannot be read.
        InvalidValue: An argument is of a wrong type or out of range.
    """
    wanted = None if max_results is None else arguments.at_least_one("max_results", max_results)
    search = choices.client().search_experiments
    pages = all_pages(
        lambda size, token: search(view_type, size, filter_string, order_by, token), at_once=_PAGE, most=wanted
    )
    return list(pages)


def delete_experiment(experiment_id: str) -> None:
    """Move an experiment and its runs to the trash.

    Raises:
        ExperimentNotFound: There is no such experiment in use.
    """
    choices.client().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Take an experiment out of the trash, with the runs that went there with it.

    Raises:
        ExperimentExists: Another experiment has taken its name.
        ExperimentNotFound: There is no such experiment in the trash.
    """
    choices.client().restore_experiment(experiment_id)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set one tag of the chosen experiment.

    Raises:
        InvalidState: The experiment is in the trash.
        InvalidValue: The tag breaks a rule.
    """
    choices.client().set_experiment_tag(choices.experiment_id(), key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Set several tags of the chosen experiment, one after the other.

    Raises:
        InvalidState: The experiment is in the trash.
        InvalidValue: A tag breaks a rule; none is set then.
    """
    checked = [Tag(key, value) for key, value in arguments.mapping("tags", tags).items()]
    for tag in checked:
        set_experiment_tag(tag.key, tag.value)


def delete_experiment_tag(key: str) -> None:
    """Remove one tag of the chosen experiment.

    Raises:
        NotFound: It has no such tag.
        InvalidState: It is in the trash.
    """
    choices.client().delete_experiment_tag(choices.experiment_id(), key)
