"""The verbs of ``Client`` about experiments."""

from collections.abc import Mapping, Sequence
from typing import Any

from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.entities import Experiment, Page, Tag, ViewType

_ID = "the id of an experiment"
_NAME = "the name of an experiment"


class ExperimentVerbs(Connection):
    """Create, find, change and delete experiments."""

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> str:
        """Make an experiment.

        Args:
            name: At most 500 characters; no other experiment in use may have it.
            artifact_location: URI below which its runs keep their artifacts; chosen by the store if ``None``.
            tags: Tags to set on it.

        Returns:
            Its id.

        Raises:
            InvalidValue: The name or a tag breaks a rule.
            ExperimentExists: An experiment in use has this name.
        """
        location = None if artifact_location is None else str(artifact_location)
        checked = [Tag(key, value) for key, value in arguments.mapping("tags", tags or {}).items()]
        return self._store.create_experiment(arguments.text(_NAME, name), artifact_location=location, tags=checked)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """The experiment with this id, in use or in the trash.

        Raises:
            ExperimentNotFound: There is none.
        """
        return self._store.get_experiment(arguments.identifier(_ID, experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with this name, in use or else the one deleted last; ``None`` if there is none."""
        return self._store.get_experiment_by_name(arguments.text(_NAME, name))

    def search_experiments(
        self,
        view_type: int | ViewType = ViewType.ACTIVE_ONLY,
        max_results: int | None = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """One page of the experiments that match, the newest first unless ordered.

        Args:
            view_type: Those in use, those in the trash, or all.
            max_results: Largest length of the page, 1 to 50,000; 1000 if ``None``.
            filter_string: For example ``"name LIKE 'churn%' AND tags.team = 'risk'"``.
            order_by: For example ``["name DESC"]``.
            page_token: ``token`` of the former page.

        Raises:
            InvalidFilter: The filter or the order cannot be read.
            InvalidPageToken: The token is not of this search.
            InvalidValue: An argument is of a wrong type or out of range.
        """
        return self._store.search_experiments(
            view_type=arguments.view_type(view_type),
            max_results=1000 if max_results is None else arguments.integer("max_results", max_results),
            filter_string=arguments.text("filter_string", filter_string or ""),
            order_by=arguments.texts("order_by", order_by),
            page_token=arguments.text("page_token", page_token or ""),
        )

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Give an experiment another name.

        Raises:
            ExperimentExists: An experiment in use has it.
            ExperimentNotFound: There is no such experiment.
            InvalidState: The experiment is in the trash.
        """
        self._store.rename_experiment(arguments.identifier(_ID, experiment_id), arguments.text(_NAME, new_name))

    def delete_experiment(self, experiment_id: str) -> None:
        """Move an experiment and its runs to the trash.

        Raises:
            ExperimentNotFound: There is no such experiment in use.
        """
        self._store.delete_experiment(arguments.identifier(_ID, experiment_id))

    def restore_experiment(self, experiment_id: str) -> None:
        """Take an experiment out of the trash, with the runs that went there with it.

        Raises:
            ExperimentExists: Another experiment has taken its name.
            ExperimentNotFound: There is no such experiment in the trash.
        """
        self._store.restore_experiment(arguments.identifier(_ID, experiment_id))

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        """Set one tag of an experiment.

        Raises:
            ExperimentNotFound: There is no such experiment.
            InvalidState: It is in the trash.
            InvalidValue: The tag breaks a rule.
        """
        self._store.set_experiment_tag(arguments.identifier(_ID, experiment_id), Tag(key, value))

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove one tag of an experiment.

        Raises:
            NotFound: There is no such experiment, or it has no such tag.
            InvalidState: It is in the trash.
        """
        self._store.delete_experiment_tag(arguments.identifier(_ID, experiment_id), arguments.text("a tag's name", key))
