"""The verbs of ``Client`` about versions of registered models."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.client.registered_models import NAME, VERSION
from runstone.entities import ModelStage, ModelTag, ModelVersion, Page
from runstone.entities.names import shown
from runstone.entities.states import model_stage
from runstone.errors import InvalidValue, ModelVersionNotFound, RegisteredModelExists

_VERSION_URI = re.compile(r"models:/+([^/@]+)(?:/([^/@]+)|@([^/@]+))")


class ModelVersionVerbs(Connection):
    """Create, find, change and delete versions of registered models."""

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int = 300,  # noqa: ARG002  # MLflow's argument; there is nothing to wait for
        model_id: str | None = None,
    ) -> ModelVersion:
        """Add a version to a registered model.

        Args:
            name: Name of the model.
            source: URI of the files, or another version: ``models:/NAME/VERSION``, ``models:/NAME@ALIAS``.
            run_id: The run that made them. A server takes files that it keeps itself only with their run.
            tags: Tags to set on the version.
            run_link: Address of the page of the run.
            description: A note for people.
            await_creation_for: Has no meaning here: a version is ready at once.
            model_id: The logged model that the version is.

        Raises:
            InvalidValue: The source or another argument breaks a rule.
            NotFound: There is no such model, or none as the source says.
        """
        checked = [ModelTag(key, value) for key, value in arguments.mapping("tags", tags or {}).items()]
        return self._registry.create_model_version(
            arguments.text(NAME, name),
            arguments.text("the source of a version", source),
            run_id=arguments.text("the id of a run", run_id or ""),
            tags=checked,
            run_link=arguments.text("the link of a run", run_link or ""),
            description=arguments.text("the description", description or ""),
            model_id=arguments.text("the id of a logged model", model_id or ""),
        )

    def copy_model_version(self, src_model_uri: str, dst_name: str) -> ModelVersion:
        """Add a version to another registered model, with the files, the tags and the note of one that is there.

        Args:
            src_model_uri: The version: ``models:/NAME/VERSION``, ``models:/NAME@ALIAS``, ``models:/NAME/STAGE`` or
                ``models:/NAME/latest``.
            dst_name: The registered model that gets it; made if there is none of this name.

        Raises:
            InvalidValue: The URI cannot be read, or the name breaks a rule.
            NotFound: There is no such version.
        """
        source = self.version_at(src_model_uri)
        with suppress(RegisteredModelExists):
            self._registry.create_registered_model(arguments.text(NAME, dst_name))
        return self._registry.create_model_version(
            dst_name,
            f"models:/{source.name}/{source.version}",
            run_id=source.run_id,
            tags=source.tag_list,
            run_link=source.run_link,
            description=source.description,
            model_id=source.model_id,
        )

    def version_at(self, uri: str) -> ModelVersion:
        """The version that a URI names: ``models:/NAME/VERSION``, ``/STAGE``, ``/latest``, or ``models:/NAME@ALIAS``.

        Raises:
            InvalidValue: The URI cannot be read.
            NotFound: There is no such version.
        """
        found = _VERSION_URI.fullmatch(arguments.text("the URI of a version", uri))
        if found is None:
            raise InvalidValue(
                f"the URI of a version looks like 'models:/NAME/VERSION' or 'models:/NAME@ALIAS'; got {shown(uri)}"
            )
        name, version, alias = found.groups()
        if alias is not None:
            return self._registry.get_model_version_by_alias(name, alias)
        if version.isdecimal():
            return self._registry.get_model_version(name, version)
        stages = [] if version.lower() == "latest" else [_stage_of_uri(name, version)]
        newest = self._registry.get_latest_versions(name, stages)
        if not newest:
            raise ModelVersionNotFound(name, version)
        return newest[-1]

    def get_model_version(self, name: str, version: str | int) -> ModelVersion:
        """One version of a registered model.

        Raises:
            ModelVersionNotFound: There is none.
        """
        return self._registry.get_model_version(arguments.text(NAME, name), arguments.identifier(VERSION, version))

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        """URI of the files of a version.

        Raises:
            ModelVersionNotFound: There is no such version.
        """
        return self._registry.get_model_version_download_uri(
            arguments.text(NAME, name), arguments.identifier(VERSION, version)
        )

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        """One page of the versions that match, the one changed last first unless ordered.

        Args:
            filter_string: For example ``"name = 'churn' AND tags.checked = 'yes'"``.
            max_results: Largest length of the page, 1 to 200,000.
            order_by: For example ``["version_number DESC"]``.
            page_token: ``token`` of the former page.

        Raises:
            InvalidFilter: The filter or the order cannot be read.
            InvalidPageToken: The token is not of this search.
            InvalidValue: An argument is of a wrong type or out of range.
        """
        return self._registry.search_model_versions(
            filter_string=arguments.text("filter_string", filter_string or ""),
            max_results=arguments.integer("max_results", max_results),
            order_by=arguments.texts("order_by", order_by),
            page_token=arguments.text("page_token", page_token or ""),
        )

    def get_model_version_stages(self, name: str, version: str | int) -> list[str]:  # noqa: ARG002  # MLflow's arguments
        """The stages that a version can be in: the same for all."""
        return [stage.value for stage in ModelStage]

    def update_model_version(self, name: str, version: str | int, description: str | None = None) -> ModelVersion:
        """Replace the description of a version; ``None`` takes it away.

        Raises:
            InvalidValue: The description is too long.
            ModelVersionNotFound: There is no such version.
        """
        return self._registry.update_model_version(
            arguments.text(NAME, name),
            arguments.identifier(VERSION, version),
            description=arguments.text("the description", description or ""),
        )

    def transition_model_version_stage(
        self,
        name: str,
        version: str | int,
        stage: str,
        archive_existing_versions: bool = False,  # MLflow's argument
    ) -> ModelVersion:
        """Move a version to a stage.

        Args:
            name: Name of the model.
            version: The version.
            stage: ``None``, ``Staging``, ``Production`` or ``Archived``, in any case.
            archive_existing_versions: Whether the others in ``Staging`` or ``Production`` give way to it.

        Raises:
            InvalidValue: There is no such stage, or others cannot give way in it.
            ModelVersionNotFound: There is no such version.
        """
        return self._registry.transition_model_version_stage(
            arguments.text(NAME, name),
            arguments.identifier(VERSION, version),
            model_stage(stage),
            archive_existing_versions=bool(archive_existing_versions),
        )

    def delete_model_version(self, name: str, version: str | int) -> None:
        """Remove a version. No files are removed.

        Raises:
            ModelVersionNotFound: There is no such version.
        """
        self._registry.delete_model_version(arguments.text(NAME, name), arguments.identifier(VERSION, version))

    def set_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
    ) -> None:
        """Set one tag of a version; the value is turned into text.

        Args:
            name: Name of the model.
            version: The version.
            key: Name of the tag.
            value: Its value.
            stage: Or, instead of ``version``, the latest one in this stage.

        Raises:
            InvalidValue: The tag breaks a rule, or not one of ``version`` and ``stage`` is given.
            NotFound: There is no such version.
        """
        tag = ModelTag(arguments.text("the name of a tag", key), value)
        self._registry.set_model_version_tag(arguments.text(NAME, name), self._named(name, version, stage), tag)

    def delete_model_version_tag(
        self, name: str, version: str | int | None = None, key: str | None = None, stage: str | None = None
    ) -> None:
        """Remove one tag of a version, if it is there.

        Args:
            name: Name of the model.
            version: The version.
            key: Name of the tag.
            stage: Or, instead of ``version``, the latest one in this stage.

        Raises:
            InvalidValue: Not one of ``version`` and ``stage`` is given.
            NotFound: There is no such version.
        """
        wanted = arguments.text("the name of a tag", key)
        self._registry.delete_model_version_tag(arguments.text(NAME, name), self._named(name, version, stage), wanted)

    def _named(self, name: str, version: str | int | None, stage: str | None) -> str:
        arguments.exactly_one("a tag of a version", version=version, stage=stage)
        if stage is None:
            return arguments.identifier(VERSION, version)
        found = self._registry.get_latest_versions(arguments.text(NAME, name), [model_stage(stage)])
        if not found:
            raise ModelVersionNotFound(name, stage)
        return found[-1].version


def _stage_of_uri(name: str, stage: str) -> ModelStage:
    try:
        return model_stage(stage)
    except InvalidValue:
        raise InvalidValue(
            f"{f'models:/{name}/{stage}'!r} names no version: {stage!r} is neither a number nor 'latest' nor a stage; "
            f"an alias is written {f'models:/{name}@{stage}'!r}"
        ) from None
