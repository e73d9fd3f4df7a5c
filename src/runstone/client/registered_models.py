"""The verbs of ``Client`` about registered models, their tags and aliases."""

from collections.abc import Mapping, Sequence
from typing import Any

from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.entities import ModelTag, ModelVersion, Page, RegisteredModel
from runstone.entities.states import model_stage

NAME = "the name of a registered model"
VERSION = "the version of a model"
_ALIAS = "an alias"
_KEY = "the name of a tag"


class RegisteredModelVerbs(Connection):
    """Create, find, change and delete registered models."""

    def create_registered_model(
        self,
        name: str,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Make a registered model without versions.

        Args:
            name: At most 256 characters, without slash and colon; no other registered model may have it.
            tags: Tags to set on it.
            description: A note for people.
            deployment_job_id: Not offered.

        Raises:
            InvalidValue: The name, a tag or the description breaks a rule.
            RegisteredModelExists: A registered model has this name.
            Unsupported: A deployment job was given.
        """
        arguments.refuse("deployment jobs", deployment_job_id=deployment_job_id)
        checked = [ModelTag(key, value) for key, value in arguments.mapping("tags", tags or {}).items()]
        return self._registry.create_registered_model(
            arguments.text(NAME, name), tags=checked, description=arguments.text("the description", description or "")
        )

    def get_registered_model(self, name: str) -> RegisteredModel:
        """The registered model of this name, with the latest version in each stage.

        Raises:
            RegisteredModelNotFound: There is none.
        """
        return self._registry.get_registered_model(arguments.text(NAME, name))

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        """One page of the registered models that match, by name unless ordered.

        Args:
            filter_string: For example ``"name LIKE 'churn%' AND tags.team = 'risk'"``.
            max_results: Largest length of the page, 1 to 1000.
            order_by: For example ``["timestamp DESC"]``.
            page_token: ``token`` of the former page.

        Raises:
            InvalidFilter: The filter or the order cannot be read.
            InvalidPageToken: The token is not of this search.
            InvalidValue: An argument is of a wrong type or out of range.
        """
        return self._registry.search_registered_models(
            filter_string=arguments.text("filter_string", filter_string or ""),
            max_results=arguments.integer("max_results", max_results),
            order_by=arguments.texts("order_by", order_by),
            page_token=arguments.text("page_token", page_token or ""),
        )

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give another name to a registered model and its versions.

        Raises:
            InvalidValue: The new name breaks a rule.
            RegisteredModelExists: Another registered model has it.
            RegisteredModelNotFound: There is no such model.
        """
        return self._registry.rename_registered_model(arguments.text(NAME, name), arguments.text(NAME, new_name))

    def update_registered_model(
        self, name: str, description: str | None = None, deployment_job_id: str | None = None
    ) -> RegisteredModel:
        """Replace the description of a registered model; ``None`` takes it away.

        Args:
            name: Name of the model.
            description: A note for people.
            deployment_job_id: Not offered.

        Raises:
            InvalidValue: The description is too long.
            RegisteredModelNotFound: There is no such model.
            Unsupported: A deployment job was given.
        """
        arguments.refuse("deployment jobs", deployment_job_id=deployment_job_id)
        return self._registry.update_registered_model(
            arguments.text(NAME, name), description=arguments.text("the description", description or "")
        )

    def delete_registered_model(self, name: str) -> None:
        """Remove a registered model with its versions. No files are removed.

        Raises:
            RegisteredModelNotFound: There is no such model.
        """
        self._registry.delete_registered_model(arguments.text(NAME, name))

    def get_latest_versions(self, name: str, stages: Sequence[str] | None = None) -> list[ModelVersion]:
        """The highest version in each of these stages, in all if none is named.

        Args:
            name: Name of the model.
            stages: ``None``, ``Staging``, ``Production`` or ``Archived`` each, in any case.

        Raises:
            InvalidValue: There is no such stage.
            RegisteredModelNotFound: There is no such model.
        """
        wanted = [model_stage(stage) for stage in arguments.texts("stages", stages)]
        return self._registry.get_latest_versions(arguments.text(NAME, name), wanted)

    def set_registered_model_tag(self, name: str, key: str, value: Any) -> None:
        """Set one tag of a registered model; the value is turned into text.

        Raises:
            InvalidValue: The tag breaks a rule.
            RegisteredModelNotFound: There is no such model.
        """
        self._registry.set_registered_model_tag(arguments.text(NAME, name), ModelTag(key, value))

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove one tag of a registered model, if it is there.

        Raises:
            RegisteredModelNotFound: There is no such model.
        """
        self._registry.delete_registered_model_tag(arguments.text(NAME, name), arguments.text(_KEY, key))

    def set_registered_model_alias(self, name: str, alias: str, version: str | int) -> None:
        """Let an alias stand for a version, and for no other from then on.

        Raises:
            InvalidValue: The alias breaks a rule.
            ModelVersionNotFound: There is no such version.
        """
        self._registry.set_registered_model_alias(
            arguments.text(NAME, name), arguments.text(_ALIAS, alias), arguments.identifier(VERSION, version)
        )

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias, if it is there.

        Raises:
            RegisteredModelNotFound: There is no such model.
        """
        self._registry.delete_registered_model_alias(arguments.text(NAME, name), arguments.text(_ALIAS, alias))

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias stands for.

        Raises:
            ModelAliasNotFound: The model has no such alias.
            RegisteredModelNotFound: There is no such model.
        """
        return self._registry.get_model_version_by_alias(arguments.text(NAME, name), arguments.text(_ALIAS, alias))
